import { randomUUID } from 'node:crypto';
import type { SystemPodsConfig } from '../../config/schema/system-pods';
import type { Manifest } from '../../constructs/policy/objects';
import { systemPlacement } from '../../constructs/scheduling/system-pod';
import type { Peer } from './peers';

/** What this program makes carries this label, so that it can be found. */
export const OWN_LABELS = { 'app.kubernetes.io/managed-by': 'openhands-verify' };

export interface ProbePodProps {
  readonly peer: Peer;
  /** An image with `sh`, `sleep` and `nc`. */
  readonly image: string;
  /** When it ends by itself, in s: for the case that nobody is left to delete it. */
  readonly deadline: number;
  readonly systemPods: SystemPodsConfig;
}

/** A Pod to ask from: it waits, and commands are run in it. Passes Pod Security `restricted`. */
export const probePod = ({ peer, image, deadline, systemPods }: ProbePodProps): Manifest => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: `openhands-verify-${randomUUID().slice(0, 8)}`,
    namespace: peer.namespace,
    labels: { ...OWN_LABELS, ...peer.labels },
  },
  spec: {
    activeDeadlineSeconds: deadline,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: 0,
    ...systemPlacement(systemPods),
    // It may have to carry the labels of a client that has Services: a Pod that is never Ready gets none of their calls.
    readinessGates: [{ conditionType: 'openhands.dev/never' }],
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 65534,
      runAsGroup: 65534,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [
      {
        name: 'probe',
        image,
        imagePullPolicy: 'IfNotPresent',
        command: ['sleep', `${deadline}`],
        // Requests and limits, because a quota may ask for both.
        resources: {
          requests: { cpu: '10m', memory: '16Mi', 'ephemeral-storage': '16Mi' },
          limits: { cpu: '100m', memory: '32Mi', 'ephemeral-storage': '16Mi' },
        },
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'] },
          readOnlyRootFilesystem: true,
        },
      },
    ],
  },
});

export const namespaceManifest = (name: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: { ...OWN_LABELS, 'pod-security.kubernetes.io/enforce': 'restricted' } },
});

/** Ask an HTTP server for a path, with nothing but `nc`: the answer, or nothing. */
export const askCommand = (host: string, port: number, path: string, seconds: number): string[] => [
  'sh',
  '-c',
  `printf 'GET ${path} HTTP/1.0\\r\\nHost: ${host}\\r\\n\\r\\n' | nc -w ${seconds} ${host} ${port}`,
];
