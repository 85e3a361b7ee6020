import { agentServerWithKey } from './agent-server';
import { eventually } from './eventually';
import { kubectl } from './kubectl';
import { API_KEY } from './objects';
import { withPortForward } from './port-forward';

/** What runs in its sandboxes, and knows this key. */
export const program = agentServerWithKey(API_KEY);

/** The pool of a namespace. */
export class Pool {
  constructor(
    readonly namespace: string,
    private readonly workload: 'deployment' | 'statefulset',
  ) {}

  /** Wait until the autoscaler has made as many as it may not go below, and all of them are Ready. */
  async ready(size: number): Promise<void> {
    expect(await eventually(() => this.size(), size, 120)).toBe(size);
    await this.rolledOut();
  }

  /** Wait until every one is Ready, and made of what the workload says now. */
  async rolledOut(): Promise<void> {
    await this.kubectl('rollout', 'status', `${this.workload}/openhands-runtime`, '--timeout=240s');
  }

  async size(): Promise<number> {
    return Number(await this.kubectl('get', this.workload, 'openhands-runtime', '-o=jsonpath={.status.replicas}'));
  }

  /** The CPU that its sandboxes use, in percent of what they request, as its autoscaler sees it; NaN: not known yet. */
  async load(): Promise<number> {
    const path = '{.status.currentMetrics[0].resource.current.averageUtilization}';
    return parseInt(await this.kubectl('get', 'hpa', 'openhands-runtime', `-o=jsonpath=${path}`));
  }

  /** Those that are not about to go. */
  async pods(): Promise<string[]> {
    const list = await this.kubectl('get', 'pods', '--selector=pool=openhands-runtime', '-o=json');
    const { items } = JSON.parse(list) as { items: { metadata: { name: string; deletionTimestamp?: string } }[] };
    return items.filter(({ metadata }) => !metadata.deletionTimestamp).map(({ metadata }) => metadata.name);
  }

  /** Wait until Pods have ended. */
  async gone(...pods: string[]): Promise<void> {
    await this.kubectl('wait', '--for=delete', ...pods.map((pod) => `pod/${pod}`), '--timeout=120s');
  }

  /** A Pod's UID: another Pod of the same name has another. */
  uid(pod: string): Promise<string> {
    return this.kubectl('get', 'pod', pod, '--ignore-not-found', '-o=jsonpath={.metadata.uid}');
  }

  /** Talk with one of its sandboxes. */
  use<T>(pod: string, use: (url: string) => Promise<T>): Promise<T> {
    return withPortForward({ namespace: this.namespace, resource: `pod/${pod}`, port: program.port }, use);
  }

  async kubectl(...args: string[]): Promise<string> {
    return (await kubectl(`--namespace=${this.namespace}`, ...args)).stdout;
  }
}

export const report = (text: string) => process.stderr.write(`    ${text}\n`);
export const secondsSince = (start: number) => ((performance.now() - start) / 1000).toFixed(1);
