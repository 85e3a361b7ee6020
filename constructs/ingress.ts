import { Construct } from 'constructs';
import type { IngressConfig } from '../config/schema/ingress';
import { k8s } from './k8s';

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

/** How a class of controllers is told how long to wait; others have no annotation for it. */
const timeouts = (className: string | undefined, seconds: number): Record<string, string> => {
  if (className?.includes('nginx')) {
    return {
      'nginx.ingress.kubernetes.io/proxy-read-timeout': String(seconds),
      'nginx.ingress.kubernetes.io/proxy-send-timeout': String(seconds),
    };
  }
  if (className?.includes('haproxy')) {
    return { 'haproxy.org/timeout-server': `${seconds}s`, 'haproxy.org/timeout-tunnel': `${seconds}s` };
  }
  return {};
};

/** A way in from outside the cluster. */
export class SandboxIngress extends Construct {
  constructor(scope: Construct, id: string, props: SandboxIngressProps) {
    super(scope, id);
    const { name, namespace, labels, host, service, tlsSecret, timeoutSeconds, ingress } = props;
    new k8s.KubeIngress(this, 'ingress', {
      metadata: {
        name,
        namespace,
        labels,
        annotations: {
          ...externalDns(host),
          ...timeouts(ingress.class_name, timeoutSeconds),
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
