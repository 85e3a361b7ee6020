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
  /** Folder of the OpenHands app's cache. */
  cache_dir: carried,
  /** Take several lines as one input, in the command line client. */
  cli_multiline_input: carried,
  /** Time that the app waits for a browser to connect, seconds. */
  client_wait_timeout: carried,
  /** Age at which a conversation is closed, seconds. */
  conversation_max_age_seconds: carried,
  /** Name of the agent that works unless another is chosen. */
  default_agent: carried,
  /** No colours in the terminal. */
  disable_color: carried,
  /** Condense a long history by a model, where `[condenser]` is absent. */
  enable_default_condenser: carried,
  /** Where conversations are kept: local, memory, s3 or google_cloud. */
  file_store: carried,
  /** Folder or bucket of `file_store`. */
  file_store_path: carried,
  /** Send several changes of files in one request. */
  file_store_web_hook_batch: carried,
  /** Headers of the requests to `file_store_web_hook_url`. */
  file_store_web_hook_headers: carried,
  /** URL that is told of every change of a file. */
  file_store_web_hook_url: carried,
  /** Extensions of files that may be uploaded, such as `.txt`; `.*`: any. */
  file_uploads_allowed_extensions: carried,
  /** Largest file that may be uploaded, megabytes; 0: any. */
  file_uploads_max_file_size_mb: carried,
  /** Take only files of `file_uploads_allowed_extensions`. */
  file_uploads_restrict_file_types: carried,
  /** E-mail address of the agent's commits. */
  git_user_email: carried,
  /** Name of the agent's commits. */
  git_user_name: carried,
  /** Make a git repository in a workspace that is empty. */
  init_git_in_empty_workspace: carried,
  /** Key that signs the app's tokens: only as a reference. */
  jwt_secret: carried,
  /** Most that a task's model may cost, US dollars. */
  max_budget_per_task: carried,
  /** Conversations that one user may run at once. */
  max_concurrent_conversations: carried,
  /** Steps after which an agent stops. */
  max_iterations: carried,
  /** Host and port of the app's own MCP server. */
  mcp_host: carried,
  /** File of a trajectory to play again. */
  replay_trajectory_path: carried,
  /** Kind of the sandboxes that the app makes: kubernetes, docker, remote, local. */
  runtime: carried,
  /** Keep the browser's pictures in a trajectory. */
  save_screenshots_in_trajectory: carried,
  /** File or folder that trajectories are written to. */
  save_trajectory_path: carried,
  /** Key of the search engine Tavily: only as a reference. */
  search_api_key: carried,
  /** Folder of the workspace on the host of the app. Means nothing on Kubernetes. */
  workspace_base: carried,
  /** Folder of the host that is mounted as the workspace. Means nothing on Kubernetes. */
  workspace_mount_path: carried,
  /** Rewrites `workspace_mount_path`, `from:to`. Means nothing on Kubernetes. */
  workspace_mount_rewrite: carried,
});
export type CoreConfig = z.infer<typeof CoreConfig>;

const CarriedTable = z.record(z.string(), z.unknown(), { error: 'a table' }).optional();

/** The tables that only the OpenHands app reads: carried into its config.toml unchanged. */
export const carriedTables = {
  /** Agents, a table `[agent.NAME]` each. */
  agent: CarriedTable,
  /** The command line client. */
  cli: CarriedTable,
  /** How a long history is condensed. */
  condenser: CarriedTable,
  /** Settings of extensions. */
  extended: CarriedTable,
  /** Models, a table `[llm.NAME]` each; keys only as references. */
  llm: CarriedTable,
  /** Servers of the Model Context Protocol; keys only as references. */
  mcp: CarriedTable,
  /** Which model answers what. */
  model_routing: CarriedTable,
  /** When an action of the agent is to be confirmed. */
  security: CarriedTable,
};
