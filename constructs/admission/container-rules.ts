import { amount } from '../../config/schema/values';
import type { Manifest } from '../policy/objects';
import type { AdmissionRule } from './admission-policy';
import { all, any, hasPath, ifPresent, list, text, unique } from './cel';
import { containerRule, examplesByName, type Contained } from './containers';
import type { PodShape } from './pod-shape';

const FIELDS = [
  ...['args', 'command', 'env', 'envFrom', 'image', 'imagePullPolicy', 'lifecycle', 'livenessProbe', 'name', 'ports'],
  ...['readinessProbe', 'resizePolicy', 'resources', 'restartPolicy', 'restartPolicyRules', 'securityContext'],
  ...['startupProbe', 'stdin', 'stdinOnce', 'terminationMessagePath', 'terminationMessagePolicy', 'tty'],
  ...['volumeMounts', 'workingDir'],
];

/** What every container may have some of; all else is a device, or memory set apart. */
const COMMON = ['cpu', 'memory', 'ephemeral-storage'];

const ofContainers = (examples: readonly Contained[]): Manifest[] => examples.map(({ container }) => container);

/** What the kubelet calls from the node, whatever a NetworkPolicy says. */
const HANDLERS = [
  ...['livenessProbe', 'readinessProbe', 'startupProbe'].map((it) => [it]),
  ['lifecycle', 'postStart'],
  ['lifecycle', 'preStop'],
];

const handlersStayInside = all(
  ...HANDLERS.flatMap((steps) =>
    ['httpGet', 'tcpSocket'].map((action) => `!(${hasPath('c', ...steps, action, 'host')})`),
  ),
);

/** The largest amount of the examples, as it is written; nothing where one of them has no bound. */
function largest(amounts: readonly (string | undefined)[]): string | undefined {
  const known = amounts.filter((it) => it !== undefined);
  if (known.length < amounts.length) return undefined;
  return known.reduce((a, b) => (amount(b) > amount(a) ? b : a));
}

const resourcesOf = (examples: readonly Contained[]): Manifest[] =>
  ofContainers(examples).map(({ resources }) => resources ?? {});

const atMost = (path: string, most: string) => `quantity(${path}).compareTo(quantity(${text(most)})) <= 0`;

/** Limits that there must be, and how much they may be. */
function limits(examples: readonly Contained[]): string | undefined {
  const all_ = resourcesOf(examples);
  const bounds = unique(all_.flatMap(({ limits }) => Object.keys(limits ?? {}))).flatMap((name) => {
    const most = largest(all_.map(({ limits }) => limits?.[name]));
    return most === undefined ? [] : [[name, most] as const];
  });
  if (bounds.length === 0) return undefined;
  const path = 'c.resources.limits';
  const each = bounds.map(([name, most]) =>
    // A device that is not asked for is none.
    COMMON.includes(name)
      ? `${text(name)} in ${path} && ${atMost(`${path}[${text(name)}]`, most)}`
      : `(!(${text(name)} in ${path}) || ${atMost(`${path}[${text(name)}]`, most)})`,
  );
  return all(hasPath('c', 'resources', 'limits'), ...each);
}

/** A request is at most what the profile allows or asks for: the scheduler keeps it free for this Pod alone. */
function requests(examples: readonly Contained[]): string | undefined {
  const path = 'c.resources.requests';
  const each = COMMON.flatMap((name) => {
    const most = largest(resourcesOf(examples).map(({ limits, requests: asked }) => limits?.[name] ?? asked?.[name]));
    if (most === undefined) return [];
    return [`(!(${text(name)} in ${path}) || ${atMost(`${path}[${text(name)}]`, most)})`];
  });
  return each.length === 0 ? undefined : `(${ifPresent('c', ['resources', 'requests'], `(${all(...each)})`)})`;
}

function kinds(examples: readonly Contained[]): string {
  const known = list([...COMMON, ...resourcesOf(examples).flatMap((it) => Object.keys(it.limits ?? {}))]);
  return `(${all(
    `(${ifPresent('c', ['resources', 'limits'], `c.resources.limits.all(it, it in ${known})`)})`,
    `(${ifPresent('c', ['resources', 'requests'], `c.resources.requests.all(it, it in ${known})`)})`,
    `(${ifPresent('c', ['resources', 'claims'], 'c.resources.claims.size() == 0')})`,
  )})`;
}

/** Variables that are read from a Secret or a ConfigMap: which entries the examples read. */
const references =
  (field: 'secretKeyRef' | 'configMapKeyRef') =>
  (examples: readonly Contained[]): string => {
    const own = ofContainers(examples)
      .flatMap(({ env = [] }) => env)
      .flatMap(({ valueFrom }: Manifest) => valueFrom?.[field] ?? [])
      .map(({ name, key }: Manifest) => `${name}/${key}`);
    const path = `e.valueFrom.${field}`;
    const isOwn = own.length > 0 ? [`${path}.name + "/" + ${path}.key in ${list(own)}`] : [];
    const condition = any('!has(e.valueFrom)', `!has(${path})`, ...isOwn);
    return `(${ifPresent('c', ['env'], `c.env.all(e, ${condition})`)})`;
  };

/** Whole Secrets and ConfigMaps that become variables. */
const sources =
  (field: 'secretRef' | 'configMapRef') =>
  (examples: readonly Contained[]): string => {
    const own = ofContainers(examples)
      .flatMap(({ envFrom = [] }) => envFrom)
      .flatMap((it: Manifest) => it[field]?.name ?? []);
    const isOwn = own.length > 0 ? [`it.${field}.name in ${list(own)}`] : [];
    return `(${ifPresent('c', ['envFrom'], `c.envFrom.all(it, ${any(`!has(it.${field})`, ...isOwn)})`)})`;
  };

/** Images of the examples; those of the program itself may be earlier ones, those of a sidecar beside it may not. */
const imagesOf = (examples: readonly Contained[], { earlierImages = [] }: PodShape): string[] => {
  const isProgram = examples.some(({ container, pod }) => container.image === pod.containers[0].image);
  return [...ofContainers(examples).map(({ image }) => image), ...(isProgram ? earlierImages : [])];
};

/** What runs in the Pod, what it is given, and how much. */
export function containerRules(shape: PodShape): (AdmissionRule | undefined)[] {
  const { subject } = shape;
  const byName = examplesByName(shape);
  const names = [...byName.keys()];
  const images = unique([...byName.values()].flatMap((of) => imagesOf(of, shape)));
  const onHost = shape.examples.some(({ spec }) => spec.hostNetwork === true);
  return [
    {
      expression: `variables.containers.all(c, c.name in ${list(names)})`,
      message: `${subject} may have these containers: only ${names.join(', ')}`,
    },
    {
      expression: ifPresent('object.spec', ['ephemeralContainers'], 'object.spec.ephemeralContainers.size() == 0'),
      message: `${subject} may not have ephemeral containers`,
    },
    containerRule(
      shape,
      (of) => `(has(c.image) && c.image in ${list(imagesOf(of, shape))})`,
      `${subject} may run these images: only ${images.join(', ')}`,
    ),
    containerRule(
      shape,
      (of) =>
        `dyn(c).all(field, field in ${list(
          unique([...FIELDS, ...ofContainers(of).flatMap((it) => Object.keys(it))]).sort(),
        )})`,
      `no container of ${subject} may have a field that the profile's own has not`,
    ),
    onHost
      ? undefined
      : containerRule(
          shape,
          () => `(${ifPresent('c', ['ports'], 'c.ports.all(it, !has(it.hostPort) || it.hostPort == 0)')})`,
          `no container of ${subject} may open a port of the node`,
        ),
    containerRule(
      shape,
      () => handlersStayInside,
      `no probe or hook of ${subject} may name a host: the kubelet would call it from the node`,
    ),
    containerRule(
      shape,
      limits,
      `every container of ${subject} needs the limits of the profile's own, and none above them`,
    ),
    containerRule(shape, requests, `no container of ${subject} may request more than the profile's own may have`),
    containerRule(shape, kinds, `no container of ${subject} may ask for a resource that the profile's own does not`),
    containerRule(
      shape,
      references('secretKeyRef'),
      `no container of ${subject} may read an entry of a Secret that the profile's own does not`,
    ),
    containerRule(
      shape,
      references('configMapKeyRef'),
      `no container of ${subject} may read an entry of a ConfigMap that the profile's own does not`,
    ),
    containerRule(
      shape,
      sources('secretRef'),
      `no container of ${subject} may take its variables from a Secret that the profile's own does not`,
    ),
    containerRule(
      shape,
      sources('configMapRef'),
      `no container of ${subject} may take its variables from a ConfigMap that the profile's own does not`,
    ),
  ];
}
