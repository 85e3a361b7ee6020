import { carriedTables, CoreConfig } from '../../../config/schema/core';
import { load, refusals } from '../config-file';

test('the fields that reach the Pod default as in OpenHands', () => {
  expect(CoreConfig.parse({})).toEqual({
    debug: false,
    enable_browser: true,
    run_as_openhands: true,
    workspace_mount_path_in_sandbox: '/workspace',
  });
});

test.each([
  ['debug', '"yes"', 'true or false'],
  ['enable_browser', '1', 'true or false'],
  ['run_as_openhands', '[]', 'true or false'],
  ['workspace_mount_path_in_sandbox', '"workspace"', 'an absolute path'],
])('%s = %s is refused', (field, value, expected) => {
  expect(refusals(`[core]\n${field} = ${value}`)).toEqual([
    expect.stringContaining(`config.toml:2: core.${field}: must be ${expected}`),
  ]);
});

test('an unknown key of [core] is refused with the nearest known one', () => {
  expect(refusals('[core]\nmax_iteration = 5')).toEqual([
    'config.toml:2: core.max_iteration: unknown key, did you mean max_iterations?',
  ]);
});

test.each(Object.keys(carriedTables))('[%s] is carried unchanged', (table) => {
  const { profile } = load(`[${table}]\nany = 1\n[${table}.group]\nkeys = ["x", { y = true }]`);
  expect(profile.openhands[table]).toEqual({ any: 1, group: { keys: ['x', { y: true }] } });
});

test.each(Object.keys(carriedTables))('%s must be a table', (table) => {
  expect(refusals(`${table} = "x"`)).toEqual([`config.toml:1: ${table}: must be a table, got "x"`]);
});

test('numbers that only JSON does not know are carried too', () => {
  expect(load('[core]\nmax_budget_per_task = inf').profile.core.max_budget_per_task).toBe(Infinity);
});

/** As OpenHands's config.template.toml is written. */
const TEMPLATE = `
#################################### Core ####################################
[core]
# Base path for the workspace
workspace_base = "./workspace"
cache_dir = "/tmp/cache"
debug = false
save_trajectory_path="./trajectories"
replay_trajectory_path = ""
file_store = "memory"
file_uploads_max_file_size_mb = 0
max_budget_per_task = 0.0
max_iterations = 500
run_as_openhands = true
runtime = "docker"
default_agent = "CodeActAgent"
jwt_secret = ""
file_uploads_allowed_extensions = [".*"]
conversation_max_age_seconds = 864000  # 10 days

[llm]
api_key = ""
model = "gpt-4o"
input_cost_per_token = 0.0
max_input_tokens = 0
custom_tokenizer = ""
temperature = 0.0
safety_settings = [
  { "category" = "hate", "threshold" = "low" },
  { "category" = "sexual", "threshold" = "low" }
]

[llm.draft_editor]
correct_num = 5

[llm.gpt4o-mini]
api_key = ""
model = "gpt-4o"

[agent]
enable_browsing = true
llm_config = 'your-llm-config-group'
disabled_microagents = []

[agent.RepoExplorerAgent]
llm_config = 'gpt3'

[agent.CustomAgent]
classpath = "my_package.my_module.MyCustomAgent"

[sandbox]
timeout = 120
user_id = 1000
base_container_image = "nikolaik/python-nodejs:python3.12-nodejs22"
runtime_extra_build_args = ["--network=host", "--add-host=host.docker.internal:host-gateway"]
runtime_startup_env_vars = {}
platform = ""
runtime_container_image = ""
close_delay = 300
cuda_visible_devices = ''
docker_runtime_kwargs = {}
vscode_port = 41234

[security]
confirmation_mode = false
security_analyzer = "llm"

[condenser]
type = "noop"

[kubernetes]
namespace = "default"
pvc_storage_class = "standard"
tolerations_yaml = ""

[mcp]
sse_servers = ["http://localhost:8080/mcp/sse"]
stdio_servers = [
    {name = "fetch", command = "uvx", args = ["mcp-server-fetch"], env = {DEBUG = "true"}}
]

[model_routing]
router_name = "noop_router"
`;

test("a config in the style of OpenHands's template loads as it is", () => {
  const { profile } = load(TEMPLATE);
  expect(profile.sandbox.vscode_port).toBe(41234);
  expect(profile.openhands.llm).toMatchObject({ draft_editor: { correct_num: 5 }, 'gpt4o-mini': { model: 'gpt-4o' } });
});
