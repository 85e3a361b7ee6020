import * as z from 'zod';
import { AbsolutePath } from './values';

const carried = z.unknown().optional();

/** `[core]`: five fields reach the Pod, the other keys of OpenHands 0.62 go into the server's config.toml unchanged. */
export const CoreConfig = z.strictObject({
  /** Verbose logs: env DEBUG=true. */
  debug: z.boolean().default(false),
  /** The sandbox has a browser. */
  enable_browser: z.boolean().default(true),
  /** The 0.62 command ends in `--user-id 1000`, otherwise in 0. */
  run_as_openhands: z.boolean().default(true),
  /** Where the workspace is mounted. */
  workspace_mount_path_in_sandbox: AbsolutePath.default('/workspace'),
  cache_dir: carried,
  cli_multiline_input: carried,
  client_wait_timeout: carried,
  conversation_max_age_seconds: carried,
  default_agent: carried,
  disable_color: carried,
  enable_default_condenser: carried,
  file_store: carried,
  file_store_path: carried,
  file_store_web_hook_batch: carried,
  file_store_web_hook_headers: carried,
  file_store_web_hook_url: carried,
  file_uploads_allowed_extensions: carried,
  file_uploads_max_file_size_mb: carried,
  file_uploads_restrict_file_types: carried,
  git_user_email: carried,
  git_user_name: carried,
  init_git_in_empty_workspace: carried,
  jwt_secret: carried,
  max_budget_per_task: carried,
  max_concurrent_conversations: carried,
  max_iterations: carried,
  mcp_host: carried,
  replay_trajectory_path: carried,
  runtime: carried,
  save_screenshots_in_trajectory: carried,
  save_trajectory_path: carried,
  search_api_key: carried,
  workspace_base: carried,
  workspace_mount_path: carried,
  workspace_mount_rewrite: carried,
});
export type CoreConfig = z.infer<typeof CoreConfig>;

const CarriedTable = z.record(z.string(), z.unknown(), { error: 'a table' }).optional();

/** The tables that only the OpenHands app reads: carried into its config.toml unchanged. */
export const carriedTables = {
  agent: CarriedTable,
  cli: CarriedTable,
  condenser: CarriedTable,
  extended: CarriedTable,
  llm: CarriedTable,
  mcp: CarriedTable,
  model_routing: CarriedTable,
  security: CarriedTable,
};
