import { z } from 'zod';
import { orNone, SecretReference } from './values';

const BASE_URL = 'an http or https address, such as https://api.example.com/v1';

/** The part of OpenHands's `[llm]` that becomes the LLM of an agent-server; the OpenHands app reads all of it. */
export const LlmConfig = z.object({
  /** The model, as LiteLLM names it: `anthropic/claude-sonnet-4-5`, `openai/<name>` for a server of OpenAI's API. */
  model: z.string({ error: 'the name of a model' }).min(1, { error: 'the name of a model' }),
  /** Where the model is asked; absent: where LiteLLM knows it to be. */
  base_url: orNone(z.url({ protocol: /^https?$/, error: BASE_URL })),
  /** The key that the model asks for; absent: none. */
  api_key: orNone(SecretReference),
});
export type LlmConfig = z.infer<typeof LlmConfig>;

/** The fields of it that reach the agent-server. */
export const LLM_FIELDS = Object.keys(LlmConfig.shape);
