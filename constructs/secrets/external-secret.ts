import type { IExternalSecret } from '@kubernetes-models/external-secrets/external-secrets.io/v1';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { DeployConfig } from '../../config/schema/deploy';
import { labels } from '../labels';

export interface SandboxSecretProps {
  readonly namespace: string;
  /** Name of the Secret. */
  readonly name: string;
  /** Name of its counterpart in the store. @default that of the Secret */
  readonly from?: string;
  readonly entries: readonly string[];
  readonly store: NonNullable<DeployConfig['secrets']['external']>;
}

/** Fills a Secret from a store outside the cluster: only names are written down here. */
export class SandboxSecret extends Construct {
  constructor(scope: Construct, id: string, { namespace, name, from = name, entries, store }: SandboxSecretProps) {
    super(scope, id);
    new ApiObject(this, 'external-secret', {
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      metadata: { name, namespace, labels: labels({ component: 'secrets' }) },
      spec: {
        refreshInterval: '1h0m0s',
        secretStoreRef: { name: store.store, kind: store.kind },
        target: { name, creationPolicy: 'Owner' },
        data: entries.map((entry) => ({ secretKey: entry, remoteRef: { key: from, property: entry } })),
      } satisfies IExternalSecret['spec'],
    });
  }
}
