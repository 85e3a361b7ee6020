import { deepStrictEqual } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { loadProfile, shippedProfiles } from '../config/load';
import { yamlOf } from '../constructs/output/yaml';
import { objectsOf } from '../main';

/*
 * npm run bench [-- --tests]: how long the program takes and how much memory, as ratios to what the machine does in the
 * same run, so that a slow machine gives the same answer. A busy one does not: its load is printed. A missed budget fails.
 * --tests measures `npm test`, too.
 */

const ROOT = join(__dirname, '..');
const MIB = 1024 ** 2;

/** What one run of a command took. */
interface Cost {
  /** Seconds from start to end. */
  readonly seconds: number;
  /** Seconds of processors. */
  readonly cpu: number;
  /** Peak resident memory, bytes; NaN without the hook. */
  readonly memory: number;
}

/** A row of the table. */
interface Line {
  readonly work: string;
  readonly measured: number;
  readonly budget: number;
  readonly unit: string;
  /** The numbers behind it. */
  readonly detail: string;
}

type Command = readonly [name: string, args: readonly string[], environment?: Readonly<Record<string, string>>];

const folder = mkdtempSync(join(tmpdir(), 'openhands-bench-'));
const output = join(folder, 'output');
const peakFile = join(folder, 'peak');
const peakHook = join(folder, 'peak.mjs');

/** A hook with which Node tells its peak memory when it ends. It costs time, so it is used where start-up does not count. */
function writePeakHook(): void {
  const report = `process.on('exit', () => writeFileSync(${JSON.stringify(peakFile)}, String(process.resourceUsage().maxRSS)));`;
  writeFileSync(peakHook, `import { writeFileSync } from 'node:fs';\n${report}\n`);
}

/** The program itself, as `cdk8s synth` starts it. */
const program = (profile: string, ...options: string[]): Command => [
  process.execPath,
  [...options, 'run.js', 'main.ts'],
  { PROFILE: profile, CDK8S_OUTDIR: output },
];

/** The shell tells a command's seconds of processors in its last line. */
const TIMED = ['-c', 'TIMEFORMAT="%U %S"; time "$@"', 'bash'];

/** @throws Error with what the command said */
function run([name, args, environment]: Command): Cost {
  rmSync(peakFile, { force: true });
  const env = { ...process.env, CDK8S_CHECK_UPGRADE: 'false', ...environment };
  const started = performance.now();
  const { status, stderr, error } = spawnSync('bash', [...TIMED, name, ...args], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const seconds = (performance.now() - started) / 1000;
  const said = stderr.toString().trim();
  if (status !== 0) throw error ?? new Error(`${name} ${args.join(' ')}: ${said}`);
  const [user, system] = said.split('\n').at(-1)!.split(' ').map(Number);
  return { seconds, cpu: user! + system!, memory: Number(readPeak()) * 1024 };
}

function readPeak(): string {
  try {
    return readFileSync(peakFile, 'utf8');
  } catch {
    return 'NaN'; // without the hook only the time counts
  }
}

const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[numbers.length >> 1]!;

/**
 * The commands in turn, again and again, so that what else the machine does meets all of them: the median of each. The
 * first turn does not count, as it fills caches.
 */
function measure<Name extends string>(times: number, commands: Readonly<Record<Name, Command>>): Record<Name, Cost> {
  const names = Object.keys(commands) as Name[];
  const costs = new Map(names.map((name) => [name, [] as Cost[]]));
  for (const name of names) run(commands[name]);
  for (let i = 0; i < times; i++) for (const name of names) costs.get(name)!.push(run(commands[name]));
  const middle = (name: Name, what: keyof Cost): number => median(costs.get(name)!.map((it) => it[what]));
  return Object.fromEntries(
    names.map((name) => [
      name,
      { seconds: middle(name, 'seconds'), cpu: middle(name, 'cpu'), memory: middle(name, 'memory') },
    ]),
  ) as Record<Name, Cost>;
}

const milliseconds = (seconds: number) => `${Math.round(seconds * 1000)} ms`;
const inSeconds = (seconds: number) => `${seconds.toFixed(1)} s`;
const mebibytes = (bytes: number) => `${Math.round(bytes / MIB)} MiB`;

/** `a` against `b`, as often as it goes into it. */
const ratio = (work: string, a: number, b: number, budget: number, show: (it: number) => string): Line => ({
  work,
  measured: a / b,
  budget,
  unit: '×',
  detail: `${show(a)} / ${show(b)}`,
});

function programs(): Line[] {
  const profiles = shippedProfiles();
  const shipped = Object.fromEntries(profiles.map((name) => [name, program(name)]));
  const costs = measure<string>(9, { bare: [process.execPath, ['-e', '0']], ...shipped });
  return profiles.map((name) =>
    ratio(`node run.js main.ts, ${name} / node -e 0`, costs[name]!.seconds, costs.bare!.seconds, 5, milliseconds),
  );
}

function commandLine(): Line {
  const { synth, version } = measure(5, {
    version: ['npx', ['cdk8s', '--version']],
    synth: ['npx', ['cdk8s', 'synth', '--output', output]],
  });
  return ratio('npx cdk8s synth / npx cdk8s --version', synth.seconds, version.seconds, 1.3, milliseconds);
}

/** Write a profile of sessions of these names. @returns its file */
function profileOf(names: readonly string[]): string {
  const file = join(folder, `${names.length}.toml`);
  writeFileSync(file, `[deploy]\nextends = "local"\ndevbox = false\nsessions = ${JSON.stringify(names)}\n`);
  return file;
}

const sessionNames = (count: number): string[] => Array.from({ length: count }, (_, index) => `s${index}`);

function growth(): Line[] {
  const sizes = [1, 100, 500, 1000, 5000];
  const hook = ['--import', pathToFileURL(peakHook).href];
  const commands = sizes.map((size) => [`s${size}`, program(profileOf(sessionNames(size)), ...hook)]);
  const costs = measure<string>(3, Object.fromEntries(commands) as Record<string, Command>);
  const cost = (size: number) => costs[`s${size}`]!;
  const above = (size: number) => cost(size).cpu - cost(1).cpu;
  const tenfold = (size: number) =>
    ratio(
      `CPU seconds above start-up, ${size * 10} / ${size} sessions`,
      above(size * 10),
      above(size),
      10.2,
      milliseconds,
    );
  return [
    tenfold(100),
    tenfold(500),
    {
      work: 'peak memory, 5000 sessions',
      measured: cost(5000).memory / MIB,
      budget: 400,
      unit: ' MiB',
      detail: sizes.map((size) => `${size}: ${mebibytes(cost(size).memory)}`).join(', '),
    },
  ];
}

/** Where a chart has its session's name. No profile has it in its text otherwise. */
const PLACEHOLDER = 'session-of-the-bench';

/** Write a Helm chart whose template are our own manifests, with what a session has in a loop over the sessions. */
function writeChart(sessions: readonly string[]): string {
  const chart = join(folder, `chart-${sessions.length}`);
  const documents = objectsOf(loadProfile(profileOf([PLACEHOLDER])).profile).map((object) =>
    `---\n${yamlOf(object)}`.replaceAll('{{', '{{ "{{" }}'),
  );
  const once = documents.filter((it) => !it.includes(PLACEHOLDER));
  const each = documents.filter((it) => it.includes(PLACEHOLDER)).map((it) => it.replaceAll(PLACEHOLDER, '{{ . }}'));
  mkdirSync(join(chart, 'templates'), { recursive: true });
  writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: bench\nversion: 0.0.0\n');
  writeFileSync(join(chart, 'values.yaml'), `sessions: ${JSON.stringify(sessions)}\n`);
  const template = `${once.join('')}{{- range .Values.sessions }}\n${each.join('')}{{- end }}\n`;
  writeFileSync(join(chart, 'templates', 'all.yaml'), template);
  return chart;
}

function findHelm(): string | undefined {
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    join(process.env.HOME ?? '', '.cache/openhands-cluster/bin'),
  ];
  return folders.map((it) => join(it, 'helm')).find((it) => spawnSync(it, ['version']).status === 0);
}

/** @throws AssertionError if Helm makes other objects of the chart than we do */
function checkChart(helm: string): void {
  const names = sessionNames(2);
  const key = ({ kind, metadata }: { kind: string; metadata: { name: string } }) => `${kind}/${metadata.name}`;
  const byKey = (objects: readonly unknown[]) =>
    new Map((objects as Parameters<typeof key>[0][]).map((it) => [key(it), it]));
  const { stdout } = spawnSync(helm, ['template', writeChart(names)], { encoding: 'utf8' });
  const theirs = parseAllDocuments(stdout).map((it) => it.toJS() as unknown);
  const ours = objectsOf(loadProfile(profileOf(names)).profile) as unknown[];
  deepStrictEqual(byKey(theirs), byKey(ours));
}

function againstHelm(): Line[] {
  const helm = findHelm();
  if (helm === undefined) {
    console.log('no helm here: what `helm template` takes for the same objects is not measured');
    return [];
  }
  checkChart(helm);
  const sessions = sessionNames(5000);
  const costs = measure(3, {
    ours: program(profileOf(sessions)),
    theirs: [helm, ['template', writeChart(sessions)]],
  });
  return [ratio('CPU seconds, 5000 sessions / helm template', costs.ours.cpu, costs.theirs.cpu, 1, inSeconds)];
}

function tests(): Line {
  const { seconds, cpu } = run(['npm', ['test']]);
  return { work: 'npm test', measured: seconds, budget: 20, unit: ' s', detail: `one run, ${inSeconds(cpu)} of CPUs` };
}

function table(lines: readonly Line[]): string {
  const rows = lines.map(({ work, measured, budget, unit, detail }) => [
    work,
    `${measured.toFixed(2)}${unit}`,
    `≤ ${budget}${unit}`,
    measured <= budget ? 'kept' : 'MISSED',
    detail,
  ]);
  const all = [['work', 'measured', 'budget', 'verdict', 'medians'], ...rows];
  const width = (column: number) => Math.max(...all.map((row) => row[column]!.length));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(width(column)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function machine(): string {
  const load = loadavg().map((it) => it.toFixed(1));
  return `${availableParallelism()} cores, load ${load.join(', ')} (1, 5, 15 minutes), Node ${process.version}`;
}

function main(): void {
  try {
    console.log(`before: ${machine()}`);
    writePeakHook();
    const lines = [
      ...programs(),
      commandLine(),
      ...growth(),
      ...againstHelm(),
      ...(process.argv.includes('--tests') ? [tests()] : []),
    ];
    console.log(table(lines));
    console.log(`after: ${machine()}`);
    if (lines.some(({ measured, budget }) => !(measured <= budget))) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

main();
