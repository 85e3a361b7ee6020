import { isSecret } from '../../config/credentials';
import { walk, type Manifest } from '../../constructs/policy/objects';
import { LEFT_OUT, type Omissions } from './omissions';
import type { Scrubber } from './scrub';

/** The same object once more, as text. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** A count, a truth, a time: what controllers write into annotations. */
const PLAIN = /^(\d{1,6}|true|false|yes|no|\d{4}-\d\d-\d\dT[\d:.]+Z?)$/;

/** Where anybody can write anything: kept if a manifest says the same. */
const FREE_MAPS = new Set(['annotations', 'data', 'binaryData']);
const FREE_LISTS = new Set(['command', 'args']);

/** Sentences of controllers, and of the programs that they quote. */
const SENTENCES = new Set(['message', 'note', 'description']);

/** Of a variable, a Secret, an image, a path: it may be called after a secret. */
const NAME = /^[\w./@:-]+$/;

/** Every text of some manifests. */
export function textsOf(manifests: readonly Manifest[]): ReadonlySet<string> {
  const texts = new Set<string>();
  for (const object of manifests) walk(object, (value) => typeof value === 'string' && texts.add(value));
  return texts;
}

export interface RedactorProps {
  /** Every text of the manifests, which people have reviewed. */
  readonly reviewed: ReadonlySet<string>;
  readonly scrubber: Scrubber;
  readonly omissions: Omissions;
}

/** `key` of a toleration or a selector, and of a reference that the manifests have: the name of a label, of an entry. */
const isPlainKey = (path: readonly string[], isReviewed: boolean): boolean =>
  path.at(-1) === 'key' && (isReviewed || /^(tolerations|taints|matchExpressions)$/.test(path.at(-3) ?? ''));

/** Takes out of objects what only their owner may see. */
export class Redactor {
  constructor(private readonly props: RedactorProps) {}

  /** @param file of the bundle, for the list */
  redact(object: Manifest, file: string): Manifest {
    const { managedFields: _, ...metadata } = object.metadata;
    // As undefined it is not written.
    const annotations = metadata.annotations && { ...metadata.annotations, [LAST_APPLIED]: undefined };
    const shown = { ...object, metadata: { ...metadata, ...(annotations && { annotations }) } };
    if (object.kind === 'Secret') return this.secret(shown, file);
    return this.inside(shown, [], `${file}: ${object.kind}/${metadata.name}`);
  }

  private secret({ data, stringData, ...object }: Manifest, file: string): Manifest {
    const entries = Object.keys({ ...data, ...stringData });
    const name = `${file}: Secret/${object.metadata.name}`;
    for (const entry of entries) this.props.omissions.add('values of Secrets', `${name} ${entry}`);
    const rest = this.inside(object, [], name);
    return { ...rest, data: Object.fromEntries(entries.map((it) => [it, LEFT_OUT])) };
  }

  private inside(value: Manifest, path: readonly string[], object: string): Manifest {
    if (Array.isArray(value)) return value.map((it, index) => this.inside(it, [...path, `${index}`], object));
    if (typeof value === 'object' && value !== null) return this.fields(value, path, object);
    const reason = this.whyNot(value, path);
    const place = `${object} ${path.join('.')}`;
    if (reason === undefined) return this.text(value, path, place);
    this.props.omissions.add(reason, place);
    return LEFT_OUT;
  }

  private fields(value: Manifest, path: readonly string[], object: string): Manifest {
    const isPair = typeof value.name === 'string' && 'value' in value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => {
        // An environment variable or a header is told by its name.
        const next = isPair && key === 'value' ? [...path, value.name, key] : [...path, key];
        return [key, this.inside(inner, next, object)];
      }),
    );
  }

  /** Why a value is not shown; nothing: it is. */
  private whyNot(value: unknown, path: readonly string[]): string | undefined {
    const [parent = '', key = ''] = path.slice(-2);
    const isReviewed = typeof value === 'string' && this.props.reviewed.has(value);
    if (path.slice(-2).join('.') === 'terminated.message') return 'last words of programs';
    if (key === 'value' && isSecret(parent, value)) return 'values of a secret’s name';
    if (isSecret(key, value) && !isPlainKey(path, isReviewed)) return 'values of a secret’s name';
    if (typeof value !== 'string' || isReviewed || PLAIN.test(value)) return undefined;
    if (key === 'value' && /^(env|httpHeaders)$/.test(path.at(-4) ?? '')) {
      return 'environment variables and headers that are not those of the manifests';
    }
    if (FREE_MAPS.has(parent)) return 'annotations and entries of ConfigMaps that are not those of the manifests';
    if (FREE_LISTS.has(parent)) return 'commands and arguments that are not those of the manifests';
    return undefined;
  }

  private text(value: unknown, path: readonly string[], place: string): unknown {
    if (typeof value !== 'string') return value;
    const { scrubber, reviewed } = this.props;
    const isSaid = SENTENCES.has(path.at(-1)!) || path.at(-2) === 'data';
    const isSentence = isSaid || !(reviewed.has(value) || NAME.test(value));
    return isSentence ? scrubber.scrubLines(value, place) : scrubber.scrub(value, place);
  }
}
