import * as z from 'zod';
import { isTable } from '../tables';
import { DnsLabel } from './values';

const JSON_VALUE = 'a value of JSON: a text, a finite number, true, false, a list or a table';

function isJson(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isJson);
  if (isTable(value)) return Object.values(value).every(isJson);
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}

const JsonValue = z.unknown().refine(isJson, { error: JSON_VALUE });

const POINTER = 'a JSON pointer such as /spec/replicas, in which ~1 is a / and ~0 is a ~';

/** Where in an object, never the whole of it. https://www.rfc-editor.org/rfc/rfc6901 */
const JsonPointer = z
  .string({ error: POINTER })
  .regex(/^(?!.*\/(__proto__|constructor|prototype)(\/|$))(\/([^~/]|~[01])*)+$/, { error: POINTER });

/** What an object is found by. */
const TargetConfig = z.strictObject({
  /** Kind, such as Deployment. */
  kind: z.string(),
  /** Name; * stands for any text, | between several. */
  name: z.string(),
  /** Namespace; absent: any, and none. */
  namespace: DnsLabel.optional(),
});

/** One step of a JSON Patch. */
const OperationConfig = z.strictObject({
  /** What to do. `test` changes nothing: it refuses the patch when the value is another. */
  op: z.enum(['add', 'remove', 'replace', 'move', 'copy', 'test']),
  /** Where, as a JSON pointer: `/spec/template/spec/containers/0/args/-` is the end of a list. */
  path: JsonPointer,
  /** Where from: of move and copy. */
  from: JsonPointer.optional(),
  /** The value: of add, replace and test. */
  value: JsonValue.optional(),
});

/** A change of rendered objects, before the policy looks at them. It cannot change what an object is called. */
export const PatchConfig = z.strictObject({
  /** The objects. */
  target: TargetConfig,
  /** JSON Patch (RFC 6902): steps, one after the other. Instead of `merge`. */
  patch: z.array(OperationConfig).min(1, { error: 'at least one operation' }).optional(),
  /** JSON Merge Patch (RFC 7386): tables merge, all else replaces. It takes nothing away, as TOML has no null. */
  merge: z.record(z.string(), JsonValue, { error: 'a table' }).optional(),
  /** Rules of the policy that the patched objects may break, each with the reason. */
  exempt: z.record(z.string(), z.string().trim().min(1, { error: 'a reason' })).default({}),
});
export type PatchConfig = z.infer<typeof PatchConfig>;
export type PatchTarget = PatchConfig['target'];
export type PatchOperation = NonNullable<PatchConfig['patch']>[number];
