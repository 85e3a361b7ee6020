/** Amounts of resources as numbers: cores, bytes, pieces. */
import { amount } from '../../config/schema/values';
import type { k8s } from '../k8s';

export type Amounts = Readonly<Record<string, number>>;

/** Quantities of a Pod spec as numbers. */
export const amountsOf = (quantities: Readonly<Record<string, k8s.Quantity>> = {}): Amounts =>
  Object.fromEntries(Object.entries(quantities).map(([resource, { value }]) => [resource, amount(String(value))]));

/** So many of each, together. */
export function sumOf(parts: readonly { readonly count: number; readonly amounts: Amounts }[]): Amounts {
  const sum: Record<string, number> = {};
  for (const { count, amounts } of parts) {
    for (const [resource, value] of Object.entries(amounts)) sum[resource] = (sum[resource] ?? 0) + count * value;
  }
  return sum;
}

const BINARY = ['Ei', 'Pi', 'Ti', 'Gi', 'Mi', 'Ki'] as const;

/** A number as a person would write it: whole cores or thousandths, bytes in the largest unit that fits exactly. */
export function formatAmount(resource: string, value: number): string {
  // To a millionth first: 3 × 0.1 cores are a little more than 300m as a floating-point number.
  if (resource === 'cpu')
    return Number.isInteger(value) ? String(value) : `${Math.ceil(Math.round(value * 1e6) / 1e3)}m`;
  const bytes = Math.ceil(value);
  const unit = BINARY.findIndex((_, index) => bytes !== 0 && bytes % 1024 ** (BINARY.length - index) === 0);
  return unit === -1 ? String(bytes) : `${bytes / 1024 ** (BINARY.length - unit)}${BINARY[unit]}`;
}
