import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Profile } from '../../config/schema/profile';
import type { RecoveryConfig } from '../../config/schema/recovery';

/** `5-recovery`: what is evicted, saved and brought back. */
export class RecoveryChart extends Chart {
  constructor(
    scope: Construct,
    id: string,
    private readonly profile: Profile,
    { descheduler, backup }: RecoveryConfig,
  ) {
    super(scope, id);
    if (descheduler) this.descheduler();
    if (backup) this.backup();
  }

  private descheduler() {
    void this.profile;
  }

  private backup() {}
}
