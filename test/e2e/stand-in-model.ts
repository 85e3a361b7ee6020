import { kubectl } from './kubectl';
import { nodeProgram } from './node-program';
import { create, discard, namespace as namespaceObject } from './objects';
import { withPortForward } from './port-forward';
import { ask } from './program';

const NAME = 'stand-in-model';
const PORT = 8080;

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
      ...nodeProgram({
        namespace,
        name: NAME,
        program: 'stand-in-model-program.ts',
        port: PORT,
        readyPath: '/v1/models',
        env: { STAND_IN_MODEL_PORT: String(PORT) },
      }),
    );
    await kubectl('wait', `pod/${NAME}`, `--namespace=${namespace}`, '--for=condition=Ready', '--timeout=120s');
  }

  /** The keys that it was asked with, the newest last. */
  keys(): Promise<string[]> {
    const target = { namespace: this.namespace, resource: `pod/${NAME}`, port: PORT };
    return withPortForward(target, async (url) => (await (await ask(`${url}/keys`)).json()) as string[]);
  }

  async stop(): Promise<void> {
    await discard(namespaceObject(this.namespace));
  }
}
