import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Manifest } from '../../constructs/policy/objects';
import { HOME_FOLDER } from '../../constructs/sandbox/home';
import { ApiError } from '../cluster/api-error';
import type { Cluster } from '../cluster/cluster';
import { withForwardedPort } from '../cluster/streams';
import { Failure } from './failure';
import { apiPortOf, type Workload } from './plan';
import { actionExecutionServer, agentServer, checkHealth, type Program } from './programs';
import { readyPodsOf, waitUntilReady } from './ready';
import type { Traces } from './traces';

/** What a program is asked for, and with which key. */
const PROGRAMS = {
  'agent-server': { client: agentServer, health: ['/alive', '/health', '/ready'], key: 'OH_SESSION_API_KEYS_0' },
  'action-execution-server': { client: actionExecutionServer, health: ['/alive'], key: 'SESSION_API_KEY' },
};

interface Key {
  readonly value?: string;
  /** Why there is none although there should be. */
  readonly note?: string;
}

/** The key that a sandbox's clients must send, from the Secret that the sandbox takes it from. */
export async function keyOf(cluster: Cluster, workload: Workload): Promise<Key> {
  const { key } = PROGRAMS[workload.program!];
  const variable = workload.pod.containers[0].env?.find(({ name }: Manifest) => name === key);
  const reference = variable?.valueFrom?.secretKeyRef;
  if (reference === undefined) return { value: variable?.value };
  const metadata = { name: reference.name, namespace: workload.namespace };
  try {
    const secret = await cluster.get({ apiVersion: 'v1', kind: 'Secret', metadata });
    const encoded: string | undefined = secret?.data?.[reference.key];
    return { value: encoded && Buffer.from(encoded, 'base64').toString() };
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 403)) throw error;
    return { note: `only its health is checked: you may not read Secret ${reference.name}, which has its key` };
  }
}

/** The folders in which a sandbox keeps what must last: its workspace, and its home where that is a part of it. */
export function lastingFolders({ pod }: Pick<Workload, 'pod'>): string[] {
  const mounts: Manifest[] = pod.containers[0].volumeMounts ?? [];
  const workspace = mounts.find(({ name }) => /workspace/.test(name))?.mountPath ?? '/workspace';
  return [workspace, ...mounts.filter(({ subPath }) => subPath === HOME_FOLDER).map(({ mountPath }) => mountPath)];
}

async function runs(program: Program): Promise<void> {
  const word = randomUUID();
  const { exitCode, stdout } = await program.run(`echo ${word}`);
  if (exitCode !== 0 || !stdout.includes(word)) {
    throw new Error(
      `a command: expected exit code 0 and its output, got exit code ${exitCode} and ${stdout.slice(0, 80)}`,
    );
  }
}

async function keeps(program: Program, paths: readonly string[], text: string): Promise<void> {
  for (const path of paths) {
    const found = (await program.read(path)).trimEnd();
    if (found !== text) throw new Error(`file ${path}: expected ${text}, got ${found.slice(0, 80)}`);
  }
}

/** Use the API of a Pod. @throws Failure that says what did not work */
async function inPod(cluster: Cluster, workload: Workload, pod: Manifest, act: (url: string) => Promise<void>) {
  try {
    await withForwardedPort(cluster, pod, apiPortOf(workload), act);
  } catch (error) {
    throw new Failure('functional', `Pod ${pod.metadata.name}: ${(error as Error).message}`, true);
  }
}

async function firstReadyPod(cluster: Cluster, workload: Workload): Promise<Manifest> {
  const [pod] = await readyPodsOf(cluster, workload);
  if (pod === undefined) throw new Failure('functional', 'no Pod of it is ready any more', true);
  return pod;
}

export interface FunctionalProps {
  /** Also delete the Pod, and look for the files in the one that follows. */
  readonly deep: boolean;
  /** In ms. */
  readonly timeout: number;
  readonly traces: Traces;
  readonly say: (text: string) => void;
}

/** Whether the files of a Pod are there for the Pod that follows it. */
export const isLasting = ({ object, pod }: Pick<Workload, 'object' | 'pod'>): boolean =>
  (object.spec.volumeClaimTemplates ?? []).length > 0 ||
  (pod.volumes ?? []).some((it: Manifest) => it.persistentVolumeClaim);

/** The Pod that follows the deleted one: of the same name in a StatefulSet. */
async function successorOf(cluster: Cluster, workload: Workload, gone: Manifest): Promise<Manifest> {
  const pods = (await readyPodsOf(cluster, workload)).filter(({ metadata }) => metadata.uid !== gone.metadata.uid);
  const next =
    workload.object.kind === 'StatefulSet' ? pods.find((it) => it.metadata.name === gone.metadata.name) : pods[0];
  if (next === undefined)
    throw new Failure('functional', `no Pod follows ${gone.metadata.name} after it was deleted`, true);
  return next;
}

async function replace(cluster: Cluster, workload: Workload, pod: Manifest, props: FunctionalProps): Promise<Manifest> {
  props.say(`Pod ${pod.metadata.name} is deleted, another must take over its files`);
  await cluster.delete(pod);
  for (const giveUp = Date.now() + props.timeout; Date.now() < giveUp;) {
    if ((await cluster.get(pod))?.metadata.uid !== pod.metadata.uid) break;
    await sleep(500);
  }
  // Nothing else makes a bare Pod again.
  if (workload.object.kind === 'Pod') await cluster.create(workload.object);
  await waitUntilReady(cluster, workload, props.timeout, props.say);
  return successorOf(cluster, workload, pod);
}

/**
 * A sandbox does what it is for: it says that it is well, runs a command, and keeps files.
 *
 * @returns what was not checked
 * @throws Failure
 */
export async function checkFunctional(
  cluster: Cluster,
  workload: Workload,
  props: FunctionalProps,
): Promise<readonly string[]> {
  if (workload.program === undefined) return [];
  const { client, health } = PROGRAMS[workload.program];
  const { value: key, note } = await keyOf(cluster, workload);
  const file = `.openhands-verify-${randomUUID().slice(0, 8)}`;
  const paths = lastingFolders(workload).map((folder) => `${folder}/${file}`);
  const text = `written by verify ${randomUUID()}`;
  let pod = await firstReadyPod(cluster, workload);
  await inPod(cluster, workload, pod, (url) => checkHealth({ url }, health));
  if (note) return [note];
  const survives = props.deep && isLasting(workload);
  const remove = () =>
    inPod(
      cluster,
      workload,
      pod,
      async (url) => void (await client({ url, key }).run(`rm -f ${paths.join(' ')}`)),
    ).catch(
      // A Pod that does not answer any more: the failure that is told is another.
      () => undefined,
    );
  await props.traces.whileThereIs(remove, async () => {
    await inPod(cluster, workload, pod, async (url) => {
      const program = client({ url, key });
      await runs(program);
      for (const path of paths) await program.write(path, text);
      await keeps(program, paths, text);
    });
    if (!survives) return;
    pod = await replace(cluster, workload, pod, props);
    await inPod(cluster, workload, pod, (url) => keeps(client({ url, key }), paths, text));
  });
  return props.deep && !survives ? ['its files do not outlive its Pod, by its manifest: not tried'] : [];
}
