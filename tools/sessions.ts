/** `npm run sessions`: the sandboxes that there are, suspended and resumed, opened and deleted. */
import { Cluster } from './cluster/cluster';
import { readManifests } from './cluster/folder';
import { runCommand } from './command';
import { keyReading } from './keys/report';
import { allSessions, sandboxNamespaces, sessionNamed } from './sessions/find';
import { idleSecondsOf, measure } from './sessions/measures';
import { entranceOf, keyEntryOf, open } from './sessions/open';
import { parseOptions, USAGE, type SessionsOptions } from './sessions/options';
import { removeAll, removeAllButVolumes } from './sessions/remove';
import { rowOf, tableOf } from './sessions/row';
import type { Session } from './sessions/session';
import { resume, suspend, waitFor } from './sessions/suspend';

const print = (line: string) => process.stdout.write(`${line}\n`);

async function list(cluster: Cluster, sessions: readonly Session[], { json }: SessionsOptions): Promise<void> {
  const measures = await measure(sessions, {
    summaryOf: (node) => cluster.kubeletSummary(node),
    idleSecondsOf: (pod) => idleSecondsOf(cluster, pod),
  });
  const rows = sessions.map((it, index) => rowOf(it, measures[index]!));
  if (json) print(JSON.stringify(rows, null, 2));
  else if (rows.length === 0) print('no session');
  else tableOf(rows, Date.now()).forEach(print);
}

async function suspendOne(cluster: Cluster, session: Session, { wait, timeout, yes }: SessionsOptions): Promise<void> {
  const isChanged = await suspend(cluster, session, yes);
  if (wait) await waitFor(cluster, session, 'Suspended', timeout);
  print(`${session.name} ${isChanged ? (wait ? 'is suspended' : 'is being suspended') : 'was suspended already'}`);
}

async function resumeOne(cluster: Cluster, session: Session, { wait, timeout }: SessionsOptions): Promise<void> {
  const started = Date.now();
  const isChanged = await resume(cluster, session);
  if (wait) await waitFor(cluster, session, 'Running', timeout);
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  print(`${session.name} ${isChanged ? (wait ? `runs, after ${seconds} s` : 'starts') : 'was not suspended'}`);
}

async function openOne(cluster: Cluster, session: Session, { port, context }: SessionsOptions): Promise<void> {
  const entrance = await entranceOf(cluster, session);
  // Ctrl-C is how this ends.
  process.once('SIGINT', () => process.exit(0));
  await open(cluster, entrance, port, (address) => {
    print(address);
    const entry = keyEntryOf(session);
    if (entry !== undefined) print(`It asks for this key: ${keyReading(session.namespace, entry, context)}`);
  });
}

async function deleteOne(cluster: Cluster, session: Session, options: SessionsOptions): Promise<void> {
  const { name, namespace } = session;
  if (!options.keepVolume) {
    await removeAll(cluster, session);
    print(`${name} and its files are deleted`);
    return;
  }
  const claims = await removeAllButVolumes(cluster, session, options.timeout);
  print(`${name} is deleted, and its files are kept: PersistentVolumeClaim ${claims.join(', ')} in ${namespace}`);
}

const COMMANDS = { suspend: suspendOne, resume: resumeOne, open: openOne, delete: deleteOne };

async function sessions(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (options === undefined) {
    print(USAGE);
    return 0;
  }
  const { command, name, dir, namespace, context } = options;
  const namespaces = namespace === undefined ? sandboxNamespaces(readManifests(dir)) : [namespace];
  const cluster = await Cluster.connect(context, { patience: 10_000, onOutage: () => undefined });
  const all = await allSessions(cluster, namespaces);
  if (command === 'list') await list(cluster, all, options);
  else await COMMANDS[command](cluster, sessionNamed(all, name), options);
  return 0;
}

runCommand(sessions);
