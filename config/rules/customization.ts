import { showValue } from '../refusal';
import type { ProfileTables } from '../schema/profile';
import type { PatchOperation } from '../schema/patches';
import type { Path } from '../tables';
import { broken, type BrokenRule } from './rule';

/** OpenHands's own labels, by which Services and NetworkPolicies select Pods. */
const OWN_KEYS = ['app', 'session', 'pool'];

/** Of this program, of the cluster's Pod Security, of agent-sandbox and of kubectl. */
const OWN_DOMAINS = ['app.kubernetes.io', 'pod-security.kubernetes.io', 'agents.x-k8s.io', 'kubectl.kubernetes.io'];

/** Keys that somebody else decides; those that a profile's objects happen to have are found when they are rendered. */
export function* metadata({ deploy }: ProfileTables): Generator<BrokenRule> {
  for (const field of ['labels', 'annotations'] as const) {
    for (const key of Object.keys(deploy.metadata[field])) {
      const isOwn = OWN_KEYS.includes(key) || OWN_DOMAINS.includes(key.split('/').at(-2) ?? '');
      if (!isOwn) continue;
      const owned = `${OWN_KEYS.join(', ')}, or a key of ${OWN_DOMAINS.join(', ')}`;
      yield broken(['deploy', 'metadata', field, key], `must be a key that is nobody else's, got one of ${owned}`);
    }
  }
}

/** Which operations have which of the two fields. */
const FIELDS = {
  value: ['add', 'replace', 'test'],
  from: ['move', 'copy'],
} as const satisfies Partial<Record<keyof PatchOperation, readonly PatchOperation['op'][]>>;

function* operation(it: PatchOperation, path: Path): Generator<BrokenRule> {
  for (const field of ['value', 'from'] as const) {
    const operations: readonly string[] = FIELDS[field];
    const wants = operations.includes(it.op);
    if (wants === (it[field] !== undefined)) continue;
    yield wants
      ? broken(path, `must have ${field}, as ${it.op} does`)
      : broken([...path, field], `must not be there: only ${operations.join(', ')} have one, got ${it.op}`);
  }
}

/** What the schema of one field cannot say. */
export function* patches({ deploy }: ProfileTables): Generator<BrokenRule> {
  for (const [index, { patch, merge }] of deploy.patches.entries()) {
    const path = ['deploy', 'patches', index];
    if ((patch === undefined) === (merge === undefined)) {
      yield broken(
        path,
        `must have one of patch and merge, got ${patch === undefined ? showValue(patch, []) : 'both'}`,
      );
    }
    for (const [step, it] of (patch ?? []).entries()) yield* operation(it, [...path, 'patch', step]);
  }
}
