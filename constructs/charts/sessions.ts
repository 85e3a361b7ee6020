import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Profile } from '../../config/schema/profile';
import { Session } from '../sandbox/session';

/** `2-sessions`: the named sandboxes, all in one chart, which stays linear in their number. */
export class SessionsChart extends Chart {
  constructor(scope: Construct, id: string, profile: Profile) {
    super(scope, id);
    for (const session of profile.deploy.sessions) new Session(this, session, { session, tables: profile });
  }
}
