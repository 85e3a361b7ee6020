import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/*
 * `npm run bench`: how long the program takes and how much memory, as ratios to what the machine does in the same run,
 * so that a slow or busy machine gives the same answer. With --strict a missed budget fails.
 */

const ROOT = join(__dirname, '..');
const GIB = 1024 ** 3;

/** What one run of a command took. */
interface Cost {
  readonly seconds: number;
  /** Peak resident memory, bytes. */
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
  [...options, '--import', 'tsx', 'main.ts'],
  { PROFILE: profile, CDK8S_OUTDIR: output },
];

/** @throws Error with what the command said */
function run([name, args, environment]: Command): Cost {
  rmSync(peakFile, { force: true });
  const env = { ...process.env, CDK8S_CHECK_UPGRADE: 'false', ...environment };
  const started = performance.now();
  const { status, stderr, error } = spawnSync(name, args, { cwd: ROOT, env, stdio: ['ignore', 'ignore', 'pipe'] });
  const seconds = (performance.now() - started) / 1000;
  if (status !== 0) throw error ?? new Error(`${name} ${args.join(' ')}: ${stderr.toString()}`);
  return { seconds, memory: Number(readPeak()) * 1024 };
}

function readPeak(): string {
  try {
    return readFileSync(peakFile, 'utf8');
  } catch {
    return 'NaN'; // without the hook only the time counts
  }
}

const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[numbers.length >> 1]!;

/** The commands in turn, again and again, so that what else the machine does meets all of them. */
function measure<Name extends string>(times: number, commands: Readonly<Record<Name, Command>>): Record<Name, Cost> {
  const names = Object.keys(commands) as Name[];
  const costs = new Map(names.map((name) => [name, [] as Cost[]]));
  for (let i = 0; i < times; i++) for (const name of names) costs.get(name)!.push(run(commands[name]));
  const middle = (name: Name): Cost => ({
    seconds: median(costs.get(name)!.map((it) => it.seconds)),
    memory: median(costs.get(name)!.map((it) => it.memory)),
  });
  return Object.fromEntries(names.map((name) => [name, middle(name)])) as Record<Name, Cost>;
}

const milliseconds = (seconds: number) => `${Math.round(seconds * 1000)} ms`;
const mebibytes = (bytes: number) => `${Math.round(bytes / 1024 ** 2)} MiB`;

/** `a` against `b`, as often as it goes into it. */
const ratio = (work: string, a: number, b: number, budget: number, show: (it: number) => string): Line => ({
  work,
  measured: a / b,
  budget,
  unit: '×',
  detail: `${show(a)} / ${show(b)}`,
});

function programs(profiles: readonly string[]): Line[] {
  const shipped = Object.fromEntries(profiles.map((name) => [name, program(name)]));
  const costs = measure<string>(9, { bare: [process.execPath, ['-e', '0']], ...shipped });
  return profiles.map((name) =>
    ratio(`node --import tsx main.ts, ${name} / node -e 0`, costs[name]!.seconds, costs.bare!.seconds, 8, milliseconds),
  );
}

function commandLine(): Line {
  const { synth, version } = measure(5, {
    version: ['npx', ['cdk8s', '--version']],
    synth: ['npx', ['cdk8s', 'synth', '--output', output]],
  });
  return ratio('npx cdk8s synth / npx cdk8s --version', synth.seconds, version.seconds, 1.7, milliseconds);
}

/** A profile of that many sessions. */
function sessions(count: number): Command {
  const file = join(folder, `${count}.toml`);
  const names = Array.from({ length: count }, (_, index) => `"s${index}"`).join(', ');
  writeFileSync(file, `[deploy]\nextends = "local"\ndevbox = false\nsessions = [${names}]\n`);
  return program(file, '--import', pathToFileURL(peakHook).href);
}

function growth(): Line[] {
  const sizes = [1, 100, 500, 1000, 5000];
  const costs = measure<string>(5, Object.fromEntries(sizes.map((size) => [`s${size}`, sessions(size)])));
  const cost = (size: number) => costs[`s${size}`]!;
  const above = (size: number, what: keyof Cost) => cost(size)[what] - cost(1)[what];
  const tenfold = (size: number) =>
    ratio(
      `time above start-up, ${size * 10} / ${size} sessions`,
      above(size * 10, 'seconds'),
      above(size, 'seconds'),
      10.5,
      milliseconds,
    );
  const memory = above(5000, 'memory');
  return [
    tenfold(100),
    tenfold(500),
    ratio('memory above start-up, 5000 / 500 sessions', memory, above(500, 'memory'), 10.5, mebibytes),
    {
      work: 'peak memory, 5000 sessions',
      measured: cost(5000).memory / GIB,
      budget: 1,
      unit: ' GiB',
      detail: sizes.map((size) => `${size}: ${mebibytes(cost(size).memory)}`).join(', '),
    },
  ];
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

async function main(): Promise<void> {
  const { shippedProfiles } = await import('../config/load');
  try {
    writePeakHook();
    const lines = [...programs(shippedProfiles()), commandLine(), ...growth()];
    console.log(table(lines));
    const missed = lines.some(({ measured, budget }) => !(measured <= budget));
    if (missed && process.argv.includes('--strict')) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

void main();
