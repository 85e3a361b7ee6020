import type { Rendered } from '../../render';
import type { Evidence } from '../../../tools/verify/diagnosis';

export interface PodProps {
  readonly name?: string;
  readonly spec?: Rendered;
  readonly status?: Rendered;
  readonly metadata?: Rendered;
}

const container = {
  name: 'runtime',
  image: 'example.com/agent:1',
  ports: [{ name: 'http', containerPort: 8000 }],
  readinessProbe: { httpGet: { path: '/ready', port: 'http' } },
  startupProbe: { httpGet: { path: '/health', port: 'http' } },
};

/** A Pod as the cluster holds it. */
export const pod = ({ name = 'demo-1', spec, status, metadata }: PodProps = {}): Rendered => ({
  kind: 'Pod',
  metadata: { name, uid: `uid-of-${name}`, creationTimestamp: '2026-01-01T00:00:00Z', ...metadata },
  spec: { containers: [container], ...spec },
  status: { phase: 'Pending', ...status },
});

/** A Pod with one container in this state. */
export const podWith = (status: Rendered, props: PodProps = {}): Rendered =>
  pod({ ...props, status: { containerStatuses: [{ name: 'runtime', ready: false, restartCount: 0, ...status }] } });

export const event = (about: Rendered, reason: string, message?: string, over: Rendered = {}): Rendered => ({
  reason,
  message,
  lastTimestamp: '2026-01-01T00:00:01Z',
  ...over,
  involvedObject: { kind: about.kind, name: about.metadata.name, uid: about.metadata.uid, ...over.involvedObject },
});

export const deployment = (conditions: Rendered[] = []): Rendered => ({
  kind: 'Deployment',
  metadata: { name: 'demo', uid: 'uid-of-demo' },
  status: { conditions },
});

export const evidence = (over: Partial<Evidence> = {}): Evidence => ({
  workload: deployment(),
  pods: [],
  events: [],
  claims: [],
  ...over,
});
