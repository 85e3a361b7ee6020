import type { Manifest } from '../policy/objects';
import type { AdmissionRule } from './admission-policy';
import { all, any, hasPath, ifPresent, text, unique } from './cel';
import type { PodShape } from './pod-shape';

const SPEC = 'object.spec';

/** A toleration's fields, as API server and kubelet read those that are missing. */
const FIELDS = [
  ['key', ''],
  ['operator', 'Equal'],
  ['value', ''],
  ['effect', ''],
] as const;

const fieldsInCel = [
  ...FIELDS.map(([field, unset]) => `has(t.${field}) ? string(t.${field}) : ${text(unset)}`),
  'has(t.tolerationSeconds) ? string(t.tolerationSeconds) : ""',
];

const toleration = (it: Manifest): string[] => [
  ...FIELDS.map(([field, unset]) => it[field] ?? unset),
  String(it.tolerationSeconds ?? ''),
];

/** Kubernetes itself adds these two to every Pod, for some minutes each. */
const DEFAULTS = all(
  'has(t.key)',
  't.key in ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"]',
  'has(t.effect)',
  't.effect == "NoExecute"',
  'has(t.tolerationSeconds)',
);

function tolerations({ subject, examples }: PodShape): AdmissionRule {
  const own = unique(
    examples.flatMap(({ spec }) =>
      (spec.tolerations ?? []).map((it: Manifest) => `[${toleration(it).map(text).join(', ')}]`),
    ),
  );
  const isOwn = `[${fieldsInCel.join(', ')}] in [${own.join(', ')}]`;
  return {
    expression: ifPresent(
      SPEC,
      ['tolerations'],
      `${SPEC}.tolerations.all(t, ${any(`(${DEFAULTS})`, ...(own.length > 0 ? [isOwn] : []))})`,
    ),
    message: `${subject} may not tolerate a taint that the profile does not name`,
  };
}

/** On which nodes it may run: no more than the profile's. */
export function placementRules(shape: PodShape): (AdmissionRule | undefined)[] {
  const { subject, examples } = shape;
  const selectors: Record<string, string>[] = examples.map(({ spec }) => spec.nodeSelector ?? {});
  const wanted = Object.entries(selectors[0]!).filter(([key, value]) => selectors.every((it) => it[key] === value));
  return [
    tolerations(shape),
    wanted.length === 0
      ? undefined
      : {
          expression: all(
            hasPath(SPEC, 'nodeSelector'),
            ...wanted.map(
              ([key, value]) =>
                `${text(key)} in ${SPEC}.nodeSelector && ${SPEC}.nodeSelector[${text(key)}] == ${text(value)}`,
            ),
          ),
          message: `${subject} must have the node selector ${wanted.map((it) => it.join('=')).join(', ')}`,
        },
    {
      // The scheduler writes it later. Whoever writes it first goes around the scheduler, and with it around taints.
      expression: `request.operation != "CREATE" || !has(${SPEC}.nodeName)`,
      message: `${subject} may not choose its node by nodeName`,
    },
  ];
}
