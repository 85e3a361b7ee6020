import { sessionsOf, type Session } from '../../../tools/sessions/session';
import type { Rendered } from '../../render';

const NAMESPACE = 'team';

const owner = ({ apiVersion, kind, metadata }: Rendered) => ({
  apiVersion,
  kind,
  name: metadata.name,
  uid: metadata.uid,
  controller: true,
});

/** An object that has an owner, or none. */
const object = (apiVersion: string, kind: string, name: string, over: Rendered = {}, by?: Rendered): Rendered => ({
  apiVersion,
  kind,
  ...over,
  metadata: {
    name,
    namespace: NAMESPACE,
    uid: `${kind}/${name}`,
    creationTimestamp: '2026-11-28T00:00:00Z',
    ...over.metadata,
    ...(by && { ownerReferences: [owner(by)] }),
  },
});

const labelsOf = (session: string) => ({ app: 'openhands-runtime', session });

const container = {
  name: 'runtime',
  ports: [{ name: 'http', containerPort: 8000 }],
  env: [
    {
      name: 'OH_SESSION_API_KEYS_0',
      valueFrom: { secretKeyRef: { name: 'openhands-session-keys', key: 'demo.api-key' } },
    },
  ],
};

export const sandboxClaim = (name: string): Rendered =>
  object('extensions.agents.x-k8s.io/v1beta1', 'SandboxClaim', name);

export const warmPool = object('extensions.agents.x-k8s.io/v1beta1', 'SandboxWarmPool', 'openhands-pool');

/** A Sandbox of agent-sandbox: `session` of a profile, or one that a claim or a pool owns. */
export const sandbox = (name: string, { by, spec, ...over }: Rendered = {}): Rendered =>
  object(
    'agents.x-k8s.io/v1beta1',
    'Sandbox',
    name,
    {
      spec: {
        operatingMode: 'Running',
        podTemplate: {
          metadata: { labels: by ? { app: 'openhands-runtime', pool: 'openhands-pool' } : labelsOf('demo') },
          spec: { containers: [container] },
        },
        volumeClaimTemplates: [{ metadata: { name: 'workspace-volume' } }],
        ...spec,
      },
      ...over,
    },
    by,
  );

export const deployment = (session: string, { spec, template, ...over }: Rendered = {}): Rendered =>
  object('apps/v1', 'Deployment', `openhands-runtime-${session}`, {
    spec: {
      replicas: 1,
      selector: { matchLabels: labelsOf(session) },
      template: {
        metadata: { labels: labelsOf(session) },
        spec: {
          containers: [container],
          volumes: [{ name: 'w', persistentVolumeClaim: { claimName: `openhands-runtime-${session}-pvc` } }],
          ...template,
        },
      },
      ...spec,
    },
    ...over,
  });

export const statefulSet = (over: Rendered = {}): Rendered =>
  object('apps/v1', 'StatefulSet', 'openhands-runtime', {
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'openhands-runtime', pool: 'openhands-runtime' } },
      template: {
        metadata: { labels: { app: 'openhands-runtime', pool: 'openhands-runtime' } },
        spec: { containers: [container] },
      },
      volumeClaimTemplates: [{ metadata: { name: 'workspace-volume' } }],
      ...over,
    },
  });

/** A Pod of a workload; without one, a bare Pod. */
export const pod = (name: string, by?: Rendered, { ready = true, ...over }: Rendered = {}): Rendered => {
  const template = by?.spec.podTemplate ?? by?.spec.template ?? { metadata: { labels: labelsOf('bare') } };
  return object(
    'v1',
    'Pod',
    name,
    {
      spec: { nodeName: 'node-1', containers: [container], ...template.spec },
      status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
      ...over,
      metadata: { labels: template.metadata.labels, ...over.metadata },
    },
    by,
  );
};

export const claim = (name: string, by?: Rendered): Rendered =>
  object('v1', 'PersistentVolumeClaim', name, { status: { capacity: { storage: '1Gi' } } }, by);

export const service = (name: string, by?: Rendered): Rendered => object('v1', 'Service', name, {}, by);

/** The sessions among some objects of the namespace. */
export function sessionsAmong(...objects: Rendered[]): Session[] {
  const ofKind = (...kinds: string[]) => objects.filter(({ kind }) => kinds.includes(kind));
  return sessionsOf({
    workloads: ofKind('Sandbox', 'Deployment', 'StatefulSet', 'Pod'),
    pods: ofKind('Pod'),
    claims: ofKind('PersistentVolumeClaim'),
  });
}

/** The only session among them. */
export function sessionAmong(...objects: Rendered[]): Session {
  const [session, ...others] = sessionsAmong(...objects);
  if (session === undefined || others.length > 0) throw new Error('expected one session');
  return session;
}
