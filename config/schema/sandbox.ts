import * as z from 'zod';
import { DockerRuntimeKwargs } from './docker-runtime-kwargs';
import { EnvVarName, ImageReference, orNone, Port, Seconds, SecretReference } from './values';
import { parseVolumes } from './volumes';

/** What OpenHands starts its own image builds from. It holds no OpenHands program. */
export const DEFAULT_BASE_CONTAINER_IMAGE = 'nikolaik/python-nodejs:python3.12-nodejs22';

/** The API server takes no larger one. */
const USER_ID = 'a user id (0 to 2147483647)';

const Volumes = z.string().superRefine((text, context) => {
  for (const problem of parseVolumes(text).problems) context.addIssue({ code: 'custom', message: problem });
});

/** `[sandbox]`: the 34 fields of OpenHands's SandboxConfig (0.62), with its defaults. */
export const SandboxConfig = z.strictObject({
  /** Only the OpenHands app reads it. */
  remote_runtime_api_url: orNone(z.string()).default('http://localhost:8000'),
  /** Only the OpenHands app reads it. */
  local_runtime_url: z.string().default('http://localhost'),
  /** Recovery never removes an idle or finished sandbox. */
  keep_runtime_alive: z.boolean().default(false),
  /** A `Sandbox` is suspended, not deleted, when its session is closed. */
  pause_closed_runtimes: z.boolean().default(true),
  /** Means nothing on Kubernetes: Docker's containers. */
  rm_all_containers: z.boolean().default(false),
  /** Key of the remote runtime's API: only as a reference. Only the OpenHands app reads it. */
  api_key: orNone(SecretReference),
  /** Image when `runtime_container_image` is absent or empty. */
  base_container_image: orNone(ImageReference).transform((image) => image ?? DEFAULT_BASE_CONTAINER_IMAGE),
  /** Image of the sandbox. */
  runtime_container_image: orNone(ImageReference),
  /** User and group of the sandbox's processes, where the Pod Security Standard asks for one; 0 and absent: the image's. */
  user_id: z.int({ error: USER_ID }).min(0, { error: USER_ID }).max(2_147_483_647, { error: USER_ID }).optional(),
  /** Time that one action may take, seconds. */
  timeout: Seconds(1).default(120),
  /** Time that a sandbox may take to start, seconds. */
  remote_runtime_init_timeout: Seconds(1).default(180),
  /** Only the OpenHands app reads it, seconds. */
  remote_runtime_api_timeout: Seconds(1).default(180),
  /** Only the OpenHands app reads it. */
  remote_runtime_enable_retries: z.boolean().default(true),
  /** RuntimeClass: `sysbox` is `sysbox-runc`, `gvisor` is `gvisor`. */
  remote_runtime_class: orNone(z.enum(['none', 'sysbox', 'gvisor'])),
  /** Lint files after an edit: env ENABLE_AUTO_LINT. */
  enable_auto_lint: z.boolean().default(false),
  /** Share the node's network. */
  use_host_network: z.boolean().default(false),
  /** Further networks, by the names of Multus's NetworkAttachmentDefinitions. */
  additional_networks: z.array(z.string().min(1)).default([]),
  /** Means nothing on Kubernetes: Docker's port binding. */
  runtime_binding_address: z.string().default('0.0.0.0'),
  /** Means nothing on Kubernetes: arguments of an image build. */
  runtime_extra_build_args: z.array(z.string()).default([]),
  /** Start the program's plugins: agent_skills, jupyter, vscode. */
  initialize_plugins: z.boolean().default(true),
  /** Pull the image at every start. */
  force_rebuild_runtime: z.boolean().default(false),
  /** Means nothing on Kubernetes: part of an image build. */
  runtime_extra_deps: orNone(z.string()),
  /** Environment of the sandbox, after the program's own, in order. */
  runtime_startup_env_vars: z
    .record(
      EnvVarName,
      z.union([z.string(), SecretReference], { error: 'a string, or { secret = "name", key = "entry" }' }),
    )
    .default({}),
  /** BrowserGym environment, split at spaces. */
  browsergym_eval_env: orNone(z.string()),
  /** Nodes by operating system and architecture, such as `linux/arm64`. */
  platform: orNone(
    z.string().regex(/^linux\/(amd64|arm64|arm|386|ppc64le|s390x|riscv64)(\/v\d)?$/, {
      error: 'a platform such as linux/arm64',
    }),
  ),
  /** Time after which a sandbox without work is idle, seconds; 0: never. */
  close_delay: Seconds(0).default(3600),
  /** Multiplies requests and limits of CPU and memory. */
  remote_runtime_resource_factor: z.literal([1, 2, 4, 8]).default(1),
  /** Ask for GPUs of NVIDIA. */
  enable_gpu: z.boolean().default(false),
  /** Arguments of Docker, as far as a Pod knows them. */
  docker_runtime_kwargs: DockerRuntimeKwargs.prefault({}),
  /** Only the OpenHands app reads it. */
  selected_repo: orNone(z.string()),
  /** Only the OpenHands app reads it. */
  trusted_dirs: z.array(z.string()).default([]),
  /** The editor's port; absent: the program's own. */
  vscode_port: Port.optional(),
  /** Volumes to mount, `source:mountPath[:mode]`, separated by commas. */
  volumes: orNone(Volumes),
  /** GPUs, separated by commas. Kubernetes gives as many, but not those. */
  cuda_visible_devices: orNone(z.string().regex(/^[^,\s]+(,[^,\s]+)*$/, { error: 'GPUs such as "0,1"' })),
});
export type SandboxConfig = z.infer<typeof SandboxConfig>;
