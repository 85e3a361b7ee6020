import type { Manifest } from '../../constructs/policy/objects';
import type { Cluster } from '../cluster/cluster';
import { checkCanvas, sandboxBehind } from './canvas';
import { checkConnected, clientOf } from './connected';
import { checkCreated } from './created';
import { checkExposed, surroundingsOf, type Surroundings } from './exposed';
import { Failure, type Step } from './failure';
import { checkFunctional } from './functional';
import type { VerifyOptions } from './options';
import { makesWay, planOf, type Workload } from './plan';
import type { Probes } from './probes';
import { podsOf, waitUntilReady } from './ready';
import type { Result } from './result';
import { isReady } from './rollout';
import { checkSignIn } from './sign-in';
import type { Traces } from './traces';

/** Told what goes on, while it goes on. */
export type Say = (step: Step, text: string) => void;

export interface VerificationProps {
  readonly cluster: Cluster;
  readonly objects: readonly Manifest[];
  readonly options: VerifyOptions;
  readonly probes: Probes;
  readonly traces: Traces;
}

/** Takes workloads from `created` to `functional`. */
export class Verification {
  private readonly surroundings: Surroundings;

  constructor(private readonly props: VerificationProps) {
    this.surroundings = surroundingsOf(props.cluster, props.objects, props.options.timeout);
  }

  /** The objects that belong to no workload. */
  async objects(others: readonly Manifest[], say: Say): Promise<Result> {
    return this.attempts('objects', others, async () => {
      say('created', `${others.length} objects`);
      await this.created(others);
      return [];
    });
  }

  async workload(workload: Workload, say: Say): Promise<Result> {
    const own = [workload.object, ...workload.services, ...workload.routes];
    return this.attempts(workload.title, own, () => this.steps(workload, own, say), workload, say);
  }

  private async steps(workload: Workload, own: readonly Manifest[], say: Say): Promise<string[]> {
    const { cluster, options, probes } = this.props;
    say('created', 'compared with the file');
    await this.created(own);
    if (makesWay(workload)) return [];
    const isAsked = workload.program !== undefined || workload.front !== undefined;
    if (isAsked) await this.prepareProbes(workload);
    await waitUntilReady(cluster, workload, options.timeout, (text) => say('ready', text));
    say('ready', 'rolled out');
    const exposed = await checkExposed(this.surroundings, workload, (text) => say('exposed', text));
    if (own.length > 1)
      say(
        'exposed',
        own
          .slice(1)
          .map(({ kind, metadata }) => `${kind}/${metadata.name}`)
          .join(', '),
      );
    if (isAsked) say('connected', `asking from ${workload.front ? '' : 'a Pod that is let in, and from '}a stranger`);
    const connected = await checkConnected(cluster, workload, probes);
    return [...exposed, ...connected, ...(await this.functional(workload, (text) => say('functional', text)))];
  }

  private async functional(workload: Workload, say: (text: string) => void): Promise<readonly string[]> {
    const { cluster, options, traces, objects } = this.props;
    const { deep, timeout } = options;
    if (workload.front === 'sign-in') {
      say('the page, the API, a WebSocket and the way to the issuer, as nobody');
      await checkSignIn(cluster, workload);
      return [];
    }
    const sandbox = workload.front === 'canvas' ? sandboxBehind(workload, planOf(objects)) : undefined;
    if (sandbox) {
      say('the page, and through it the API and a WebSocket, with the key and without');
      return checkCanvas(cluster, workload, sandbox, { timeout, say });
    }
    if (workload.program) say('health, a command, a file');
    return checkFunctional(cluster, workload, { deep, timeout, traces, say });
  }

  /** They start while the workload does. */
  private async prepareProbes(workload: Workload): Promise<void> {
    const { cluster, probes } = this.props;
    const client = await clientOf(cluster, workload);
    if (client) probes.prepare(client);
    probes.prepare(probes.strangerPeer);
  }

  private async created(files: readonly Manifest[]): Promise<void> {
    for (const file of files) await checkCreated(this.props.cluster, file);
  }

  private async attempts(
    title: string,
    own: readonly Manifest[],
    act: () => Promise<readonly string[]>,
    workload?: Workload,
    say?: Say,
  ): Promise<Result> {
    const started = Date.now();
    for (let retries = 0; ; retries++) {
      try {
        const notes = await act();
        return { title, notes, retries, time: Date.now() - started };
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        const { step, message: cause } = error;
        if (!error.mayPass || retries >= this.props.options.retries) {
          return { title, failure: { step, cause }, notes: [], retries, time: Date.now() - started };
        }
        say?.(step, `${cause}: trying again`);
        await this.recreate(own, workload);
      }
    }
  }

  /** Make anew what is missing, and the Pods that are broken. */
  private async recreate(own: readonly Manifest[], workload: Workload | undefined): Promise<void> {
    const { cluster } = this.props;
    for (const file of own) if (!(await cluster.get(file))) await cluster.create(file);
    if (workload === undefined || workload.object.kind === 'Pod') return;
    for (const pod of await podsOf(cluster, workload)) if (!isReady(pod)) await cluster.delete(pod);
  }
}
