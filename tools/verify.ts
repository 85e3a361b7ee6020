/** `npm run verify`: whether what was applied works, from its objects to a command in each sandbox. */
import { imageFrom } from '../config/image-reference';
import { loadProfile } from '../config/load';
import type { Manifest } from '../constructs/policy/objects';
import { Cluster } from './cluster/cluster';
import { runCommand } from './command';
import { forEachProfile, selectedManifests, worstOf, type SelectedManifests } from './selected';
import { parseOptions, USAGE, type VerifyOptions } from './verify/options';
import { planOf } from './verify/plan';
import { Probes } from './verify/probes';
import { inLines, inSilence, onTerminal, type Progress } from './verify/progress';
import { jsonReport, summary, type Job, type ProfileVerdict } from './verify/report';
import { exitStatus, type Rollback, type Verdict } from './verify/result';
import { rollBack } from './verify/rollback';
import { Traces } from './verify/traces';
import { Verification } from './verify/verification';

/** How long the API server may be away before this gives up, in ms. */
const PATIENCE = 60_000;

/** What a probe Pod lives on when nobody is left to delete it, in s beyond all waits. */
const SPARE = 300;

const print = (line: string) => process.stdout.write(`${line}\n`);

function progressFor({ json }: VerifyOptions): Progress {
  if (json) return inSilence;
  return process.stdout.isTTY ? onTerminal : inLines(print);
}

function jobsOf(verification: Verification, objects: readonly Manifest[]): Job[] {
  const workloads = planOf(objects);
  const owned = new Set(workloads.flatMap((it) => [it.object, ...it.services, ...it.routes]));
  const others = objects.filter((it) => !owned.has(it));
  return [
    { title: 'objects', run: (say) => verification.objects(others, say) },
    ...workloads.map((it) => ({
      title: it.title,
      run: (say: Parameters<Job['run']>[0]) => verification.workload(it, say),
    })),
  ];
}

/** The outage is told once a time that it happens, not at every try. */
function outageTeller(json: boolean): (text: string) => void {
  let last = 0;
  return (text) => {
    if (!json && Date.now() - last > 5_000) process.stderr.write(`${text}\n`);
    last = Date.now();
  };
}

/** One Ctrl-C arrives twice under npm, from the terminal and from npm: what comes sooner than this, in ms, is the same. */
const SAME_SIGNAL = 1_000;

/** Ctrl-C: take everything away, then end as a program that was interrupted does. A second one ends it at once. */
function onInterruption(traces: Traces): void {
  let first: number | undefined;
  const end = (status: number) => () => {
    if (first !== undefined) {
      if (Date.now() - first > SAME_SIGNAL) process.exit(status);
      return;
    }
    first = Date.now();
    process.stderr.write('interrupted: removing what was made\n');
    void traces.removeAll().finally(() => process.exit(status));
  };
  process.on('SIGINT', end(130));
  process.on('SIGTERM', end(143));
}

/** What all profiles of one run have in common. */
interface Run {
  readonly options: VerifyOptions;
  readonly cluster: Cluster;
  readonly traces: Traces;
}

async function verdictOf({ options, cluster, traces }: Run, profile: SelectedManifests): Promise<Verdict> {
  const { objects } = profile;
  // The manifests do not say where a Pod that is in none of them may run, nor what pulls its image.
  const { images, system_pods: systemPods } = loadProfile(profile.reference, process.env).profile.deploy;
  const deadline = Math.ceil((options.timeout / 1000) * (options.retries + 1) * 2) + SPARE;
  const probes = new Probes(cluster, { image: imageFrom(images, options.probeImage), deadline, systemPods });
  const verification = new Verification({ cluster, objects, options, probes, traces });
  const results = await traces.whileThereIs(
    () => probes.cleanUp(),
    () => progressFor(options)(jobsOf(verification, objects)),
  );
  const hasFailed = results.some(({ failure }) => failure !== undefined);
  let rollback: Rollback | undefined;
  if (hasFailed && options.rollback) {
    let last = '';
    const say = (text: string) => {
      if (!options.json && text !== last) print(`rolling back: ${text}`);
      last = text;
    };
    rollback = await rollBack(cluster, { objects, workloads: planOf(objects), timeout: options.timeout, say });
  }
  return { status: exitStatus(results, rollback), results, rollback };
}

/** @returns the exit status */
async function verify(options: VerifyOptions): Promise<number> {
  const profiles = selectedManifests(options.dir);
  const cluster = await Cluster.connect(options.context, {
    patience: PATIENCE,
    onOutage: outageTeller(options.json),
  });
  const traces = new Traces();
  onInterruption(traces);
  const run = { options, cluster, traces };
  if (options.json) {
    const verdicts: ProfileVerdict[] = [];
    for (const profile of profiles) verdicts.push({ ...(await verdictOf(run, profile)), profile: profile.folder });
    print(jsonReport(verdicts));
    return worstOf(verdicts.map(({ status }) => status));
  }
  return forEachProfile(profiles, async (profile) => {
    const started = Date.now();
    const { status, results, rollback } = await verdictOf(run, profile);
    summary(results, rollback, Date.now() - started).forEach(print);
    return status;
  });
}

runCommand(async (args) => {
  const options = parseOptions(args);
  if (options !== undefined) return verify(options);
  print(USAGE);
  return 0;
});
