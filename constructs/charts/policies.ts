import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Profile } from '../../config/schema/profile';
import { RUNTIME } from '../labels';
import { TokenlessServiceAccount } from '../service-account';

/** `1-policies`: who a sandbox is and what it may do. */
export class PoliciesChart extends Chart {
  constructor(scope: Construct, id: string, { kubernetes }: Profile) {
    super(scope, id);
    const { namespace } = kubernetes;
    new TokenlessServiceAccount(this, RUNTIME, { name: RUNTIME, namespace });
    // In a namespace of ours OpenHands's own Pods, which use `default`, get no token either.
    if (namespace !== 'default') new TokenlessServiceAccount(this, 'default', { name: 'default', namespace });
  }
}
