import { stringify } from 'yaml';
import { containersOf, nameOf, type Manifest } from '../../constructs/policy/objects';
import { ApiError, Unreachable } from '../cluster/api-error';
import type { Cluster } from '../cluster/cluster';
import { someAtATime } from '../some-at-a-time';
import { Bundle } from './bundle';
import { preflightLines, verifyLines } from './checks';
import { conditionLines, eventLines } from './events';
import { liveObjectsOf, namespacesOf, type LiveObjects } from './live-objects';
import { isShown, skeleton } from './log-lines';
import { Omissions } from './omissions';
import { Redactor, textsOf } from './redact';
import { Scrubber } from './scrub';
import { secretValuesOf } from './secret-values';
import { versionLines } from './versions';

/** Of each container. */
const LOGS = { sinceSeconds: 3600, tailLines: 2000, limitBytes: 1024 ** 2 };
/** How many Pods' logs are asked for: the newest. */
const PODS = 60;
/** How many containers' logs at the same time. */
const AT_ONCE = 6;

export interface CollectProps {
  readonly cluster: Cluster;
  readonly manifests: readonly Manifest[];
  /** Told what is being read. */
  readonly say: (text: string) => void;
}

/** A list in the manifests' own notation. Not folded: a value stays on one line. */
const yamlOf = (objects: readonly Manifest[]): string =>
  objects.map((it) => stringify(it, { lineWidth: 0, aliasDuplicateObjects: false })).join('---\n');

const textOf = (lines: readonly string[]): string => `${lines.join('\n')}\n`;

/** Collects what a bug report needs from a cluster, part by part. */
class Collection {
  private readonly omissions = new Omissions();
  private readonly scrubber: Scrubber;
  private readonly redactor: Redactor;
  private readonly bundle: Bundle;

  constructor(
    private readonly props: CollectProps,
    secrets: readonly Manifest[],
  ) {
    const { manifests } = props;
    const published = yamlOf(manifests.filter(({ kind }) => kind !== 'Secret'));
    this.scrubber = new Scrubber(secretValuesOf(secrets, published), this.omissions);
    this.redactor = new Redactor({
      reviewed: textsOf(manifests),
      scrubber: this.scrubber,
      omissions: this.omissions,
    });
    this.bundle = new Bundle(this.scrubber, this.omissions);
  }

  /** What cannot be read is told in the bundle, and the rest is read all the same. */
  async part<T>(what: string, read: () => Promise<T>): Promise<T | undefined> {
    this.props.say(what);
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof ApiError || error instanceof Unreachable)) throw error;
      this.omissions.add('what could not be read', this.scrubber.scrubLines(`${what}: ${error.message}`, 'OMITTED.md'));
      return undefined;
    }
  }

  async all(): Promise<Bundle> {
    const { cluster, manifests } = this.props;
    const live = await this.part('objects', () => liveObjectsOf(cluster, manifests));
    if (live) {
      this.objects(live);
      const versions = await this.part('versions', () => versionLines(cluster, manifests, live));
      if (versions) this.bundle.add('versions.txt', textOf(versions));
      await this.part('logs', () => this.logs(live.pods));
    }
    const preflight = await this.part('preflight', () => preflightLines(cluster, manifests));
    if (preflight) this.bundle.add('preflight.txt', textOf(preflight));
    const quote = (sentence: string) => this.scrubber.scrubLines(sentence, 'verify.txt');
    const verify = await this.part('verify', () => verifyLines(cluster, manifests, quote));
    if (verify) this.bundle.add('verify.txt', textOf(verify));
    return this.bundle;
  }

  private objects({ own, absent, pods, made, events, nodes }: LiveObjects): void {
    for (const [file, objects] of [
      ['objects.yaml', own],
      ['pods.yaml', pods],
      ['made.yaml', made],
    ] as const) {
      this.bundle.add(file, yamlOf(objects.map((it) => this.redactor.redact(it, file))));
    }
    if (absent.length > 0) this.bundle.add('absent.txt', textOf(['Of the manifests, not in the cluster:', ...absent]));
    this.bundle.add('events.txt', this.scrubber.scrubLines(textOf(eventLines(events)), 'events.txt'));
    const conditions = conditionLines([...own, ...made, ...pods, ...nodes]);
    this.bundle.add('conditions.txt', this.scrubber.scrubLines(textOf(conditions), 'conditions.txt'));
  }

  private async logs(pods: readonly Manifest[]): Promise<void> {
    const newest = [...pods].sort((a, b) => b.metadata.creationTimestamp.localeCompare(a.metadata.creationTimestamp));
    for (const pod of newest.slice(PODS)) this.omissions.add(`logs of all but ${PODS} Pods`, nameOf(pod));
    const wanted = newest.slice(0, PODS).flatMap((pod) =>
      containersOf({ object: pod, namespace: '', labels: {}, spec: pod.spec }).map((it) => ({
        pod,
        container: it.name as string,
      })),
    );
    await someAtATime(AT_ONCE, wanted, async ({ pod, container }) => {
      for (const previous of [true, false]) await this.log(pod, container, previous);
    });
  }

  private async log(pod: Manifest, container: string, previous: boolean): Promise<void> {
    const { namespace, name } = pod.metadata;
    const file = `logs/${namespace}/${name}/${container}${previous ? '.previous' : ''}.log`;
    const log = await this.props.cluster.logs(pod, container, { ...LOGS, previous });
    if (log === '') return;
    if (isShown(pod)) return this.bundle.add(file, this.scrubber.scrubLines(log, file));
    const { text, dropped } = skeleton(log);
    this.omissions.add('words in the logs of sandboxes and of programs that see what people do', file);
    this.bundle.add(file, textOf([text, `(${dropped} more lines were only words)`]));
  }
}

async function secretsOf({ cluster, manifests }: CollectProps): Promise<{ secrets: Manifest[]; unread: string[] }> {
  const answers = await Promise.all(
    namespacesOf(manifests).map((namespace) =>
      cluster.list('v1', 'Secret', { namespace }).catch((error: Error) => {
        if (error instanceof ApiError) return namespace;
        throw error;
      }),
    ),
  );
  return {
    secrets: answers.flatMap((it) => (typeof it === 'string' ? [] : it)),
    unread: answers.filter((it) => typeof it === 'string'),
  };
}

/** A bundle of everything that a bug report needs, and nothing secret. */
export async function collect(props: CollectProps): Promise<Bundle> {
  props.say('Secrets, to know what must not be in the bundle');
  const { secrets, unread } = await secretsOf(props);
  const collection = new Collection(props, secrets);
  for (const namespace of unread) await collection.part(`Secrets of ${namespace}`, () => unreadable());
  return collection.all();
}

const unreadable = () =>
  Promise.reject(new ApiError(403, 'you may not list them: their values are told by name and form alone'));
