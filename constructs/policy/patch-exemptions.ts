import { didYouMean, type Problem } from '../../config/refusal';
import type { Profile } from '../../config/schema/profile';
import { sourceOf, type Path } from '../../config/tables';
import { targets } from '../customization/patch-target';
import type { Finding, Manifest } from './objects';

/** What no reason can excuse: it is no choice of less security, but a mistake. */
const NEVER = ['unique-object', 'plain-name', 'namespace-stated', 'plain-values', 'no-secret'];

interface Patch {
  readonly path: Path;
  /** `file:line`. */
  readonly place: string | undefined;
  readonly exempt: Readonly<Record<string, string>>;
  readonly isAbout: (object: Manifest) => boolean;
}

/** What the patches of a profile let pass, each rule with its reason, on the objects that they change. */
export class PatchExemptions {
  private readonly patches: readonly Patch[];

  constructor({ deploy, sources }: Profile) {
    this.patches = deploy.patches.map(({ target, exempt }, index) => {
      const path = ['deploy', 'patches', index];
      return { path, place: sourceOf(sources, path), exempt, isAbout: targets(target) };
    });
  }

  allows({ rule, object }: Finding): boolean {
    return this.patches.some(({ exempt, isAbout }) => rule in exempt && !NEVER.includes(rule) && isAbout(object));
  }

  /** What a finding says behind its text where patches have changed the object. */
  hint({ rule, object }: Finding): string {
    const places = this.patches
      .filter(({ isAbout }) => isAbout(object))
      .map(({ path, place }) => place ?? path.join('.'));
    if (places.length === 0) return '';
    const remedy = NEVER.includes(rule) ? '' : `, where exempt = { ${rule} = "reason" } would let it pass`;
    return ` (patched at ${places.join(', ')}${remedy})`;
  }

  /** Exemptions that nothing needs, or that there are none of. */
  problems(found: readonly Finding[]): Problem[] {
    return this.patches.flatMap(({ path, exempt, isAbout }) => {
      const rules = [...new Set(found.filter(({ object }) => isAbout(object)).map(({ rule }) => rule))];
      return Object.keys(exempt).flatMap((rule): Problem[] => {
        const place = [...path, 'exempt', rule];
        if (NEVER.includes(rule))
          return [{ path: place, text: `must be a rule that a reason can excuse: ${rule} is none` }];
        if (rules.includes(rule)) return [];
        const text = `must be a rule that an object of this patch breaks, and none breaks ${rule}`;
        return [{ path: place, text: text + didYouMean(rule, rules) }];
      });
    });
  }
}
