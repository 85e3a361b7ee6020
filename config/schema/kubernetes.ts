import * as z from 'zod';
import { parseTolerations } from './tolerations';
import { ByteQuantity, CpuQuantity, DnsLabel, DnsSubdomain, LabelKey, LabelValue, orNone } from './values';

const Tolerations = z.string().superRefine((text, context) => {
  for (const problem of parseTolerations(text).problems) {
    context.addIssue({ code: 'custom', message: problem });
  }
});

/** `[kubernetes]`: the 13 fields of OpenHands's KubernetesConfig (0.62), with its defaults. */
export const KubernetesConfig = z.strictObject({
  /** Namespace of every sandbox object; one that is not `default` is created. */
  namespace: DnsLabel.default('default'),
  /** A session's editor is at `<session>.<ingress_domain>`. */
  ingress_domain: DnsSubdomain.default('localhost'),
  /** Size of a session's workspace, bytes. */
  pvc_storage_size: ByteQuantity.default('2Gi'),
  /** StorageClass of a workspace; absent: the cluster's default. */
  pvc_storage_class: orNone(DnsSubdomain),
  /** Cores that a sandbox asks for. */
  resource_cpu_request: CpuQuantity.default('1'),
  /** Memory that a sandbox asks for, bytes; not above the limit. */
  resource_memory_request: ByteQuantity.default('1Gi'),
  /** Memory at which a sandbox is killed, bytes. */
  resource_memory_limit: ByteQuantity.default('2Gi'),
  /** Name of the Secret that pulls the image. */
  image_pull_secret: orNone(DnsSubdomain),
  /** Name of the Secret with the Ingress's certificate; makes the editor's address https. */
  ingress_tls_secret: orNone(DnsSubdomain),
  /** Label of the nodes that may run sandboxes; key and value, or neither. */
  node_selector_key: orNone(LabelKey),
  /** Value of that label. */
  node_selector_val: orNone(LabelValue),
  /** Tolerations as a YAML list, keys in snake_case or camelCase. */
  tolerations_yaml: orNone(Tolerations),
  /** Run the container privileged, for Docker in Docker. */
  privileged: z.boolean().default(false),
});
export type KubernetesConfig = z.infer<typeof KubernetesConfig>;

/** Whether a profile makes the sandboxes' namespace, or shares one that was there before and has other Pods in it. */
export const isOwnNamespace = (namespace: string): boolean => namespace !== 'default';
