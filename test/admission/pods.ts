import type { Rendered } from '../render';

interface Template {
  readonly metadata: { readonly labels: Record<string, string>; readonly annotations?: Record<string, string> };
  readonly spec: Rendered;
}

const container = (it: Rendered) => ({
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  imagePullPolicy: 'IfNotPresent',
  resources: {},
  ...it,
});

const forSomeMinutes = (condition: string) => ({
  key: `node.kubernetes.io/${condition}`,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 300,
});

/** What the API server mounts for an account with a token. */
const TOKEN = {
  name: 'kube-api-access-abcde',
  projected: {
    defaultMode: 420,
    sources: [
      { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      {
        downwardAPI: {
          items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
        },
      },
    ],
  },
};

/** A Pod as it reaches the admission policies: what the API server fills in is there. */
export function asJudged(name: string, { metadata, spec }: Template): Rendered {
  const { serviceAccountName = 'default', tolerations = [], volumes = [], initContainers } = spec;
  const known = tolerations.map(({ key }: Rendered) => key);
  const added = ['not-ready', 'unreachable'].map(forSomeMinutes).filter(({ key }) => !known.includes(key));
  return structuredClone({
    metadata: { ...metadata, name },
    spec: {
      dnsPolicy: 'ClusterFirst',
      priority: 0,
      preemptionPolicy: 'PreemptLowerPriority',
      schedulerName: 'default-scheduler',
      terminationGracePeriodSeconds: 30,
      enableServiceLinks: true,
      securityContext: {},
      ...spec,
      serviceAccountName,
      serviceAccount: serviceAccountName,
      tolerations: [...tolerations, ...added],
      volumes: [...volumes, ...(spec.automountServiceAccountToken === true ? [TOKEN] : [])],
      containers: spec.containers.map(container),
      ...(initContainers && { initContainers: initContainers.map(container) }),
    },
  });
}

const claimed = (name: string, { spec }: Rendered): Rendered[] =>
  (spec.volumeClaimTemplates ?? []).map(({ metadata }: Rendered) => ({
    name: metadata.name,
    persistentVolumeClaim: { claimName: `${metadata.name}-${name}` },
  }));

/** A Pod that a rendered object is or makes, as its controller writes it. */
export function podsOf(object: Rendered): Rendered[] {
  const { kind, metadata, spec } = object;
  const withClaims = (name: string, template: Template): Template => ({
    ...template,
    spec: { ...template.spec, volumes: [...(template.spec.volumes ?? []), ...claimed(name, object)] },
  });
  switch (kind) {
    case 'Pod':
      return [asJudged(metadata.name, object)];
    case 'Deployment':
      return [asJudged(`${metadata.name}-5d4f9c-x7k2p`, spec.template)];
    case 'StatefulSet': {
      const name = `${metadata.name}-0`;
      const template = withClaims(name, spec.template);
      return [asJudged(name, { ...template, spec: { ...template.spec, hostname: name, subdomain: spec.serviceName } })];
    }
    case 'Sandbox':
      return [asJudged(metadata.name, withClaims(metadata.name, spec.podTemplate))];
    case 'SandboxTemplate': {
      const name = `${metadata.name}-x7k2p`;
      return [asJudged(name, withClaims(name, spec.podTemplate))];
    }
    default:
      return [];
  }
}
