/** Asks the API server, as the Pod's ServiceAccount and nobody else. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Claim, Pod, Sandbox } from './decide.ts';
import { fetchPatiently } from './patience.ts';

const SANDBOXES = '/apis/agents.x-k8s.io/v1beta1';
const CLAIMS = '/apis/extensions.agents.x-k8s.io/v1beta1';

/** Longer than a busy API server needs, shorter than a round may take. */
const ANSWER_MS = 15_000;

export interface KubernetesSettings {
  /** Such as `https://10.96.0.1:443`. */
  readonly server: string;
  readonly tokenFile: string;
  /** The sandboxes'. */
  readonly namespace: string;
  /** The name of this Pod, which Events carry. */
  readonly instance: string;
}

/** What an Event says. */
export interface Notice {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly note: string;
}

export interface Kubernetes {
  sandboxes(): Promise<Sandbox[]>;
  pods(): Promise<Pod[]>;
  claims(): Promise<Claim[]>;
  /** @returns whether it was still the Sandbox that was looked at */
  suspend(sandbox: Sandbox): Promise<boolean>;
  tell(sandbox: Sandbox, notice: Notice): Promise<void>;
}

export function kubernetes({ server, tokenFile, namespace, instance }: KubernetesSettings): Kubernetes {
  async function request(method: string, path: string, type?: string, body?: object): Promise<Response> {
    const token = (await readFile(tokenFile, 'utf8')).trim();
    return fetchPatiently(server + path, () => ({
      method,
      headers: { Authorization: `Bearer ${token}`, ...(type && { 'Content-Type': type }) },
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_MS),
    }));
  }

  /** @throws Error with what the API server said */
  async function accepted(response: Response, what: string): Promise<Response> {
    if (!response.ok) throw new Error(`${what}: ${response.status} ${(await response.text()).slice(0, 1000)}`);
    return response;
  }

  async function list<T>(api: string, resource: string, query = ''): Promise<T[]> {
    const response = await request('GET', `${api}/namespaces/${namespace}/${resource}${query}`);
    const { items } = (await (await accepted(response, `list ${resource}`)).json()) as { items?: T[] };
    if (!Array.isArray(items)) throw new Error(`list ${resource}: the answer is no list`);
    return items;
  }

  return {
    sandboxes: () => list(SANDBOXES, 'sandboxes'),
    pods: () => list('/api/v1', 'pods', '?labelSelector=app%3Dopenhands-runtime'),
    claims: () => list(CLAIMS, 'sandboxclaims'),

    async suspend({ metadata: { name, resourceVersion } }) {
      // With the version that was read: one that somebody has resumed or changed since is left alone.
      const body = { metadata: { resourceVersion }, spec: { operatingMode: 'Suspended' } };
      const path = `${SANDBOXES}/namespaces/${namespace}/sandboxes/${name}`;
      const response = await request('PATCH', path, 'application/merge-patch+json', body);
      if (response.status === 409) return false;
      await accepted(response, `suspend ${name}`);
      return true;
    },

    async tell({ metadata: { name, uid } }, { type, reason, note }) {
      const path = `/apis/events.k8s.io/v1/namespaces/${namespace}/events`;
      const response = await request('POST', path, 'application/json', {
        metadata: { name: `${name}.${randomUUID()}`, namespace },
        eventTime: new Date().toISOString().replace('Z', '000Z'),
        reportingController: 'openhands-idle-suspender',
        reportingInstance: instance,
        action: 'Suspend',
        regarding: { apiVersion: 'agents.x-k8s.io/v1beta1', kind: 'Sandbox', namespace, name, uid },
        type,
        reason,
        note,
      });
      await accepted(response, `tell of ${name}`);
    },
  };
}
