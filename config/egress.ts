import { EGRESS_SETS } from './egress-sets';
import type { EgressNames } from './schema/egress-names';
import type { NetworkConfig } from './schema/network';

/** The names that sandboxes may reach, with all that belongs to them; absent: egress is not by name. */
export const egressNames = ({ egress }: NetworkConfig): EgressNames | undefined =>
  typeof egress === 'string' || Array.isArray(egress) ? undefined : egress;

/** Every name of a profile: its own, then those of its sets. */
export const namesOf = ({ domains, sets }: EgressNames): string[] => [
  ...new Set([...domains, ...sets.flatMap((set): readonly string[] => EGRESS_SETS[set])]),
];

/** Variables by which programs find a proxy, in the two spellings that they look for. */
export const PROXY_VARIABLES = ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'] as const;
