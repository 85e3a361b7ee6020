import { Construct } from 'constructs';
import type { IngressConfig } from '../../config/schema/ingress';
import { k8s } from '../k8s';

export interface SandboxIngressProps {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Record<string, string>;
  readonly host: string;
  /** Service and port behind it. */
  readonly service: { readonly name: string; readonly port: number };
  /** Secret with the host's certificate. @default plain HTTP */
  readonly tlsSecret?: string;
  /** Time that one request, or a web socket's silence, may take. */
  readonly timeoutSeconds: number;
  readonly ingress: IngressConfig;
}

/** The host's name for external-dns, which reads the second spelling from 0.22 on; OpenHands wrote the first. */
export const externalDns = (host: string) => ({
  'external-dns.alpha.kubernetes.io/hostname': host,
  'external-dns.kubernetes.io/hostname': host,
});

/** What a class of controllers must be told beside the Ingress itself. */
function forController({ ingress, timeoutSeconds, tlsSecret }: SandboxIngressProps): Record<string, string> {
  const className = ingress.class_name ?? '';
  if (className.includes('nginx')) {
    return {
      'nginx.ingress.kubernetes.io/proxy-read-timeout': String(timeoutSeconds),
      'nginx.ingress.kubernetes.io/proxy-send-timeout': String(timeoutSeconds),
    };
  }
  if (className.includes('haproxy')) {
    return { 'haproxy.org/timeout-server': `${timeoutSeconds}s`, 'haproxy.org/timeout-tunnel': `${timeoutSeconds}s` };
  }
  // Traefik has no time limit of its own. It takes the certificate from `tls`, but goes on serving plain HTTP.
  if (className.includes('traefik') && tlsSecret !== undefined) {
    return { 'traefik.ingress.kubernetes.io/router.tls': 'true' };
  }
  return {};
}

/** A way in from outside the cluster. */
export class SandboxIngress extends Construct {
  constructor(scope: Construct, id: string, props: SandboxIngressProps) {
    super(scope, id);
    const { name, namespace, labels, host, service, tlsSecret, ingress } = props;
    new k8s.KubeIngress(this, 'ingress', {
      metadata: {
        name,
        namespace,
        labels,
        annotations: {
          ...externalDns(host),
          ...forController(props),
          ...ingress.annotations,
        },
      },
      spec: {
        ingressClassName: ingress.class_name,
        rules: [
          {
            host,
            http: {
              paths: [
                {
                  path: '/',
                  pathType: 'Prefix',
                  backend: { service: { name: service.name, port: { number: service.port } } },
                },
              ],
            },
          },
        ],
        ...(tlsSecret && { tls: [{ hosts: [host], secretName: tlsSecret }] }),
      },
    });
  }
}
