import { UsageError } from './usage-error';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/**
 * A duration in ms, from Kubernetes's notation: `90s`, `5m`, `1m30s`.
 *
 * @throws UsageError naming the option
 */
export function parseDuration(option: string, text: string): number {
  if (!/^(\d+(ms|s|m|h))+$/.test(text)) {
    throw new UsageError(`--${option}: expected a duration such as 90s or 5m, got ${JSON.stringify(text)}`);
  }
  return [...text.matchAll(/(\d+)(ms|s|m|h)/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * UNITS[unit!]!,
    0,
  );
}

/** A time in ms as a person says it: `0.4 s`, `12 s`, `2 min 5 s`. */
export function showDuration(ms: number): string {
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** A time in ms as kubectl tells an age, in the largest unit of which there are two: `90s`, `45m`, `30h`, `12d`. */
export function showAge(ms: number): string {
  const [unit, size] = Object.entries({ d: 86_400_000, h: 3_600_000, m: 60_000 }).find(([, it]) => ms >= 2 * it) ?? [
    's',
    1_000,
  ];
  return `${Math.floor(Math.max(0, ms) / size)}${unit}`;
}
