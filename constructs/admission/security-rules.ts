import type { Manifest } from '../policy/objects';
import type { AdmissionRule } from './admission-policy';
import { all, any, flag, hasPath, ifPresent, list, oneOf, unique } from './cel';
import { containerRule, type Contained } from './containers';
import type { PodShape } from './pod-shape';

const POD = 'object.spec.securityContext';

const POD_FIELDS = ['fsGroup', 'fsGroupChangePolicy', 'runAsGroup', 'runAsNonRoot', 'runAsUser', 'seccompProfile'];

const CONTAINER_FIELDS = [
  ...['allowPrivilegeEscalation', 'capabilities', 'privileged', 'procMount', 'readOnlyRootFilesystem'],
  ...['runAsGroup', 'runAsNonRoot', 'runAsUser', 'seccompProfile'],
];

/** Ids of users and groups: of the Pod, and what a container says itself. */
const IDS = ['runAsUser', 'runAsGroup'] as const;

const context = (it: Manifest): Manifest => it.securityContext ?? {};

const values = (examples: readonly Contained[], field: string): Manifest[] =>
  examples.map(({ container }) => context(container)[field]);

/** The default of a container's runtime may be asked for by name. */
const seccompOf = (it: Manifest): (string | undefined)[] => [context(it).seccompProfile?.type];

const STRICT = 'RuntimeDefault';

function podSeccomp(pods: readonly Manifest[]): string {
  const types = pods.flatMap(seccompOf);
  const isOne = `${POD}.seccompProfile.type in ${list([...types.filter((it) => it !== undefined), STRICT])}`;
  return types.includes(undefined)
    ? ifPresent('object.spec', ['securityContext', 'seccompProfile'], isOne)
    : all(hasPath('object.spec', 'securityContext', 'seccompProfile'), isOne);
}

const seccomp = (examples: readonly Contained[]): string => {
  const types = examples.flatMap(({ container, pod }) => [...seccompOf(container), ...seccompOf(pod)]);
  return `(${ifPresent(
    'c',
    ['securityContext', 'seccompProfile'],
    `c.securityContext.seccompProfile.type in ${list([...types.filter((it) => it !== undefined), STRICT])}`,
  )})`;
};

const isPrivileged = (examples: readonly Contained[]) => values(examples, 'privileged').includes(true);

/** One that is privileged has them all. */
function added(examples: readonly Contained[]): string | undefined {
  if (isPrivileged(examples)) return undefined;
  const own: string[] = values(examples, 'capabilities').flatMap((it) => it?.add ?? []);
  const path = 'c.securityContext.capabilities.add';
  const isOwn = own.length > 0 ? `${path}.all(it, it in ${list(own)})` : `${path}.size() == 0`;
  return `(${ifPresent('c', ['securityContext', 'capabilities', 'add'], isOwn)})`;
}

function dropped(examples: readonly Contained[]): string | undefined {
  const dropAll = values(examples, 'capabilities').every((it) => it?.drop?.includes('ALL'));
  if (!dropAll) return undefined;
  return all(hasPath('c', 'securityContext', 'capabilities', 'drop'), '"ALL" in c.securityContext.capabilities.drop');
}

const bracketed = (condition: string | undefined) => condition && `(${condition})`;

/** A boolean of a container's context. */
const switched =
  (field: string, is: { readonly safe: boolean; readonly unset: boolean }) => (examples: readonly Contained[]) =>
    bracketed(flag('c', ['securityContext', field], values(examples, field), is));

/** A container may only say what the Pod says already. */
const ids = (examples: readonly Contained[]): string =>
  all(...IDS.map((field) => `(${oneOf('c', ['securityContext', field], values(examples, field))})`));

/** What processes may do on their node. */
export function securityRules(shape: PodShape): (AdmissionRule | undefined)[] {
  const { subject, examples } = shape;
  const pods = examples.map(({ spec }) => spec);
  const nonRoot = flag(
    'object.spec',
    ['securityContext', 'runAsNonRoot'],
    pods.map((it) => context(it).runAsNonRoot),
    { safe: true, unset: false },
  );
  const fieldsOf = (known: readonly string[], of: readonly Manifest[]) =>
    list(unique([...known, ...of.flatMap((it) => Object.keys(context(it)))]).sort());
  const podIds = [...IDS, 'fsGroup'].map((field) =>
    oneOf(
      'object.spec',
      ['securityContext', field],
      pods.map((it) => context(it)[field]),
    ),
  );
  return [
    containerRule(
      shape,
      switched('privileged', { safe: false, unset: false }),
      `no container of ${subject} may be privileged`,
    ),
    containerRule(
      shape,
      switched('allowPrivilegeEscalation', { safe: false, unset: true }),
      `every container of ${subject} must set allowPrivilegeEscalation to false`,
    ),
    containerRule(
      shape,
      switched('readOnlyRootFilesystem', { safe: true, unset: false }),
      `every container of ${subject} must have a read-only root file system`,
    ),
    containerRule(shape, added, `no container of ${subject} may add a capability that the profile does not add`),
    containerRule(shape, dropped, `every container of ${subject} must drop the capabilities ALL`),
    { expression: podSeccomp(pods), message: `${subject} must have the profile's seccomp profile` },
    containerRule(shape, seccomp, `no container of ${subject} may have a seccomp profile of its own`),
    nonRoot === undefined
      ? undefined
      : { expression: nonRoot, message: `${subject} must not run as root: set runAsNonRoot to true` },
    nonRoot === undefined
      ? undefined
      : containerRule(
          shape,
          switched('runAsNonRoot', { safe: true, unset: true }),
          `no container of ${subject} may set runAsNonRoot to false`,
        ),
    {
      expression: all(...podIds.map((it) => `(${it})`)),
      message: `${subject} must have the profile's runAsUser, runAsGroup and fsGroup`,
    },
    containerRule(shape, ids, `no container of ${subject} may have a user or group of its own`),
    {
      expression: ifPresent(
        'object.spec',
        ['securityContext'],
        `dyn(${POD}).all(field, field in ${fieldsOf(POD_FIELDS, pods)})`,
      ),
      message: `${subject} may not have a field of a Pod's securityContext that the profile's own has not`,
    },
    containerRule(
      shape,
      (of) =>
        `(${any(
          '!has(c.securityContext)',
          `dyn(c.securityContext).all(field, field in ${fieldsOf(
            CONTAINER_FIELDS,
            of.map(({ container }) => container),
          )})`,
        )})`,
      `no container of ${subject} may have a field of a securityContext that the profile's own has not`,
    ),
    containerRule(
      shape,
      (of) =>
        bracketed(oneOf('c', ['securityContext', 'procMount'], [...values(of, 'procMount'), 'Default', undefined])),
      `no container of ${subject} may see more of /proc than others`,
    ),
  ];
}
