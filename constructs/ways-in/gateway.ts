import type { IGateway } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { IngressConfig } from '../../config/schema/ingress';
import { labels } from '../labels';

export interface SandboxGatewayProps {
  readonly namespace: string;
  readonly gateway: IngressConfig['gateway'];
  /** The sandboxes' hosts are below it. */
  readonly domain: string;
  /** Secret with the certificate. @default plain HTTP */
  readonly tlsSecret?: string;
}

/** A Gateway for the sandboxes' routes alone: none of another namespace can hang on it. */
export class SandboxGateway extends Construct {
  constructor(scope: Construct, id: string, { namespace, gateway, domain, tlsSecret }: SandboxGatewayProps) {
    super(scope, id);
    const own = { hostname: `*.${domain}`, allowedRoutes: { namespaces: { from: 'Same' as const } } };
    const tls = tlsSecret === undefined ? [] : [{ mode: 'Terminate' as const, certificateRefs: [{ name: tlsSecret }] }];
    new ApiObject(this, 'gateway', {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata: { name: gateway.name, namespace, labels: labels({ component: 'gateway' }) },
      spec: {
        gatewayClassName: gateway.class_name!,
        listeners: [
          { name: gateway.http_listener, protocol: 'HTTP', port: gateway.http_port, ...own },
          ...tls.map((it) => ({
            name: gateway.https_listener,
            protocol: 'HTTPS',
            port: gateway.https_port,
            tls: it,
            ...own,
          })),
        ],
      } satisfies IGateway['spec'],
    });
  }
}
