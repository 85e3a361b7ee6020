import { k8s } from './k8s';
import { Construct } from 'constructs';
import type { DeployConfig } from '../config/schema/deploy';

export interface SandboxIngressProps {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Record<string, string>;
  readonly host: string;
  /** Service and port behind it. */
  readonly service: { readonly name: string; readonly port: number };
  /** Secret with the host's certificate. @default plain HTTP */
  readonly tlsSecret?: string;
  readonly ingress: DeployConfig['ingress'];
}

/** A way in from outside the cluster, with the host's name for external-dns. */
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
          ...ingress.annotations,
          // external-dns reads the second spelling from 0.22 on, OpenHands wrote the first.
          'external-dns.alpha.kubernetes.io/hostname': host,
          'external-dns.kubernetes.io/hostname': host,
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
