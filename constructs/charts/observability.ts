import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Profile } from '../../config/schema/profile';

/** `4-observability`: what tells how the sandboxes are, and what they say. */
export class ObservabilityChart extends Chart {
  constructor(
    scope: Construct,
    id: string,
    private readonly profile: Profile,
  ) {
    super(scope, id);
    const { monitoring, logging } = this.profile.deploy;
    if (monitoring) this.monitoring();
    if (logging) this.logging();
  }

  private monitoring() {}

  private logging() {}
}
