import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { labels } from '../labels';

export interface SandboxCertificateProps {
  readonly namespace: string;
  /** Secret that gets the certificate; also the Certificate's name. */
  readonly secret: string;
  /** cert-manager's ClusterIssuer. */
  readonly issuer: string;
  readonly hosts: readonly string[];
}

/**
 * One certificate for every host that is exposed. An annotation on each Ingress would do the same only while they do not
 * share a Secret, and OpenHands's `ingress_tls_secret` is shared.
 */
export class SandboxCertificate extends Construct {
  constructor(scope: Construct, id: string, { namespace, secret, issuer, hosts }: SandboxCertificateProps) {
    super(scope, id);
    new ApiObject(this, 'certificate', {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: { name: secret, namespace, labels: labels({ component: 'gateway' }) },
      spec: {
        secretName: secret,
        issuerRef: { group: 'cert-manager.io', kind: 'ClusterIssuer', name: issuer },
        dnsNames: [...hosts],
        privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
      },
    });
  }
}
