import { promql } from '../promql';
import type { Watched } from '../watched';
import type { Alert } from './alert';

/** How many times as many refusals as on average of the day before are a jump. */
const JUMP = 3;

/** What the egress proxy refuses. A name that agents ask for every day and do not get is no news. */
export const egressAlerts = ({ namespace, thresholds }: Watched): Alert[] => [
  {
    alert: 'SandboxEgressRefused',
    expr: promql`
      openhands:egress_refused:increase15m{namespace="${namespace}"} > ${thresholds.egress_refusals}
      unless
      openhands:egress_refused:increase15m{namespace="${namespace}"}
      < ${JUMP} * avg_over_time(openhands:egress_refused:increase15m{namespace="${namespace}"}[1d] offset 15m)`,
    for: '0s',
    severity: 'warning',
    summary: 'Sandboxes of {{ $labels.namespace }} ask for what they may not reach',
    description:
      'The egress proxy refused {{ $value | printf "%.0f" }} requests of sandboxes in a quarter of an hour, far more than ' +
      'before. A name is missing from the list, or somebody looks for a way out.',
  },
];
