import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from './objects';

/** The one image of the tests that brings Node 24, which runs TypeScript. */
const IMAGE = 'ghcr.io/openhands/agent-canvas:1.20.0';

export interface NodeProgramProps {
  readonly namespace: string;
  /** Of its Pod and its Service, and their label `app`. */
  readonly name: string;
  /** Of this folder: one file that imports nothing but Node's own modules. */
  readonly program: string;
  /** Where it serves HTTP. */
  readonly port: number;
  /** A path that it answers once it is ready. */
  readonly readyPath: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Whose token it has. @default none */
  readonly serviceAccount?: string;
}

/** A program of these tests as a restricted Pod, and the Service by whose name others reach it. */
export function nodeProgram(props: NodeProgramProps): Manifest[] {
  const { namespace, name, program, port, env = {}, serviceAccount } = props;
  const metadata = { name, namespace, labels: { app: name } };
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata,
      data: { [program]: readFileSync(join(__dirname, program), 'utf8') },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata,
      spec: {
        serviceAccountName: serviceAccount,
        automountServiceAccountToken: serviceAccount !== undefined,
        terminationGracePeriodSeconds: 0,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 10001,
          runAsGroup: 10001,
          seccompProfile: { type: 'RuntimeDefault' },
        },
        containers: [
          {
            name: 'program',
            image: IMAGE,
            imagePullPolicy: 'IfNotPresent',
            command: ['node', `/program/${program}`],
            env: Object.entries({ PORT: String(port), ...env }).map(([key, value]) => ({ name: key, value })),
            ports: [{ name: 'http', containerPort: port }],
            // Without a request it would be the last to run on a busy node.
            resources: { requests: { cpu: '50m', memory: '64Mi' } },
            readinessProbe: { httpGet: { path: props.readyPath, port: 'http' }, periodSeconds: 1 },
            securityContext: {
              allowPrivilegeEscalation: false,
              capabilities: { drop: ['ALL'] },
              readOnlyRootFilesystem: true,
            },
            volumeMounts: [{ name: 'program', mountPath: '/program' }],
          },
        ],
        volumes: [{ name: 'program', configMap: { name } }],
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector: { app: name }, ports: [{ port, targetPort: 'http' }] },
    },
  ];
}
