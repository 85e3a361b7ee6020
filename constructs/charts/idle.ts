import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { IdleConfig } from '../../config/schema/idle';
import type { Profile } from '../../config/schema/profile';
import { suspendable } from '../../config/suspendable';
import { IdleSuspender } from '../idle/suspender';
import { RUNTIME } from '../labels';
import { systemNamespace } from '../namespace/namespace';
import { programOf } from '../sandbox/contract';
import { SandboxSecret } from '../secrets/external-secret';
import { IDLE_KEYS, SESSION_KEYS } from '../secrets/session-keys';

/** `8-idle`: what suspends sandboxes that nobody uses. */
export class IdleChart extends Chart {
  constructor(scope: Construct, id: string, profile: Profile, config: IdleConfig) {
    super(scope, id);
    const { kubernetes, deploy } = profile;
    const { namespace } = kubernetes;
    const keys = suspendable(profile).map((owner) => `${owner}.api-key`);
    const store = deploy.secrets.external;
    if (store) {
      new SandboxSecret(this, 'keys', {
        namespace: systemNamespace(namespace),
        name: IDLE_KEYS,
        from: SESSION_KEYS,
        entries: keys,
        store,
      });
    }
    new IdleSuspender(this, 'suspender', {
      namespace,
      config,
      program: programOf(profile, RUNTIME),
      keys,
      isOptional: deploy.secrets.session_keys === 'optional',
      ipFamilies: deploy.network.ip_families,
      images: deploy.images,
      systemPods: deploy.system_pods,
    });
  }
}
