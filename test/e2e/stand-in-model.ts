import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kubectl } from './kubectl';
import { create, namespace as namespaceObject, remove, type Manifest } from './objects';
import { withPortForward } from './port-forward';
import { ask } from './program';

/** The one image of the tests that brings Node 24, which runs TypeScript. */
const IMAGE = 'ghcr.io/openhands/agent-canvas:1.20.0';
const NAME = 'stand-in-model';
const PORT = 8080;
const PROGRAM = 'stand-in-model-program.ts';

const metadata = (namespace: string) => ({ name: NAME, namespace, labels: { app: NAME } });

/** Restricted, so that it can run in any namespace. */
const pod = (namespace: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: metadata(namespace),
  spec: {
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 0,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 10001,
      runAsGroup: 10001,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [
      {
        name: 'model',
        image: IMAGE,
        imagePullPolicy: 'IfNotPresent',
        command: ['node', `/model/${PROGRAM}`],
        env: [{ name: 'STAND_IN_MODEL_PORT', value: String(PORT) }],
        ports: [{ name: 'http', containerPort: PORT }],
        readinessProbe: { httpGet: { path: '/v1/models', port: 'http' }, periodSeconds: 1 },
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'] },
          readOnlyRootFilesystem: true,
        },
        volumeMounts: [{ name: 'program', mountPath: '/model' }],
      },
    ],
    volumes: [{ name: 'program', configMap: { name: NAME } }],
  },
});

/**
 * A model for the agent of a test, in a namespace of its own. Sandboxes reach it when their profile lets them:
 * `egress = [{ namespace = "…", pods = { app = "stand-in-model" }, ports = [8080] }]`.
 *
 * What it says is in `stand-in-model-program.ts`.
 */
export class StandInModel {
  /** The LLM's `model`, as litellm wants it. */
  readonly model = 'openai/stand-in';
  /** The LLM's `base_url`, for a Pod. */
  readonly baseUrl: string;

  constructor(private readonly namespace: string) {
    this.baseUrl = `http://${NAME}.${namespace}.svc.cluster.local:${PORT}/v1`;
  }

  /** Wait until it answers. */
  async start(): Promise<void> {
    const { namespace } = this;
    await create(
      namespaceObject(namespace),
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: metadata(namespace),
        data: { [PROGRAM]: readFileSync(join(__dirname, PROGRAM), 'utf8') },
      },
      pod(namespace),
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: metadata(namespace),
        spec: { selector: { app: NAME }, ports: [{ port: PORT, targetPort: 'http' }] },
      },
    );
    await kubectl('wait', `pod/${NAME}`, `--namespace=${namespace}`, '--for=condition=Ready', '--timeout=60s');
  }

  /** The keys that it was asked with, the newest last. */
  keys(): Promise<string[]> {
    const target = { namespace: this.namespace, resource: `pod/${NAME}`, port: PORT };
    return withPortForward(target, async (url) => (await (await ask(`${url}/keys`)).json()) as string[]);
  }

  async stop(): Promise<void> {
    await remove(namespaceObject(this.namespace));
  }
}
