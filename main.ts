import { App } from 'cdk8s';
import { join } from 'node:path';
import { proxiedNames } from './config/egress';
import { loadProfile, type Loaded } from './config/load';
import { poolsOf } from './config/pools';
import { eachOrRefused, Refused } from './config/refusal';
import type { Profile } from './config/schema/profile';
import { selectProfiles, type SelectedProfile } from './config/selection';
import { DevboxChart } from './constructs/charts/devbox';
import { NamespacesChart, namespacesOf } from './constructs/charts/namespaces';
import { PoliciesChart } from './constructs/charts/policies';
import { PoolChart } from './constructs/charts/pool';
import { SessionsChart } from './constructs/charts/sessions';
import { clashes } from './constructs/output/clashes';
import { objectsIn, type ManifestFile } from './constructs/output/manifest-file';
import type { Manifest } from './constructs/policy/objects';
import { violations } from './constructs/policy/policy';
import { serverSideNotices } from './constructs/policy/size';
import { customized, unreadable } from './customization';
import { manifestFiles, writeManifests } from './manifests';

/* eslint-disable @typescript-eslint/no-require-imports -- a start does not pay for charts that a profile does not have */
const observability = () =>
  require('./constructs/charts/observability') as typeof import('./constructs/charts/observability');
const idle = () => require('./constructs/charts/idle') as typeof import('./constructs/charts/idle');
const recovery = () => require('./constructs/charts/recovery') as typeof import('./constructs/charts/recovery');
const capacity = () => require('./constructs/charts/capacity') as typeof import('./constructs/charts/capacity');
const egress = () => require('./constructs/charts/egress') as typeof import('./constructs/charts/egress');
/* eslint-enable @typescript-eslint/no-require-imports */

/** Whether a profile has anything to observe with; a handler alone is a variable of the sandboxes. */
const isObserved = ({ monitoring, logging, access }: Profile['deploy']): boolean =>
  monitoring !== undefined ||
  (logging !== undefined && (access.managers.length > 0 || logging.elasticsearch !== undefined));

/** Whether recovery is more than a claim's source, which is the claim's. */
const isRecovered = ({ recovery }: Profile['deploy']): boolean =>
  recovery?.descheduler !== undefined || recovery?.backup !== undefined;

/** A profile's charts. Their ids are the names of the files, in the order in which `kubectl apply -f dist` reads them. */
export function compose(app: App, profile: Profile): void {
  const { deploy } = profile;
  const namespaces = namespacesOf(profile);
  if (namespaces.length > 0) new NamespacesChart(app, '0-namespaces', namespaces);
  const policies = new PoliciesChart(app, '1-policies', profile);
  if (deploy.sessions.length > 0) new SessionsChart(app, '2-sessions', profile);
  if (poolsOf(profile).length > 0) new PoolChart(app, '3-pool', profile);
  if (isObserved(deploy)) new (observability().ObservabilityChart)(app, '4-observability', profile);
  if (deploy.recovery && isRecovered(deploy))
    new (recovery().RecoveryChart)(app, '5-recovery', profile, deploy.recovery);
  if (deploy.devbox) new DevboxChart(app, '6-devbox', profile);
  const names = proxiedNames(deploy.network);
  if (names) new (egress().EgressChart)(app, '7-egress', profile, names);
  if (deploy.idle) new (idle().IdleChart)(app, '8-idle', profile, deploy.idle);
  if (deploy.headroom ?? deploy.prepull) new (capacity().CapacityChart)(app, '9-capacity', profile);
  policies.boundSystemNamespaces(app);
}

/**
 * A profile's manifests, a file for each chart, before the policy has looked at them.
 *
 * @throws Refused with every patch that cannot be applied
 */
export function manifestsOf(profile: Profile): ManifestFile[] {
  const app = new App();
  compose(app, profile);
  return customized(manifestFiles(app), profile);
}

const violationsOf = (files: readonly ManifestFile[], profile: Profile): string[] =>
  violations(objectsIn(files), profile);

/**
 * A profile's manifests, a file for each chart.
 *
 * @throws Refused with every rule of the policy that they break, one line each
 */
export function render(profile: Profile): ManifestFile[] {
  const files = manifestsOf(profile);
  let broken: string[];
  try {
    broken = violationsOf(files, profile);
  } catch (error) {
    throw unreadable(profile, (it) => violationsOf(manifestsOf(it), it), error);
  }
  if (broken.length > 0) throw new Refused(broken);
  return files;
}

/**
 * A profile's objects, in the order in which they are applied.
 *
 * @throws Refused as `render` does
 */
export const objectsOf = (profile: Profile): Manifest[] => objectsIn(render(profile));

/** Write a profile's manifests into a folder. */
export const synthesize = (profile: Profile, folder: string): void => writeManifests(render(profile), folder);

/** What one of the profiles that are asked for renders. */
interface Rendering {
  readonly folder?: string;
  readonly files: readonly ManifestFile[];
}

/** A line that begins with file and line, unlike one of the policy, says whose it is. */
const hasPlace = (line: string): boolean => /^\S+:\d+: /.test(line);

function renderNamed({ reference, folder }: SelectedProfile, { profile }: Loaded): Rendering {
  if (folder === undefined) return { files: render(profile) };
  try {
    return { folder, files: render(profile) };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    throw new Refused(error.problems.map((line) => (hasPlace(line) ? line : `${reference}: ${line}`)));
  }
}

/** All of the profiles, or a refusal of all that is wrong with any, or between two. */
function renderAll(selected: readonly SelectedProfile[], loaded: readonly Loaded[]): Rendering[] {
  const renderings = eachOrRefused([...selected.entries()], ([index, it]) => renderNamed(it, loaded[index]!));
  if (renderings.length === 1) return renderings;
  const clashing = clashes(renderings.map(({ folder = '', files }) => ({ name: folder, objects: objectsIn(files) })));
  if (clashing.length > 0) throw new Refused(clashing);
  return renderings;
}

function main(): void {
  try {
    const selected = selectProfiles(process.env.PROFILE || 'local');
    const loaded = eachOrRefused(selected, ({ reference }) => loadProfile(reference, process.env));
    for (const notice of new Set(loaded.flatMap(({ notices }) => notices))) console.error(notice);
    const outdir = process.env.CDK8S_OUTDIR ?? 'dist';
    for (const { folder = '', files } of renderAll(selected, loaded)) {
      for (const notice of serverSideNotices(files.flatMap(({ objects }) => objects))) console.error(notice);
      writeManifests(files, join(outdir, folder));
    }
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    for (const problem of error.problems) console.error(problem);
    process.exitCode = 1;
  }
}

if (require.main === module) main();
