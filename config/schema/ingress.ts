import * as z from 'zod';
import { AnnotationKey, DnsLabel, DnsSubdomain, Port } from './values';

/** The Gateway that HTTPRoutes hang on: one that exists, or one made here. */
const GatewayConfig = z.strictObject({
  /** Name of the Gateway. */
  name: DnsSubdomain.default('openhands-runtime'),
  /** Namespace of a Gateway that exists; absent: one is made in the sandbox namespace. */
  namespace: DnsLabel.optional(),
  /** GatewayClass of the one that is made. */
  class_name: DnsSubdomain.optional(),
  /** Name of its listener for HTTP. */
  http_listener: DnsLabel.default('http'),
  /** Name of its listener for HTTPS. */
  https_listener: DnsLabel.default('https'),
  /** Port for HTTP of the one that is made. */
  http_port: Port.default(80),
  /** Port for HTTPS of the one that is made. */
  https_port: Port.default(443),
});

/** `[deploy.ingress]`: the ways in from outside the cluster. */
export const IngressConfig = z.strictObject({
  /** What exposes a session's editor at `<session>.<ingress_domain>`. */
  kind: z.enum(['Ingress', 'HTTPRoute', 'none']).default('Ingress'),
  /** IngressClass that must exist; absent: the cluster's default. */
  class_name: DnsSubdomain.optional(),
  /** Annotations of every Ingress, for its controller. They win over this program's. */
  annotations: z.record(AnnotationKey, z.string()).default({}),
  /** Expose the API too, at `<session>-api.<ingress_domain>`. Needs required session keys. */
  api: z.boolean().default(false),
  /** cert-manager's ClusterIssuer, which then fills `kubernetes.ingress_tls_secret`. */
  cluster_issuer: DnsSubdomain.optional(),
  gateway: GatewayConfig.prefault({}),
});
export type IngressConfig = z.infer<typeof IngressConfig>;
