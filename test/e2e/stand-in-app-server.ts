import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { kubectl } from './kubectl';
import { nodeProgram } from './node-program';
import { create, discard, namespace as namespaceObject } from './objects';
import { withPortForward } from './port-forward';
import { ask, json } from './program';
import type { Answer, Question } from './stand-in-app-server-program';

const NAME = 'openhands-server';
const PORT = 3000;

/** How long a request is made again while nobody answers, in ms. */
const PATIENCE = 30_000;

const CLAIMS = '/apis/extensions.agents.x-k8s.io/v1beta1';
const SANDBOXES = '/apis/agents.x-k8s.io/v1beta1';

/** What the app server puts on its claims, and finds them by. */
const MANAGED_BY = 'app.kubernetes.io/managed-by';
const SANDBOX_ID = 'agents.openhands.dev/sandbox-id';

/** A claim, a Sandbox or a list, as far as it is looked at here. */
export interface ApiObject {
  readonly metadata: { readonly name: string };
  readonly status?: {
    readonly sandbox?: { readonly name?: string };
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason: string }[];
  };
  readonly items: readonly ApiObject[];
}

const isReady = ({ status }: ApiObject): boolean =>
  status?.conditions?.some((it) => it.type === 'Ready' && it.status === 'True') === true;

export interface Conversation {
  /** Of its claim. */
  readonly claim: string;
  /** Its own session key. */
  readonly key: string;
}

export interface StandInAppServerProps {
  /** Its own. */
  readonly namespace: string;
  /** Where the sandboxes are. */
  readonly sandboxes: string;
  readonly pool: string;
}

/**
 * The app server (OpenHands/sandbox-server with RUNTIME=kubernetes) as far as a cluster sees it: from a Pod with its account
 * and labels, it makes the calls that its source makes, and no other.
 */
export class StandInAppServer {
  constructor(private readonly props: StandInAppServerProps) {}

  /** Wait until it answers. */
  async start(): Promise<void> {
    const { namespace } = this.props;
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: NAME, namespace } };
    // Node trusts the cluster's API server by it.
    const env = { NODE_EXTRA_CA_CERTS: '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt' };
    await create(
      namespaceObject(namespace),
      account,
      ...nodeProgram({
        namespace,
        name: NAME,
        program: 'stand-in-app-server-program.ts',
        port: PORT,
        readyPath: '/webhooks',
        env,
        serviceAccount: NAME,
      }),
    );
    await kubectl('wait', `pod/${NAME}`, `--namespace=${namespace}`, '--for=condition=Ready', '--timeout=120s');
  }

  async stop(): Promise<void> {
    await discard(namespaceObject(this.props.namespace));
  }

  /** Start a sandbox for a conversation. `env`: beside the variables that the app server always sets. */
  async claim(env: Readonly<Record<string, string>> = {}): Promise<Conversation & { readonly answer: Answer }> {
    const { namespace, sandboxes, pool } = this.props;
    const [id, key] = [randomUUID(), randomUUID()];
    const name = `oh-agent-server-${id.slice(0, 8)}`;
    const variables: Record<string, string> = {
      OH_SESSION_API_KEYS_0: key,
      OH_WEBHOOKS_0_BASE_URL: `http://${NAME}.${namespace}.svc.cluster.local:${PORT}/api/v1/webhooks`,
      AGENT_SERVER: '8000',
      VSCODE: '8001',
      OH_ALLOW_CORS_ORIGINS_0: 'https://openhands.example.com',
      OH_CONVERSATIONS_PATH: '/workspace/conversations',
      OH_BASH_EVENTS_DIR: '/workspace/bash_events',
      LOG_JSON: 'true',
      ...env,
    };
    const answer = await this.ask({
      method: 'POST',
      url: `${CLAIMS}/namespaces/${sandboxes}/sandboxclaims`,
      body: {
        apiVersion: 'extensions.agents.x-k8s.io/v1beta1',
        kind: 'SandboxClaim',
        metadata: {
          name,
          labels: { [MANAGED_BY]: 'openhands-app-server', [SANDBOX_ID]: id },
          annotations: { 'agents.openhands.dev/sandbox-spec-id': pool },
        },
        spec: {
          warmPoolRef: { name: pool },
          env: Object.entries(variables).map(([variable, value]) => ({ name: variable, value })),
        },
      },
    });
    return { claim: name, key, answer };
  }

  /** Its claims, found by their label. */
  async claims(): Promise<readonly string[]> {
    const query = new URLSearchParams({ labelSelector: `${MANAGED_BY}=openhands-app-server` });
    const { items } = await this.kubernetes('GET', `${this.claimsUrl()}?${query}`);
    return items.map(({ metadata }) => metadata.name);
  }

  /** A claim's Sandbox; empty until the claim has one. */
  async sandboxOf({ claim }: Conversation): Promise<string> {
    return (await this.kubernetes('GET', `${this.claimsUrl()}/${claim}`)).status?.sandbox?.name ?? '';
  }

  async isClaimReady({ claim }: Conversation): Promise<boolean> {
    return isReady(await this.kubernetes('GET', `${this.claimsUrl()}/${claim}`));
  }

  async isSandboxReady(sandbox: string): Promise<boolean> {
    return isReady(await this.kubernetes('GET', this.sandboxUrl(sandbox)));
  }

  async pause(sandbox: string): Promise<void> {
    await this.setMode(sandbox, 'Suspended');
  }

  async resume(sandbox: string): Promise<void> {
    await this.setMode(sandbox, 'Running');
  }

  async delete({ claim }: Conversation): Promise<void> {
    await this.kubernetes('DELETE', `${this.claimsUrl()}/${claim}`);
  }

  /** Call a sandbox's API by the name of its Service. */
  call(sandbox: string, key: string, method: string, path: string, body?: unknown): Promise<Answer> {
    const url = `http://${sandbox}.${this.props.sandboxes}.svc.cluster.local:8000${path}`;
    return this.ask({ method, url, headers: { 'X-Session-API-Key': key }, body });
  }

  /** The paths of the webhooks that came to it. */
  webhooks(): Promise<readonly string[]> {
    return this.connected(async (url) => (await (await ask(`${url}/webhooks`)).json()) as string[]);
  }

  /** Make any request from where it is; one that nobody answers, once more: a busy cluster's DNS takes its time. */
  ask(question: Question): Promise<Answer> {
    return this.connected(async (url) => {
      for (const giveUp = Date.now() + PATIENCE; ; await sleep(1_000)) {
        const answer = (await (await ask(`${url}/ask`, json(question))).json()) as Answer;
        if (answer.status !== 0 || Date.now() > giveUp) return answer;
      }
    });
  }

  private claimsUrl(): string {
    return `${CLAIMS}/namespaces/${this.props.sandboxes}/sandboxclaims`;
  }

  private sandboxUrl(sandbox: string): string {
    return `${SANDBOXES}/namespaces/${this.props.sandboxes}/sandboxes/${sandbox}`;
  }

  private async setMode(sandbox: string, operatingMode: 'Running' | 'Suspended'): Promise<void> {
    await this.kubernetes('PATCH', this.sandboxUrl(sandbox), { spec: { operatingMode } });
  }

  /** @throws Error with what the API server said */
  private async kubernetes(method: string, url: string, body?: unknown): Promise<ApiObject> {
    const headers = method === 'PATCH' ? { 'Content-Type': 'application/merge-patch+json' } : undefined;
    const { status, text } = await this.ask({ method, url, headers, body });
    if (status < 200 || status > 299) throw new Error(`${method} ${url}: ${status} ${text}`);
    return JSON.parse(text) as ApiObject;
  }

  private connected<T>(use: (url: string) => Promise<T>): Promise<T> {
    return withPortForward({ namespace: this.props.namespace, resource: `pod/${NAME}`, port: PORT }, use);
  }
}
