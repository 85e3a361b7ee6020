import { eventually } from './eventually';
import { kubectl } from './kubectl';
import { create, type Manifest } from './objects';

const NAME = 'openhands-idle-suspender';

/** What a round said of each sandbox: `keep: its Pod is not Ready`; and of itself, where it failed. */
export interface Decisions {
  readonly [sandbox: string]: string;
}

interface Line {
  readonly asctime: string;
  readonly levelname: string;
  readonly message: string;
  readonly sandbox?: string;
  readonly decision?: string;
}

/** Its decisions, and when each was made. */
export interface Round {
  readonly decisions: Decisions;
  readonly times: Readonly<Record<string, Date>>;
}

/** The idle suspender of a test's sandboxes: its rounds, whenever the test wants one. */
export class IdleSuspender {
  private count = 0;
  private readonly inNamespace: string;

  /** @param namespace the sandboxes' */
  constructor(namespace: string) {
    this.inNamespace = `--namespace=${namespace}-system`;
  }

  /** Begin a round. `env`: variables of its Pod in the place of the CronJob's. @returns its name */
  async begin(env: Readonly<Record<string, string>> = {}): Promise<string> {
    const name = `round-${++this.count}`;
    const line = ['create', 'job', name, `--from=cronjob/${NAME}`, this.inNamespace, '--dry-run=client', '-o=json'];
    const job = JSON.parse((await kubectl(...line)).stdout) as Manifest;
    const { template } = job.spec as { template: { spec: { containers: { env: { name: string }[] }[] } } };
    const [container] = template.spec.containers;
    const changed = Object.entries(env).map(([key, value]) => ({ name: key, value }));
    container!.env = [...container!.env.filter((it) => !(it.name in env)), ...changed];
    await create(job);
    return name;
  }

  /** Wait until a round is over. @returns what it decided */
  async end(name: string): Promise<Round> {
    const path = '-o=jsonpath={.status.succeeded}{.status.failed}';
    await eventually(async () => (await kubectl('get', 'job', name, this.inNamespace, path)).stdout, '1', 120);
    const { stdout } = await kubectl('logs', `job/${name}`, this.inNamespace);
    const lines = stdout
      .trim()
      .split('\n')
      .map((it) => JSON.parse(it) as Line);
    const decided = lines.filter(({ sandbox, levelname }) => sandbox !== undefined || levelname === 'ERROR');
    const entries = <T>(of: (line: Line) => T) => decided.map((it) => [it.sandbox ?? 'round', of(it)] as const);
    return {
      decisions: Object.fromEntries(entries(({ decision = 'failed', message }) => `${decision}: ${message}`)),
      times: Object.fromEntries(entries(({ asctime }) => new Date(asctime))),
    };
  }

  async run(env?: Readonly<Record<string, string>>): Promise<Round> {
    return this.end(await this.begin(env));
  }

  /** End a round's Pod at once, when its program runs. */
  async kill(name: string): Promise<void> {
    const selector = `--selector=job-name=${name}`;
    const running = '-o=jsonpath={.items[*].status.containerStatuses[*].state.running.startedAt}';
    const hasStarted = async () => (await kubectl('get', 'pods', selector, this.inNamespace, running)).stdout !== '';
    if (!(await eventually(hasStarted, true, 90))) throw new Error(`${name} does not start`);
    await kubectl('delete', 'pod', selector, this.inNamespace, '--grace-period=0', '--force');
  }

  /** Have its schedule be this one. `suspend`: no further round by itself. */
  async schedule(schedule: string, suspend = false): Promise<void> {
    const patch = JSON.stringify({ spec: { schedule, suspend } });
    await kubectl('patch', 'cronjob', NAME, this.inNamespace, '--type=merge', `--patch=${patch}`);
  }
}
