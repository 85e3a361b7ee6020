import type { Manifest } from '../policy/objects';
import type { AdmissionRule } from './admission-policy';
import { all, any, hasPath, ifPresent, list, oneOf, text, unique } from './cel';
import { containerRule, examplesByName, type Contained } from './containers';
import type { PodShape } from './pod-shape';

/** What the rules look up. */
export const VOLUMES = {
  name: 'volumes',
  expression: 'has(object.spec.volumes) ? object.spec.volumes : []',
};

/** Kinds that hold nothing that is not the Pod's own, and those about which there is a rule. */
const KINDS = ['configMap', 'downwardAPI', 'emptyDir', 'hostPath', 'name', 'projected', 'secret'];

/** The API server's own: every namespace has it, and a token comes with it. */
const ROOT_CA = 'kube-root-ca.crt';

const volumesOf = ({ examples }: PodShape): Manifest[] => examples.flatMap(({ spec }) => spec.volumes ?? []);

const isRule = (message: string, condition: string): AdmissionRule => ({
  expression: `variables.volumes.all(v, ${condition})`,
  message,
});

/** A Secret or ConfigMap as volumes and sources of projected volumes name them. */
interface Mounted {
  readonly name: string;
  readonly items?: readonly { readonly key: string }[];
}

const mounted = (volumes: readonly Manifest[], kind: 'secret' | 'configMap'): Mounted[] =>
  volumes.flatMap((it) => [
    ...(it[kind] ? [{ name: it[kind].secretName ?? it[kind].name, items: it[kind].items }] : []),
    ...(it.projected?.sources ?? []).flatMap((source: Manifest) => source[kind] ?? []),
  ]);

/** `path` names one of `own`: as a whole only if that one is. */
function isMounted(path: string, name: string, own: readonly Mounted[]): string[] {
  const whole = own.filter(({ items }) => items === undefined).map((it) => it.name);
  const entries = own.flatMap((it) => (it.items ?? []).map(({ key }) => `${it.name}/${key}`));
  return [
    ...(whole.length > 0 ? [`${path}.${name} in ${list(whole)}`] : []),
    ...(entries.length > 0
      ? [`(has(${path}.items) && ${path}.items.all(it, ${path}.${name} + "/" + it.key in ${list(entries)}))`]
      : []),
  ];
}

/** What of a kind a volume `v` may bring. */
function brings(kind: 'secret' | 'configMap', own: readonly Mounted[]): string {
  const name = kind === 'secret' ? 'secretName' : 'name';
  const ofSource = isMounted(`s.${kind}`, 'name', own);
  return all(
    `(${any(`!has(v.${kind})`, ...isMounted(`v.${kind}`, name, own))})`,
    `(${ifPresent('v', ['projected', 'sources'], `v.projected.sources.all(s, ${any(`!has(s.${kind})`, ...ofSource)})`)})`,
  );
}

/** The volume that a mount `m` is of. */
const ofMounts = (condition: string) =>
  `(${ifPresent('c', ['volumeMounts'], `c.volumeMounts.all(m, variables.volumes.all(v, v.name != m.name || ${condition}))`)})`;

/** A Secret that one container mounts is not another's: a sidecar's password must not reach the program beside it. */
function ownSecrets(examples: readonly Contained[]): string {
  const volumes = examples.flatMap(({ container, pod }) => {
    const names: string[] = (container.volumeMounts ?? []).map(({ name }: Manifest) => name);
    return (pod.volumes ?? []).filter(({ name }: Manifest) => names.includes(name));
  });
  return ofMounts(`(${brings('secret', mounted(volumes, 'secret'))})`);
}

/** Paths of the node and claims that the examples mount read-only, and nowhere else. */
function readOnly(examples: readonly Contained[]): string | undefined {
  const mounts = examples.flatMap(({ container, pod }) =>
    (container.volumeMounts ?? []).flatMap((mount: Manifest) => {
      const volume = (pod.volumes ?? []).find(({ name }: Manifest) => name === mount.name);
      return volume ? [{ volume, isReadOnly: mount.readOnly === true }] : [];
    }),
  );
  const only = (of: (volume: Manifest) => string | undefined) => {
    const written = mounts.filter((it) => !it.isReadOnly).map(({ volume }) => of(volume));
    return unique(mounts.flatMap(({ volume }) => of(volume) ?? [])).filter((it) => !written.includes(it));
  };
  const paths = only((it) => it.hostPath?.path);
  const claims = only((it) => it.persistentVolumeClaim?.claimName);
  const isOne = [
    ...(paths.length > 0 ? [`(has(v.hostPath) && v.hostPath.path in ${list(paths)})`] : []),
    ...(claims.length > 0
      ? [`(has(v.persistentVolumeClaim) && v.persistentVolumeClaim.claimName in ${list(claims)})`]
      : []),
  ];
  if (isOne.length === 0) return undefined;
  return ofMounts(`!(${any(...isOne)}) || (has(m.readOnly) && m.readOnly)`);
}

/** A scratch volume is at most as large as the profile's, and of its class. */
function scratch(volumes: readonly Manifest[]): string | undefined {
  const specs: Manifest[] = volumes.flatMap((it) => it.ephemeral?.volumeClaimTemplate.spec ?? []);
  if (specs.length === 0) return undefined;
  const path = 'v.ephemeral.volumeClaimTemplate.spec';
  const sizes = specs.map(
    (it) =>
      `quantity(${path}.resources.requests["storage"]).compareTo(quantity(${text(it.resources.requests.storage)})) <= 0`,
  );
  return any(
    '!has(v.ephemeral)',
    `(${all(
      `(${any(...sizes)})`,
      `(${oneOf(
        path,
        ['storageClassName'],
        specs.map((it) => it.storageClassName),
      )})`,
      `!(${hasPath(path, 'dataSource')}) && !(${hasPath(path, 'dataSourceRef')}) && !(${hasPath(path, 'volumeName')})`,
    )})`,
  );
}

/** What the Pod can read and keep. */
export function volumeRules(shape: PodShape): (AdmissionRule | undefined)[] {
  const { subject } = shape;
  const volumes = volumesOf(shape);
  const kinds = unique([...KINDS, ...volumes.flatMap((it) => Object.keys(it))]).sort();
  const claims: string[] = volumes.flatMap((it) => it.persistentVolumeClaim?.claimName ?? []);
  const paths: string[] = volumes.flatMap((it) => it.hostPath?.path ?? []);
  const size = scratch(volumes);
  const secrets = mounted(volumes, 'secret');
  return [
    isRule(
      `${subject} may not have a kind of volume that the profile's own has not`,
      `dyn(v).all(field, field in ${list(kinds)})`,
    ),
    isRule(
      `no projected volume of ${subject} may have sources other than Secrets, ConfigMaps, the Pod's fields and its token`,
      ifPresent(
        'v',
        ['projected', 'sources'],
        `v.projected.sources.all(s, dyn(s).all(field, field in ${list(['configMap', 'downwardAPI', 'secret', 'serviceAccountToken'])}))`,
      ),
    ),
    claims.length === 0
      ? undefined
      : isRule(
          `${subject} may mount these claims: only ${unique(claims).join(', ')}`,
          any('!has(v.persistentVolumeClaim)', `v.persistentVolumeClaim.claimName in ${list(claims)}`),
        ),
    isRule(
      paths.length === 0
        ? `${subject} may not mount a path of the node`
        : `${subject} may mount these paths of the node: only ${unique(paths).join(', ')}`,
      any('!has(v.hostPath)', ...(paths.length > 0 ? [`v.hostPath.path in ${list(paths)}`] : [])),
    ),
    isRule(`${subject} may not mount a Secret that the profile's own does not`, brings('secret', secrets)),
    isRule(
      `${subject} may not mount a ConfigMap that the profile's own does not`,
      brings('configMap', [...mounted(volumes, 'configMap'), { name: ROOT_CA }]),
    ),
    size === undefined
      ? undefined
      : isRule(`no scratch volume of ${subject} may be larger than the profile's, or of another class or source`, size),
    secrets.length === 0 || examplesByName(shape).size === 1
      ? undefined
      : containerRule(shape, ownSecrets, `no container of ${subject} may mount the Secret of another`),
    containerRule(shape, readOnly, `${subject} may not write to what the profile mounts read-only`),
  ];
}
