import type { Manifest } from '../policy/objects';
import type { AdmissionRule } from './admission-policy';
import { unique } from './cel';
import type { PodShape } from './pod-shape';

/** Every container but the ephemeral ones, of which there may be none. */
export const CONTAINERS = {
  name: 'containers',
  expression: 'object.spec.containers + (has(object.spec.initContainers) ? object.spec.initContainers : [])',
};

/** An example's container, and the Pod that it is in. */
export interface Contained {
  readonly container: Manifest;
  readonly pod: Manifest;
}

const containersOf = (pod: Manifest): Manifest[] => [...(pod.initContainers ?? []), ...pod.containers];

/** The containers of a shape's examples, by their names. */
export function examplesByName({ examples }: PodShape): Map<string, Contained[]> {
  const all = examples.flatMap(({ spec: pod }) => containersOf(pod).map((container) => ({ container, pod })));
  return new Map(
    unique(all.map(({ container }): string => container.name)).map((name) => [
      name,
      all.filter(({ container }) => container.name === name),
    ]),
  );
}

/**
 * A rule about each container, `c`, by its name: a sidecar may do what its own examples do, and no other container may.
 *
 * @param condition of the containers of one name, from the examples of that name; nothing: they may be as they like
 */
export function containerRule(
  shape: PodShape,
  condition: (examples: readonly Contained[]) => string | undefined,
  message: string,
): AdmissionRule | undefined {
  const names = new Map<string, string[]>();
  const byName = examplesByName(shape);
  for (const [name, examples] of byName) {
    const it = condition(examples);
    if (it !== undefined) names.set(it, [...(names.get(it) ?? []), name]);
  }
  if (names.size === 0) return undefined;
  const conditions = [...names].map(([it, of]) =>
    of.length === byName.size ? it : `(!(c.name in ${JSON.stringify(of)}) || ${it})`,
  );
  return { expression: `variables.containers.all(c, ${conditions.join(' && ')})`, message };
}
