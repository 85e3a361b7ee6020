/**
 * Which sandbox may be suspended, decided from what the cluster and the sandbox say, without asking anybody. Whatever is
 * missing, wrong or of the future makes a sandbox unknown, and an unknown sandbox is left alone.
 */

/** What of an object's metadata is read. Times in RFC 3339. */
export interface Metadata {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion?: string;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly ownerReferences?: readonly { kind: string; name: string; uid: string; controller?: boolean }[];
}

interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef?: { name?: string; key: string; optional?: boolean } };
}

export interface Sandbox {
  readonly metadata: Metadata;
  readonly spec: {
    readonly operatingMode?: string;
    readonly podTemplate?: {
      readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
      readonly spec?: { readonly containers?: readonly { name: string; env?: readonly EnvVar[] }[] };
    };
  };
}

export interface Pod {
  readonly metadata: Metadata;
  readonly status?: {
    readonly podIP?: string;
    readonly startTime?: string;
    readonly conditions?: readonly { type: string; status: string }[];
    readonly containerStatuses?: readonly { name: string; state?: { running?: { startedAt?: string } } }[];
  };
}

export interface Claim {
  readonly metadata: Metadata;
}

export interface Cluster {
  readonly pods: readonly Pod[];
  readonly claims: readonly Claim[];
}

/** `suspend`: nobody uses it. `keep`: somebody does, or may soon. `unknown`: nobody can say, which a person should know. */
export interface Verdict {
  readonly decision: 'suspend' | 'keep' | 'unknown';
  readonly because: string;
}

/** A sandbox that can be asked. */
export interface Candidate {
  readonly address: string;
  /** Before this time it was not there, not running or nobody's: milliseconds. */
  readonly since: number;
  /** When its Pod started: milliseconds. */
  readonly started: number;
  readonly key: Key;
}

/** Where the key is that opens its API: written down in it, an entry of the Secret with the keys, or there is none. */
export type Key = { readonly value: string } | { readonly entry: string; readonly isOptional: boolean } | undefined;

export const keep = (because: string): Verdict => ({ decision: 'keep', because });
export const unknown = (because: string): Verdict => ({ decision: 'unknown', because });

const KEYS_SECRET = 'openhands-session-keys';
const KEY = 'OH_SESSION_API_KEYS_0';

const controllerOf = ({ ownerReferences = [] }: Metadata) => ownerReferences.find(({ controller }) => controller);

/** The Pod's clock and this one's are not the same. */
const CLOCKS_APART_MS = 60_000;

/** The latest of some times. Nothing where one is missing, is no time, or is yet to come. */
function latest(times: readonly (string | undefined)[], now: number): number | undefined {
  const numbers = times.map((it) => Date.parse(it ?? ''));
  return numbers.every((it) => it <= now) ? Math.max(...numbers) : undefined;
}

function keyOf({ spec }: Sandbox): Key | Verdict {
  const container = spec.podTemplate?.spec?.containers?.find(({ name }) => name === 'runtime');
  // The last of a name is the one that a program sees.
  const variable = container?.env?.filter(({ name }) => name === KEY).at(-1);
  if (variable === undefined) return undefined;
  if (variable.value !== undefined) return variable.value === '' ? undefined : { value: variable.value };
  const { name, key, optional = false } = variable.valueFrom?.secretKeyRef ?? {};
  if (name !== KEYS_SECRET || key === undefined) return unknown(`its key is not an entry of ${KEYS_SECRET}`);
  return { entry: key, isOptional: optional };
}

/** Whether a verdict has been found already. */
export const isVerdict = (it: unknown): it is Verdict => typeof it === 'object' && it !== null && 'decision' in it;

/**
 * What is to be asked of a sandbox, or why it is not asked.
 *
 * @returns nothing for one that is not ours to suspend: not of OpenHands, suspended, about to go, or waiting in a pool
 */
export function candidateOf(sandbox: Sandbox, { pods, claims }: Cluster, now: number): Candidate | Verdict | undefined {
  const { metadata, spec } = sandbox;
  const owner = controllerOf(metadata);
  if (spec.podTemplate?.metadata?.labels?.app !== 'openhands-runtime') return undefined;
  if (metadata.deletionTimestamp !== undefined || (spec.operatingMode ?? 'Running') !== 'Running') return undefined;
  if (owner !== undefined && owner.kind !== 'SandboxClaim') return undefined;
  const pod = pods.find((it) => controllerOf(it.metadata)?.uid === metadata.uid && !it.metadata.deletionTimestamp);
  const isReady = pod?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
  if (pod?.status?.podIP === undefined || !isReady) return keep('its Pod is not Ready');
  const claim = claims.find((it) => it.metadata.uid === owner?.uid);
  if (owner !== undefined && claim === undefined) return unknown(`its claim ${owner.name} is not there`);
  const program = pod.status.containerStatuses?.find(({ name }) => name === 'runtime');
  const started = latest([pod.status.startTime], now);
  // A sandbox that has waited in a pool has been idle for days when it is claimed.
  const claimed = claim ? [claim.metadata.creationTimestamp] : [];
  const since = latest([pod.status.startTime, program?.state?.running?.startedAt, ...claimed], now);
  if (started === undefined || since === undefined)
    return unknown('it does not say when it started, or a time to come');
  const key = keyOf(sandbox);
  return isVerdict(key) ? key : { address: pod.status.podIP, since, started, key };
}

/**
 * For how long nobody has used it, in seconds.
 *
 * @param info what `/server_info` says: `idle_time` counts from the last event, and anew with the process
 */
export function idleSeconds(info: unknown, { since, started }: Candidate, now: number): number | Verdict {
  const { uptime, idle_time: idle } = (info ?? {}) as { uptime?: unknown; idle_time?: unknown };
  const isTime = (it: unknown): it is number => typeof it === 'number' && Number.isFinite(it) && it >= 0;
  if (!isTime(uptime) || !isTime(idle)) return unknown('/server_info has no idle_time and uptime');
  if (idle > uptime + 1 || uptime * 1000 > now - started + CLOCKS_APART_MS) {
    return unknown('/server_info says a time at which it was not there: a clock is wrong');
  }
  return Math.min(idle, (now - since) / 1000);
}

/** What an answer of `/api/conversations/count?status=running` means. */
export function fromConversations(count: unknown): Verdict | undefined {
  if (!Number.isInteger(count) || (count as number) < 0) return unknown('it does not count its conversations');
  return count === 0 ? undefined : keep(`${String(count)} of its conversations run`);
}

/** The commands of a page of `/api/bash/bash_events/search?kind__eq=BashCommand` that may still run: their ids. */
export function unfinished(page: unknown, now: number): { ids: string[]; next?: string } | Verdict {
  const { items, next_page_id: next } = (page ?? {}) as { items?: unknown; next_page_id?: unknown };
  if (!Array.isArray(items)) return unknown('it does not list its commands');
  const ids: string[] = [];
  for (const { id, timestamp, timeout } of items as Record<string, unknown>[]) {
    const began = Date.parse(String(timestamp));
    if (typeof id !== 'string' || typeof timeout !== 'number' || !(began <= now + CLOCKS_APART_MS)) {
      return unknown('it lists a command without a time, or with one to come');
    }
    if (began + timeout * 1000 + CLOCKS_APART_MS > now) ids.push(id);
  }
  return { ids, ...(typeof next === 'string' && { next }) };
}

/** What the last output of a command means: the server writes one with an exit code when a command has ended. */
export function fromOutput(page: unknown): Verdict | undefined {
  const { items } = (page ?? {}) as { items?: unknown };
  if (!Array.isArray(items)) return unknown('it does not list the output of a command');
  const [last] = items as { exit_code?: unknown }[];
  return typeof last?.exit_code === 'number' ? undefined : keep('a command runs in it');
}

/** Clock ticks that all processes have used, from lines of `/proc/PID/stat`; their children that ended included. */
function ticksOf(stats: string): number {
  const fields = stats.split('\n').map((line) => line.slice(line.lastIndexOf(')') + 2).split(' '));
  return fields.reduce((sum, it) => sum + it.slice(11, 15).reduce((ticks, text) => ticks + Number(text), 0), 0);
}

/** A quarter of a core, in the ticks of one second: far more than a sandbox in which nothing happens. */
const BUSY_TICKS = 25;

/** The command that looks for what the API does not know of: who has the editor open, and what computes in the background. */
export const look = (editorPort: number): string => {
  const port = editorPort.toString(16).toUpperCase().padStart(4, '0');
  const open = `grep -hcE ':${port} [0-9A-F]+:[0-9A-F]+ 01 ' /proc/net/tcp /proc/net/tcp6`;
  return `s() { cat /proc/[0-9]*/stat 2>/dev/null; echo =; }; s; sleep 1; s; ${open} 2>/dev/null; true`;
};

/** What the command {@link look} printed means. */
export function fromLook(result: unknown): Verdict | undefined {
  const { exit_code: exitCode, stdout } = (result ?? {}) as { exit_code?: unknown; stdout?: unknown };
  const [before, after, open] = exitCode === 0 && typeof stdout === 'string' ? stdout.split('=\n') : [];
  const connections = (open ?? '').trim().split('\n');
  const used = ticksOf(after ?? '') - ticksOf(before ?? '');
  if (!before || !after || !Number.isFinite(used) || !connections.every((it) => /^\d+$/.test(it))) {
    return unknown('it does not show what runs in it');
  }
  if (connections.some((it) => it !== '0')) return keep('somebody has its editor open');
  return used >= BUSY_TICKS ? keep('something computes in it') : undefined;
}
