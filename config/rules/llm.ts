import { LLM_FIELDS, LlmConfig } from '../schema/llm';
import type { ProfileTables } from '../schema/profile';
import { showValue } from '../refusal';
import { broken, type BrokenRule } from './rule';

/** `[llm]` of an agent-server becomes its LLM, so it must be one. The action execution server has none. */
export function* llm({ llm: table, deploy }: ProfileTables): Generator<BrokenRule> {
  if (deploy.contract !== 'agent-server' || !LLM_FIELDS.some((field) => table?.[field] !== undefined)) return;
  const parsed = LlmConfig.safeParse(table);
  for (const { path, message } of parsed.error?.issues ?? []) {
    const [field] = path as [string];
    const got = table![field];
    const what =
      field === 'api_key' ? '{ secret = "name", key = "entry" }, the name and the entry of a Secret' : message;
    yield broken(['llm', field], `must be ${what}, got ${showValue(got, ['llm', field])}`, ['deploy', 'contract']);
  }
}
