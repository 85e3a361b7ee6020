import { cpuLimitOf, memoryLimitOf } from '../../config/schema/profile';
import { amount, times } from '../../config/schema/values';
import { k8s } from '../k8s';
import { formatAmount } from '../namespace/amounts';
import { isOpenHands062, type SandboxTables } from './program';

const quantities = (texts: Record<string, string | undefined>) =>
  Object.fromEntries(
    Object.entries(texts)
      .filter((entry): entry is [string, string] => entry[1] !== undefined)
      .map(([resource, text]) => [resource, k8s.Quantity.fromString(text)]),
  );

/** The resource of NVIDIA's GPUs, and the taint of their nodes. */
export const GPU = 'nvidia.com/gpu';

/** Number of GPUs: as many as are named, else one. */
const gpus = ({ enable_gpu, cuda_visible_devices }: SandboxTables['sandbox']) =>
  enable_gpu ? String(cuda_visible_devices?.split(',').length ?? 1) : undefined;

/** What a sandbox asks for and may use, OpenHands's factor applied. */
export function sandboxResources(tables: SandboxTables): k8s.ResourceRequirements {
  const { kubernetes, sandbox, deploy } = tables;
  const scaled = (text: string | undefined) => text && times(text, sandbox.remote_runtime_resource_factor);
  const disk = isOpenHands062(tables) ? undefined : deploy.resources;
  return {
    requests: quantities({
      cpu: scaled(kubernetes.resource_cpu_request),
      memory: scaled(kubernetes.resource_memory_request),
      'ephemeral-storage': disk?.ephemeral_storage_request,
    }),
    limits: quantities({
      cpu: scaled(cpuLimitOf(tables)),
      memory: scaled(memoryLimitOf(tables)),
      'ephemeral-storage': disk?.ephemeral_storage_limit,
      [GPU]: gpus(sandbox),
    }),
  };
}

/** What the developer's box asks for and may use. */
export const devboxResources = (): k8s.ResourceRequirements => ({
  requests: quantities({ cpu: '10m', memory: '64Mi', 'ephemeral-storage': '64Mi' }),
  limits: quantities({ memory: '1Gi', 'ephemeral-storage': '2Gi' }),
});

/** What each of the exporter's containers asks for and may use. Its log grows to 50 MiB before the kubelet cuts it. */
export const exporterResources = (): k8s.ResourceRequirements => ({
  requests: quantities({ cpu: '10m', memory: '32Mi', 'ephemeral-storage': '16Mi' }),
  limits: quantities({ cpu: '500m', memory: '128Mi', 'ephemeral-storage': '256Mi' }),
});

/** What an egress proxy asks for and may use: it keeps no answers, and has a bounded number of connections. */
export const egressProxyResources = (): k8s.ResourceRequirements => ({
  requests: quantities({ cpu: '50m', memory: '128Mi', 'ephemeral-storage': '64Mi' }),
  limits: quantities({ cpu: '1', memory: '512Mi', 'ephemeral-storage': '256Mi' }),
});

/** What a Canvas asks for and may use. Its log grows to 50 MiB before the kubelet cuts it. */
export const canvasResources = (): k8s.ResourceRequirements => ({
  requests: quantities({ cpu: '20m', memory: '64Mi', 'ephemeral-storage': '16Mi' }),
  limits: quantities({ cpu: '1', memory: '256Mi', 'ephemeral-storage': '256Mi' }),
});

/** What a sign-in asks for and may use. Its log grows to 50 MiB before the kubelet cuts it. */
export const signInResources = (): k8s.ResourceRequirements => ({
  requests: quantities({ cpu: '10m', memory: '32Mi', 'ephemeral-storage': '16Mi' }),
  limits: quantities({ cpu: '500m', memory: '128Mi', 'ephemeral-storage': '256Mi' }),
});

/** What a node's collector of logs asks for and may use. What it has read waits on a volume, not in memory. */
export const collectorResources = (): k8s.ResourceRequirements => ({
  requests: quantities({ cpu: '50m', memory: '128Mi', 'ephemeral-storage': '64Mi' }),
  limits: quantities({ cpu: '1', memory: '512Mi', 'ephemeral-storage': '256Mi' }),
});

/** The same of one that reads a single sandbox, and keeps its queue, and room to pack it in, in the Pod. */
export const sidecarResources = (queueSize: string): k8s.ResourceRequirements => ({
  requests: quantities({ cpu: '10m', memory: '64Mi', 'ephemeral-storage': '64Mi' }),
  limits: quantities({
    cpu: '500m',
    memory: '256Mi',
    'ephemeral-storage': formatAmount('ephemeral-storage', 2 * amount(queueSize) + 2 ** 28),
  }),
});

/** What a run of the descheduler asks for and may use. It holds every Pod of the cluster in memory. */
export const deschedulerResources = (): k8s.ResourceRequirements => ({
  requests: quantities({ cpu: '50m', memory: '64Mi', 'ephemeral-storage': '16Mi' }),
  limits: quantities({ cpu: '500m', memory: '512Mi', 'ephemeral-storage': '64Mi' }),
});

/** What a container asks for and may use that does nothing. */
export const pauseResources = (): k8s.ResourceRequirements => ({
  requests: quantities({ cpu: '1m', memory: '8Mi', 'ephemeral-storage': '1Mi' }),
  limits: quantities({ memory: '16Mi', 'ephemeral-storage': '16Mi' }),
});

/** What a round of the idle suspender asks for and may use. It holds every sandbox of one namespace in memory. */
export const idleSuspenderResources = (): k8s.ResourceRequirements => ({
  requests: quantities({ cpu: '50m', memory: '96Mi', 'ephemeral-storage': '16Mi' }),
  limits: quantities({ cpu: '1', memory: '256Mi', 'ephemeral-storage': '64Mi' }),
});
