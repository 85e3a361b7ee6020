import { COLLECTOR, EXPORTER } from '../../constructs/labels';
import type { Manifest } from '../../constructs/policy/objects';

/**
 * Programs that see nothing of what people and agents do: their words can be shown. Others, a sandbox, its page and its way
 * out, write down what was typed, asked and visited.
 */
const OWN_AFFAIRS = [COLLECTOR, EXPORTER, 'openhands-descheduler'];

export const isShown = ({ metadata }: Manifest): boolean =>
  metadata.labels?.app === undefined && OWN_AFFAIRS.includes(metadata.labels?.['app.kubernetes.io/name']);

/** A field that says nothing but where and how a line was written. */
const STRUCTURE: Readonly<Record<string, RegExp>> = {
  asctime: /^[\d\-:., TZ+]{8,40}$/,
  levelname: /^[A-Z]{3,8}$/,
  name: /^(openhands|uvicorn|fastapi|starlette|litellm|LiteLLM|httpx|asyncio|mcp|alembic|sqlalchemy|root|egress)(\.[a-z_]{1,40}){0,8}$/,
  filename: /^[a-z_]{1,40}\.py$/,
  lineno: /^\d{1,6}$/,
  'http.method': /^[A-Z]{3,7}$/,
  'http.status_code': /^\d{3}$/,
};

/** A place in a stack trace, of Python and of Node, by its file's name alone; and the class of what was thrown. */
const FRAMES = [
  /^\s*File "(?:[^"]*\/)?([a-z\d_]{1,40}\.py)", line (\d{1,6})\b/,
  /^\s+at .*?([a-z-]{1,40}\.[cm]?js):(\d{1,6}):\d+\)?$/,
  /^((?:[A-Za-z_]{1,40}\.){0,6}[A-Z][A-Za-z]{1,40}(?:Error|Exception|Timeout|TimedOut|Interrupt|Exit))(?::|$)/,
  /^(Traceback) \(most recent call last\):$/,
];

const frameOf = (line: string): string | undefined => {
  for (const pattern of FRAMES) {
    const [, first, second] = pattern.exec(line) ?? [];
    if (first !== undefined) return second === undefined ? `  ${first}` : `  ${first}:${second}`;
  }
  return undefined;
};

const framesOf = (text: string): string[] => text.split('\n').flatMap((line) => frameOf(line) ?? []);

function recordOf(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** What can be told of one line; nothing, if it is only words. */
function skeletonOf(line: string): string[] {
  const record = recordOf(line);
  if (record === undefined) return [frameOf(line) ?? []].flat();
  const fields = Object.entries(STRUCTURE).flatMap(([key, form]) => {
    const value = record[key];
    return (typeof value === 'string' || typeof value === 'number') && form.test(`${value}`) ? [`${value}`] : [];
  });
  const trace = typeof record.exc_info === 'string' ? framesOf(record.exc_info) : [];
  return fields.length > 0 ? [fields.join(' '), ...trace] : [];
}

export interface Skeleton {
  readonly text: string;
  /** How many lines were only words. */
  readonly dropped: number;
}

/** A log without anybody's words: when, how bad, which logger, which line of the source, which exception. */
export function skeleton(log: string): Skeleton {
  const lines = log.split('\n').filter((line) => line.trim() !== '');
  const told = lines.map(skeletonOf);
  return { text: told.flat().join('\n'), dropped: told.filter((it) => it.length === 0).length };
}
