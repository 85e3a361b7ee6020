import * as z from 'zod';
import { LabelKey, LabelValue } from './values';

/** A toleration as Kubernetes spells it. */
export interface Toleration {
  readonly key?: string;
  readonly operator?: 'Equal' | 'Exists';
  readonly value?: string;
  readonly effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
  /** Seconds that the Pod stays on a node with the taint; only with effect NoExecute. */
  readonly tolerationSeconds?: number;
}

/** YAML turns `value: true` into a boolean; Kubernetes wants the text. */
const Text = z.union([z.string(), z.number(), z.boolean()], { error: 'a text' }).transform(String);

const OPERATOR = z.enum(['Equal', 'Exists']).optional();
const EFFECT = z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']).optional();

const hasKey = (it: Toleration) => Boolean(it.key) || it.operator === 'Exists';
const hasOneMeaning = (it: Toleration) => it.operator !== 'Exists' || !it.value;

const Entry = z
  .strictObject({
    key: Text.pipe(z.literal('').or(LabelKey)).optional(),
    operator: OPERATOR,
    value: Text.pipe(LabelValue).optional(),
    effect: EFFECT,
    tolerationSeconds: z.int().optional(),
  })
  .refine(hasKey, { error: 'a key is needed unless operator is Exists' })
  .refine(hasOneMeaning, { error: 'operator Exists takes no value' })
  .refine((it) => it.tolerationSeconds === undefined || it.effect === 'NoExecute', {
    error: 'tolerationSeconds needs effect NoExecute',
  });

/** A toleration that is a TOML table, its keys as a profile spells keys. */
export const NativeToleration = z
  .strictObject({
    /** Key of the taint; absent with `Exists`: every taint. */
    key: LabelKey.optional(),
    /** Whether the value counts; absent: Equal. */
    operator: OPERATOR,
    /** Value of the taint. */
    value: LabelValue.optional(),
    /** Effect of the taint; absent: every effect. */
    effect: EFFECT,
    /** Seconds that the Pod stays on a node with the taint. */
    toleration_seconds: z.int().optional(),
  })
  .refine(hasKey, { error: 'a toleration with a key, or with operator = "Exists"' })
  .refine(hasOneMeaning, { error: 'a toleration without a value beside operator = "Exists"' })
  .refine((it) => it.toleration_seconds === undefined || it.effect === 'NoExecute', {
    error: 'a toleration with effect = "NoExecute" beside toleration_seconds',
  })
  .transform(({ toleration_seconds, ...toleration }): Toleration => ({
    ...toleration,
    ...(toleration_seconds !== undefined && { tolerationSeconds: toleration_seconds }),
  }));

/** OpenHands's Kubernetes client spells keys in snake_case; `kubectl` and its manuals in camelCase. */
function camelCaseKeys(entry: unknown): unknown {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return entry;
  return Object.fromEntries(
    Object.entries(entry).map(([key, value]) => [key === 'toleration_seconds' ? 'tolerationSeconds' : key, value]),
  );
}

/**
 * Read `tolerations_yaml`. OpenHands drops a bad list with a log line; here every problem is told.
 *
 * @returns the tolerations, and what is wrong with the text: one sentence each, empty if nothing is
 */
export function parseTolerations(text: string): { tolerations: readonly Toleration[]; problems: readonly string[] } {
  // Loaded here: most profiles have no tolerations, and a start should not pay for them.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { parse } = require('yaml') as typeof import('yaml');
  let list: unknown;
  try {
    list = parse(text, { logLevel: 'error' });
  } catch (error) {
    return { tolerations: [], problems: [`a YAML list of tolerations (${(error as Error).message.split('\n')[0]})`] };
  }
  if (!Array.isArray(list)) return { tolerations: [], problems: ['a YAML list of tolerations'] };
  const parsed = z.array(Entry).safeParse(list.map(camelCaseKeys));
  if (parsed.success) return { tolerations: parsed.data, problems: [] };
  const problems = parsed.error.issues.map(
    ({ path: [index, ...key], message }) =>
      `a YAML list of tolerations (number ${Number(index) + 1}: ${[...key, message].join(': ')})`,
  );
  return { tolerations: [], problems };
}
