import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Profile } from '../../config/schema/profile';
import { Devbox } from '../sandbox/devbox';

/** `6-devbox`: the developer's box of the local profile. */
export class DevboxChart extends Chart {
  constructor(scope: Construct, id: string, { kubernetes, deploy }: Profile) {
    super(scope, id);
    new Devbox(this, 'ubuntu-dev', {
      namespace: kubernetes.namespace,
      ipFamilies: deploy.network.ip_families,
      images: deploy.images,
      systemPods: deploy.system_pods,
    });
  }
}
