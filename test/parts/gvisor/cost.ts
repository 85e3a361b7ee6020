import { eventually } from '../../e2e/eventually';
import { kubectl } from '../../e2e/kubectl';
import type { Sandbox } from '../../e2e/sandbox';

/** What a sandbox takes: seconds, and MiB of its node's memory. */
export interface Cost {
  readonly 'start, s': number;
  readonly 'memory after the start, MiB': number;
  readonly 'a command, s': number;
  readonly 'git clone of 2,000 files, s': number;
  readonly 'pip install of 1,000 modules, s': number;
  readonly 'a second of Python, s': number;
}

const PIP = 'python3 $(ls -d /usr/share/python-wheels/pip-*.whl)/pip';

/** Three times: one may meet a busy node. */
async function median(measure: () => Promise<number>): Promise<number> {
  const values = [await measure(), await measure(), await measure()];
  return values.sort((a, b) => a - b)[1]!;
}

async function seconds(act: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await act();
  return (performance.now() - started) / 1000;
}

/** Run a command in a sandbox. @returns the seconds that it took there */
async function inside({ namespace, name }: Sandbox, command: string): Promise<number> {
  const timed = `start=$(date +%s%N); { ${command}; } >&2 || exit 1; echo $(($(date +%s%N) - start))`;
  const exec = ['exec', `deployment/${name}`, `--namespace=${namespace}`, '--', 'bash', '-c', timed];
  return Number((await kubectl(...exec)).stdout) / 1e9;
}

interface Summary {
  readonly pods: readonly {
    readonly podRef: { readonly uid: string };
    readonly memory?: { readonly workingSetBytes: number };
  }[];
}

/** MiB that the kubelet counts for its Pod, the runtime's own part included; 0 before it has counted. */
async function memory(sandbox: Sandbox): Promise<number> {
  const [node, uid] = [await sandbox.nodeName(), await sandbox.podUid()];
  const { stdout } = await kubectl('get', '--raw', `/api/v1/nodes/${node}/proxy/stats/summary`);
  const own = (JSON.parse(stdout) as Summary).pods.find(({ podRef }) => podRef.uid === uid);
  return (own?.memory?.workingSetBytes ?? 0) / 2 ** 20;
}

/** @param files where the repository and the package are, see `files-host.py` */
export async function measured(sandbox: Sandbox, files: string): Promise<Cost> {
  await sandbox.deletePod();
  const start = await seconds(() => sandbox.ready());
  if (!(await eventually(async () => (await memory(sandbox)) > 0, true, 60)))
    throw new Error('the kubelet counts no memory');
  const idle = await memory(sandbox);
  const { hostname } = new URL(files);
  // A Pod's policies take a moment to let it out.
  const isFound = () =>
    inside(sandbox, `getent hosts ${hostname}`).then(
      () => true,
      () => false,
    );
  if (!(await eventually(isFound, true, 60))) throw new Error(`${sandbox.name} does not find ${hostname}`);
  const clone = `rm -rf /workspace/clone; git clone -q ${files}/files.git /workspace/clone`;
  const install =
    `rm -rf /workspace/pip; ${PIP} install -q --no-cache-dir --target /workspace/pip ` +
    `--trusted-host ${hostname} -i ${files}/simple modules`;
  return {
    'start, s': start,
    'memory after the start, MiB': idle,
    'a command, s': await median(() => inside(sandbox, 'id')),
    'git clone of 2,000 files, s': await inside(sandbox, clone),
    'pip install of 1,000 modules, s': await inside(sandbox, install),
    'a second of Python, s': await median(() => inside(sandbox, `python3 -c 'sum(i * i for i in range(10_000_000))'`)),
  };
}
