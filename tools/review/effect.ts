import { amount } from '../../config/schema/values';
import type { Manifest } from '../../constructs/policy/objects';
import type { ObjectChange } from './change';

/** What applying a change does to what runs, from the least to the most. */
export type Effect = 'in place' | 'restarts' | 'recreates' | 'refused by the API server';

/** An effect, and what to know or to do about it. */
export interface Consequence {
  readonly effect: Effect;
  /** A sentence; nothing where there is nothing to do. */
  readonly advice?: string;
}

/** A field that decides, by the beginning of its path. */
interface Rule {
  readonly kinds: readonly string[];
  readonly fields: RegExp;
  /** Fields that these do not mean. @default none */
  readonly but?: RegExp;
  /** What follows, for the object as it is afterwards and the field's change. Nothing: this rule says nothing. */
  readonly follows: (object: Manifest, before: unknown, after: unknown) => Consequence | undefined;
}

/** What to do before applying; in a review one object stands for those of several namespaces. */
const deletion = ({ kind, metadata }: Manifest, option = ''): string =>
  `Before applying${metadata.namespace ? ', in its namespace' : ''}: kubectl delete ${kind.toLowerCase()} ${metadata.name}${option}.`;

const refused = (advice: (object: Manifest) => string) => (object: Manifest) => ({
  effect: 'refused by the API server' as const,
  advice: advice(object),
});

const deleteFirst = (what: string) => refused((object) => `${deletion(object)} ${what}`);

/** A workload's Pods take everything with them that is no claim of its own. */
function rollout({ spec }: Manifest): Consequence {
  const { strategy, updateStrategy, template } = spec;
  if ((template?.spec?.volumes ?? []).some((it: Manifest) => it.ephemeral)) {
    return {
      effect: 'recreates',
      advice: 'Every Pod is made anew, with an empty scratch volume: what was in the old one is gone.',
    };
  }
  if (updateStrategy?.type === 'OnDelete') {
    return { effect: 'in place', advice: 'A Pod is made anew when somebody deletes it.' };
  }
  return {
    effect: 'restarts',
    advice:
      strategy?.type === 'Recreate'
        ? 'Its Pod ends, then a new one starts: it is away meanwhile. Volumes of claims stay.'
        : 'Its Pods are made anew, one after the other. Volumes of claims stay.',
  };
}

/** What to do about a claim that cannot be changed; without its full stop. */
export const CLAIM_STAYS =
  'A claim keeps what it was made with. To move its files: save them, delete the claim yourself, apply, bring them back (docs/upgrading.md)';

/** What the API server or a controller does by a field. https://kubernetes.io/docs/reference/kubernetes-api/ */
const RULES: readonly Rule[] = [
  {
    kinds: ['Deployment', 'DaemonSet'],
    fields: /^spec\.selector\b/,
    follows: deleteFirst('Its Pods end with it; claims and their volumes stay.'),
  },
  {
    kinds: ['StatefulSet'],
    fields: /^spec\./,
    but: /^spec\.(replicas|ordinals|template|updateStrategy|revisionHistoryLimit|persistentVolumeClaimRetentionPolicy|minReadySeconds)\b/,
    follows: refused(
      (object) =>
        `${deletion(object, ' --cascade=orphan')} Its Pods run on and are taken over, unless their labels change; existing claims keep their size and class.`,
    ),
  },
  {
    kinds: ['Pod'],
    fields: /^spec\./,
    but: /^spec\.(initContainers|containers)\[[^\]]*\]\.image$|^spec\.(activeDeadlineSeconds|tolerations)\b/,
    follows: deleteFirst('Claims and their volumes stay.'),
  },
  {
    kinds: ['Pod'],
    fields: /\.image$/,
    follows: () => ({ effect: 'restarts', advice: 'Its container starts anew, in the same Pod.' }),
  },
  {
    kinds: ['PersistentVolumeClaim'],
    fields: /^spec\./,
    but: /^spec\.(resources\.requests|volumeAttributesClassName)\b/,
    follows: refused(() => `${CLAIM_STAYS}.`),
  },
  {
    kinds: ['PersistentVolumeClaim'],
    fields: /^spec\.resources\.requests\.storage$/,
    follows: (object, before, after) =>
      amount(String(after)) < amount(String(before))
        ? refused(() => `A volume cannot shrink. ${CLAIM_STAYS}.`)(object)
        : {
            effect: 'in place',
            advice: 'The volume grows, if its StorageClass has allowVolumeExpansion: without, this is refused.',
          },
  },
  {
    kinds: ['Service'],
    fields: /^spec\.clusterIPs?\b/,
    follows: deleteFirst('Pods run on; clients find it again under the same name.'),
  },
  {
    kinds: ['RoleBinding', 'ClusterRoleBinding'],
    fields: /^roleRef\b/,
    follows: deleteFirst('Who is bound has no rights until it is applied.'),
  },
  {
    kinds: ['PriorityClass'],
    fields: /^(value|preemptionPolicy)\b/,
    follows: deleteFirst('Pods that run keep the priority that they have.'),
  },
  {
    kinds: ['RuntimeClass'],
    fields: /^handler\b/,
    follows: deleteFirst('Pods that run stay where they are; until it is applied no new one starts.'),
  },
  {
    kinds: ['ConfigMap', 'Secret'],
    fields: /^(data|binaryData|stringData)\b/,
    follows: (object) =>
      object.immutable === true
        ? deleteFirst('Pods that run keep what they have read.')(object)
        : {
            effect: 'in place',
            advice:
              'Pods see it in mounted files within a minute or two; what they read at their start, after a restart.',
          },
  },
  { kinds: ['Deployment', 'StatefulSet', 'DaemonSet'], fields: /^spec\.template\b/, follows: rollout },
  {
    kinds: ['CronJob'],
    fields: /^spec\.jobTemplate\b/,
    follows: () => ({ effect: 'in place', advice: 'The next run is the new one.' }),
  },
  {
    kinds: ['Sandbox'],
    fields: /^spec\.volumeClaimTemplates\b/,
    follows: refused(() => 'To delete it deletes its volume, too: back up first (docs/recovery.md).'),
  },
  {
    kinds: ['Sandbox'],
    fields: /^spec\.podTemplate\b/,
    follows: () => ({
      effect: 'in place',
      advice: 'Its Pod stays as it is until it is deleted, or suspended and resumed.',
    }),
  },
  {
    kinds: ['SandboxTemplate'],
    fields: /^spec\.(podTemplate|volumeClaimTemplates)\b/,
    follows: () => ({
      effect: 'in place',
      advice: 'Sandboxes that are made from now on are the new ones; claimed ones stay as they are.',
    }),
  },
];

const ORDER: readonly Effect[] = ['in place', 'restarts', 'recreates', 'refused by the API server'];

/** What becomes of a changed object: by its field with the most effect. Nothing for one that is created or deleted. */
export function consequenceOf({ action, object, fields, refusal }: ObjectChange): Consequence | undefined {
  if (action !== 'changed') return undefined;
  const found = fields.flatMap(({ path, before, after }) =>
    RULES.filter(
      ({ kinds, fields: meant, but }) => kinds.includes(object.kind) && meant.test(path) && !but?.test(path),
    ).flatMap(({ follows }) => follows(object, before, after) ?? []),
  );
  const [most] = found.sort((a, b) => ORDER.indexOf(b.effect) - ORDER.indexOf(a.effect));
  if (refusal === undefined) return most ?? { effect: 'in place' };
  // The API server knows better, whatever the fields say.
  const known = most?.effect === 'refused by the API server' ? most.advice : undefined;
  return { effect: 'refused by the API server', advice: [`${refusal}.`, known].filter(Boolean).join(' ') };
}

/** How many changes have which effect: `restarts 1, in place 3`; the gravest first. */
export function effectCounts(changes: readonly ObjectChange[]): string {
  const effects = changes.map((it) => consequenceOf(it)?.effect);
  const counts = ORDER.map((effect) => [effect, effects.filter((it) => it === effect).length] as const);
  return counts
    .filter(([, count]) => count > 0)
    .reverse()
    .map(([effect, count]) => `${effect} ${count}`)
    .join(', ');
}
