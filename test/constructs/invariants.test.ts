import { shippedProfiles } from '../../config/load';
import { amount } from '../../config/schema/values';
import { Manifests, nameOf, selects, type PodManifest } from '../../constructs/policy/objects';
import { holdsFiles } from '../../tools/holds-files';
import { find, render, renderToml, type Rendered } from '../render';

/** What is not true of a profile's objects, one sentence each. */
type Invariant = (objects: readonly Rendered[]) => string[];

/** Secrets that somebody makes before the manifests are applied: README of the profile, or an ExternalSecret. */
const SECRETS_THAT_MUST_EXIST = ['openhands-session-keys'];

const containersOf = ({ spec }: PodManifest): Rendered[] => [...(spec.initContainers ?? []), ...spec.containers];

const secretsAreKnown: Invariant = (objects) => {
  const manifests = new Manifests(objects);
  const made = manifests.ofKind('ExternalSecret').flatMap(({ spec }) => {
    const entries: string[] = spec.data.map(({ secretKey }: Rendered) => secretKey);
    return entries.map((entry) => `${spec.target.name}/${entry}`);
  });
  return manifests.pods.flatMap((pod) =>
    containersOf(pod)
      .flatMap(({ env = [] }) => env)
      .flatMap(({ valueFrom }: Rendered) => valueFrom?.secretKeyRef ?? [])
      .filter(({ name, key }: Rendered) =>
        made.length > 0 ? !made.includes(`${name}/${key}`) : !SECRETS_THAT_MUST_EXIST.includes(name),
      )
      .map(({ name, key }: Rendered) => `${nameOf(pod.object)} reads ${name}/${key}, which nobody makes`),
  );
};

/** Every Service and workload selects the Pods of one workload: a session's never a pool's. */
const selectorsAreApart: Invariant = (objects) => {
  const manifests = new Manifests(objects);
  const selectors = [
    ...manifests.ofKind('Service').map((it) => ({ it, selector: { matchLabels: it.spec.selector } })),
    ...manifests.ofKind('PodDisruptionBudget').map((it) => ({ it, selector: it.spec.selector })),
    ...manifests.ofKind('Deployment', 'StatefulSet').map((it) => ({ it, selector: it.spec.selector })),
  ];
  return selectors.flatMap(({ it, selector }) => {
    const selected = manifests.pods.filter(
      ({ namespace, labels }) => namespace === it.metadata.namespace && selects(selector, labels),
    );
    return selected.length === 1 ? [] : [`${nameOf(it)} selects ${selected.length} workloads`];
  });
};

const policiesSelect: Invariant = (objects) => {
  const manifests = new Manifests(objects);
  return manifests
    .ofKind('NetworkPolicy')
    .filter(
      ({ metadata, spec }) =>
        !manifests.pods.some(
          ({ namespace, labels }) => namespace === metadata.namespace && selects(spec.podSelector, labels),
        ),
    )
    .map((it) => `${nameOf(it)} selects no Pod`);
};

const boundRolesHaveSubjects: Invariant = (objects) =>
  objects
    .filter(({ kind }) => kind === 'RoleBinding')
    .flatMap((it) =>
      (it.subjects ?? []).length === 0 || it.subjects.some(({ kind }: Rendered) => kind !== 'ServiceAccount')
        ? [`${nameOf(it)} binds somebody who is no ServiceAccount`]
        : [],
    );

/** Mount paths and variables are maps to the API server: it refuses one that is there twice. */
const keysAreUnique: Invariant = (objects) =>
  new Manifests(objects).pods.flatMap((pod) =>
    containersOf(pod).flatMap(({ env = [], volumeMounts = [], ports = [] }) => {
      const keys: string[] = [
        ...env.map(({ name }: Rendered) => `variable ${name}`),
        ...volumeMounts.map(({ mountPath }: Rendered) => `mount ${mountPath}`),
        ...ports.map(({ containerPort }: Rendered) => `port ${containerPort}`),
      ];
      const twice = keys.filter((key, index) => keys.indexOf(key) < index);
      return twice.map((key) => `${nameOf(pod.object)} has the ${key} twice`);
    }),
  );

const COUNTED = ['requests.cpu', 'requests.memory', 'requests.ephemeral-storage', 'limits.memory'] as const;

/** Pods that a workload grows to: what an autoscaler allows, else what it says, and one more while it is replaced. */
function podsOf(objects: readonly Rendered[], object: Rendered): number {
  const autoscaler = objects.find(
    ({ kind, spec }) =>
      kind === 'HorizontalPodAutoscaler' &&
      spec.scaleTargetRef.kind === object.kind &&
      spec.scaleTargetRef.name === object.metadata.name,
  );
  return (
    (autoscaler?.spec.maxReplicas ?? object.spec.replicas ?? 1) + (object.spec.strategy?.rollingUpdate?.maxSurge ?? 0)
  );
}

/** The claims that a workload's Pod brings along. */
const claimsOf = (object: Rendered, { spec }: PodManifest): Rendered[] => [
  ...(object.spec.volumeClaimTemplates ?? []),
  ...(spec.volumes ?? []).flatMap(({ ephemeral }: Rendered) => ephemeral?.volumeClaimTemplate ?? []),
];

/** The containers that run at the same time: not those that end before the others start, which ask for no more. */
const together = (pod: PodManifest): Rendered[] =>
  containersOf(pod).filter((it) => pod.spec.containers.includes(it) || it.restartPolicy === 'Always');

const quotaHasRoom: Invariant = (objects) => {
  const quota = objects.find(({ kind }) => kind === 'ResourceQuota');
  if (quota === undefined) return [];
  const hard: Record<string, string | number> = quota.spec.hard;
  const { namespace } = quota.metadata;
  const used: Record<string, number> = {};
  const use = (resource: string, much: number) => {
    used[resource] = (used[resource] ?? 0) + much;
  };
  const useClaim = ({ spec }: Rendered, count: number) => {
    use('persistentvolumeclaims', count);
    use('requests.storage', count * amount(spec.resources.requests.storage));
  };
  for (const pod of new Manifests(objects).pods.filter((it) => it.namespace === namespace)) {
    const count = podsOf(objects, pod.object);
    use('pods', count);
    for (const claim of claimsOf(pod.object, pod)) useClaim(claim, count);
    for (const resource of COUNTED) {
      const [side, name] = resource.split('.') as [string, string];
      for (const { resources } of together(pod)) use(resource, count * amount(String(resources[side][name])));
    }
  }
  for (const claim of objects.filter(({ kind }) => kind === 'PersistentVolumeClaim')) useClaim(claim, 1);
  return Object.entries(used)
    .filter(([resource, much]) => hard[resource] === undefined || amount(String(hard[resource])) < much)
    .map(([resource, much]) => `the quota has room for ${hard[resource]} of ${resource}, and ${much} may be needed`);
};

/** What a container says of itself lies within the bounds for one. */
const containersAreInBounds: Invariant = (objects) => {
  const range = objects.find(({ kind }) => kind === 'LimitRange');
  if (range === undefined) return [];
  const { max, min } = range.spec.limits.find(({ type }: Rendered) => type === 'Container');
  const pods = new Manifests(objects).pods.filter(({ namespace }) => namespace === range.metadata.namespace);
  return pods.flatMap((pod) =>
    containersOf(pod).flatMap(({ resources }) => [
      ...Object.keys(max)
        .filter((it) => amount(String(resources.limits[it])) > amount(String(max[it])))
        .map((it) => `${nameOf(pod.object)} has a limit of ${it} above ${max[it]}`),
      ...Object.keys(min)
        .filter((it) => amount(String(resources.requests[it])) < amount(String(min[it])))
        .map((it) => `${nameOf(pod.object)} requests less ${it} than ${min[it]}`),
    ]),
  );
};

/** Argo CD and Flux delete what is in no file any more, and what holds files only if it does not say otherwise. */
const filesAreKept: Invariant = (objects) =>
  objects
    .filter((it) => it.kind === 'Namespace' || holdsFiles(it))
    .filter(
      ({ metadata: { annotations = {} } }) =>
        annotations['argocd.argoproj.io/sync-options'] !== 'Prune=false,Delete=false' ||
        annotations['kustomize.toolkit.fluxcd.io/prune'] !== 'disabled',
    )
    .map((it) => `${nameOf(it)} is pruned when it is in no file any more`);

/** Argo CD makes what it does not know after the Pods. */
const policiesComeFirst: Invariant = (objects) =>
  objects
    .filter(({ kind }) => /^ValidatingAdmissionPolicy(Binding)?$/.test(kind))
    .filter(({ metadata }) => Number(metadata.annotations?.['argocd.argoproj.io/sync-wave'] ?? 0) >= 0)
    .map((it) => `${nameOf(it)} is applied after the Pods`);

/** Each invariant, and how to break it in the manifests of staging. */
const INVARIANTS: readonly {
  readonly title: string;
  readonly invariant: Invariant;
  readonly breakIt: (objects: Rendered[]) => void;
  readonly said: string;
}[] = [
  {
    title: 'every Secret that a variable refers to is made by somebody',
    invariant: secretsAreKnown,
    breakIt: (objects) => {
      const [container] = find(objects, 'Deployment', 'openhands-runtime-demo').spec.template.spec.containers;
      container.env.push({ name: 'A', valueFrom: { secretKeyRef: { name: 'other', key: 'a' } } });
    },
    said: 'Deployment/openhands-runtime-demo reads other/a, which nobody makes',
  },
  {
    title: 'every selector selects one workload, and no other',
    invariant: selectorsAreApart,
    breakIt: (objects) => {
      delete find(objects, 'Service', 'openhands-runtime').spec.selector.pool;
    },
    said: 'Service/openhands-runtime selects 2 workloads',
  },
  {
    title: 'every NetworkPolicy is about a Pod',
    invariant: policiesSelect,
    breakIt: (objects) => {
      find(objects, 'NetworkPolicy', 'openhands-runtime-allow-api').spec.podSelector.matchLabels.app = 'other';
    },
    said: 'NetworkPolicy/openhands-runtime-allow-api selects no Pod',
  },
  {
    title: 'every Role is bound to ServiceAccounts',
    invariant: boundRolesHaveSubjects,
    breakIt: (objects) => {
      const { metadata } = find(objects, 'ServiceAccount', 'openhands-runtime');
      objects.push({ kind: 'RoleBinding', metadata, subjects: [{ kind: 'Group', name: 'system:authenticated' }] });
    },
    said: 'RoleBinding/openhands-runtime binds somebody who is no ServiceAccount',
  },
  {
    title: 'no variable, mount or port is there twice',
    invariant: keysAreUnique,
    breakIt: (objects) => {
      const [container] = find(objects, 'Deployment', 'openhands-runtime-demo').spec.template.spec.containers;
      container.volumeMounts.push({ name: 'tmp', mountPath: '/workspace' });
    },
    said: 'Deployment/openhands-runtime-demo has the mount /workspace twice',
  },
  {
    title: 'the quota has room for what the profile grows to',
    invariant: quotaHasRoom,
    breakIt: (objects) => {
      find(objects, 'HorizontalPodAutoscaler').spec.maxReplicas = 20;
      Object.assign(find(objects, 'ResourceQuota', 'openhands-runtime').spec.hard, { pods: 21 });
    },
    said: 'the quota has room for 21 of pods, and 23 may be needed',
  },
  {
    title: 'every container is within the bounds for one',
    invariant: containersAreInBounds,
    breakIt: (objects) => {
      find(objects, 'LimitRange', 'openhands-runtime').spec.limits[0].max.memory = '1Gi';
    },
    said: 'Deployment/openhands-runtime-demo has a limit of memory above 1Gi',
  },
  {
    title: 'what takes files along is pruned by no GitOps tool',
    invariant: filesAreKept,
    breakIt: (objects) => {
      delete find(objects, 'PersistentVolumeClaim', 'openhands-runtime-demo-pvc').metadata.annotations;
    },
    said: 'PersistentVolumeClaim/openhands-runtime-demo-pvc is pruned when it is in no file any more',
  },
  {
    title: 'an admission policy is there before the Pods',
    invariant: policiesComeFirst,
    breakIt: (objects) => {
      const policy = objects.find(({ kind }) => kind === 'ValidatingAdmissionPolicyBinding');
      delete policy!.metadata.annotations['argocd.argoproj.io/sync-wave'];
    },
    said: 'ValidatingAdmissionPolicyBinding/openhands-runtime-pods.openhands-staging is applied after the Pods',
  },
];

const PROFILES: readonly (readonly [string, Rendered[]])[] = [
  ...shippedProfiles().map((name) => [name, render(name).objects] as const),
  [
    'the local profile with a quota',
    renderToml('[deploy]\nextends = "local"\n[deploy.quota]\nmax_sandboxes = 1').objects,
  ],
  ['staging with monitoring', renderToml('[deploy]\nextends = "staging"\n[deploy.monitoring]').objects],
];

describe.each(INVARIANTS)('$title', ({ invariant, breakIt, said }) => {
  test.each(PROFILES)('in %s', (_, objects) => {
    expect(invariant(objects)).toEqual([]);
  });

  test('or it is said', () => {
    const broken = structuredClone(PROFILES.find(([name]) => name === 'staging')![1]);
    breakIt(broken);

    expect(invariant(broken)).toContain(said);
  });
});
