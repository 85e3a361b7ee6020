import { proxiedNames } from './egress';
import type { ProfileTables } from './schema/profile';

/** Whether a profile has something that lives in `<namespace>-system`. */
export const hasSystemNamespace = ({
  monitoring,
  recovery,
  idle,
  network,
  headroom,
  prepull,
}: ProfileTables['deploy']): boolean =>
  (monitoring ?? recovery?.descheduler ?? idle ?? proxiedNames(network) ?? headroom ?? prepull) !== undefined;
