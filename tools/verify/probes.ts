import { setTimeout as sleep } from 'node:timers/promises';
import type { Manifest } from '../../constructs/policy/objects';
import { ApiError } from '../cluster/api-error';
import type { Cluster, Reference } from '../cluster/cluster';
import { execute } from '../cluster/streams';
import { diagnose, refusal, showDiagnosis } from './diagnosis';
import { Failure } from './failure';
import { strangerNamespace, type Peer } from './peers';
import { askCommand, namespaceManifest, probePod, type ProbePodProps } from './probe-pod';

/** What its Pods have in common. */
export type ProbesProps = Omit<ProbePodProps, 'peer'>;

/** How long a probe Pod may take to start, in ms. */
const START = 60_000;
/** How long one connection is tried, in s. */
const PATIENCE = 3;

const keyOf = ({ namespace, labels }: Peer) => JSON.stringify([namespace, Object.entries(labels).sort()]);

/** The Pods that this program asks from. Made when they are first needed, and gone after `cleanUp`. */
export class Probes {
  private readonly pods = new Map<string, Promise<Manifest>>();
  private readonly made: Reference[] = [];
  private readonly stranger: Peer = { namespace: strangerNamespace(), labels: {} };
  private closed = false;

  constructor(
    private readonly cluster: Cluster,
    private readonly props: ProbesProps,
  ) {}

  /** Ask for a path of an HTTP server. @returns its answer; nothing, with the reason, when there is none */
  async ask(peer: Peer, host: string, port: number, path: string): Promise<{ answer?: string; why: string }> {
    const pod = await this.podAt(peer);
    const limit = (PATIENCE + 10) * 1000;
    const { stdout, stderr } = await execute(this.cluster, pod, askCommand(host, port, path, PATIENCE), limit);
    return stdout.startsWith('HTTP/') ? { answer: stdout, why: '' } : { why: stderr.trim() || 'no answer' };
  }

  /** Nobody whom a policy could mean. */
  get strangerPeer(): Peer {
    return this.stranger;
  }

  /** Delete everything that was made, the last first. */
  async cleanUp(): Promise<void> {
    this.closed = true;
    await Promise.allSettled(this.pods.values());
    for (const object of this.made.splice(0).reverse()) await this.cluster.delete(object, 0);
  }

  /** Start a Pod before it is needed. What goes wrong is told when it is needed. */
  prepare(peer: Peer): void {
    this.podAt(peer).catch(() => undefined);
  }

  private podAt(peer: Peer): Promise<Manifest> {
    const key = keyOf(peer);
    const pod = this.pods.get(key) ?? this.start(peer);
    this.pods.set(key, pod);
    // Another try makes another one.
    pod.catch(() => this.pods.delete(key));
    return pod;
  }

  private async start(peer: Peer): Promise<Manifest> {
    await this.ensureNamespace(peer.namespace);
    const pod = probePod({ peer, ...this.props });
    try {
      await this.make(pod);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const { kind, text } = refusal(error.message);
      throw new Failure('connected', `no probe Pod in namespace ${peer.namespace}: ${kind}: ${text}`, true);
    }
    return this.running(pod);
  }

  private async ensureNamespace(name: string): Promise<void> {
    const namespace = namespaceManifest(name);
    const isOurs = this.made.some(({ kind, metadata }) => kind === 'Namespace' && metadata.name === name);
    if (isOurs || (await this.isThere(namespace))) return;
    await this.make(namespace);
    await this.accountOf(name);
  }

  /** A namespace that is being deleted takes nothing new: perhaps an earlier run's own. */
  private async isThere(namespace: Reference): Promise<boolean> {
    for (const giveUp = Date.now() + START; ; await sleep(300)) {
      const live = await this.cluster.get(namespace);
      if (!live?.metadata.deletionTimestamp || Date.now() > giveUp) return live !== undefined;
    }
  }

  /** Pods are refused until Kubernetes has made the account that they run as. */
  private async accountOf(namespace: string): Promise<void> {
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } };
    for (const giveUp = Date.now() + START; Date.now() < giveUp; await sleep(200)) {
      if (await this.cluster.get(account)) return;
    }
  }

  private async make(object: Manifest): Promise<void> {
    if (this.closed) throw new Failure('connected', 'interrupted', false);
    this.made.push(object);
    await this.cluster.create(object);
  }

  private async running(pod: Manifest): Promise<Manifest> {
    const { namespace } = pod.metadata;
    for (const giveUp = Date.now() + START; ; await sleep(300)) {
      const live = await this.cluster.get(pod);
      if (live?.status?.containerStatuses?.[0]?.state?.running) return live;
      if (this.closed) throw new Failure('connected', 'interrupted', false);
      if (Date.now() < giveUp && live?.status?.phase !== 'Failed') continue;
      const events = await this.cluster.list('v1', 'Event', { namespace });
      const cause = live && diagnose({ workload: live, pods: [live], events, claims: [] });
      const why = cause ? showDiagnosis(cause) : 'it does not start';
      throw new Failure('connected', `the probe Pod in namespace ${namespace}: ${why}`, true);
    }
  }
}
