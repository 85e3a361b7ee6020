import { PRIVATE_RANGES, SPECIAL_RANGES, without } from './addresses';
import { EGRESS_SETS } from './egress-sets';
import type { EgressNames } from './schema/egress-names';
import type { NetworkConfig } from './schema/network';

/** The names that sandboxes may reach, with all that belongs to them; absent: egress is not by name. */
export const egressNames = ({ egress }: NetworkConfig): EgressNames | undefined =>
  typeof egress === 'string' || Array.isArray(egress) ? undefined : egress;

/** The same where a proxy holds sandboxes to these names. */
export const proxiedNames = (network: NetworkConfig): EgressNames | undefined =>
  network.network_plugin === 'cilium' ? undefined : egressNames(network);

/** Every name of a profile: its own, then those of its sets. */
export const namesOf = ({ domains, sets }: EgressNames): string[] => [
  ...new Set([...domains, ...sets.flatMap((set): readonly string[] => EGRESS_SETS[set])]),
];

/** Every range in which no name may lie: what is not the internet, but for what the profile lets through. */
export const refusedRanges = ({ allow_private }: EgressNames): string[] =>
  [...PRIVATE_RANGES.ipv4, ...SPECIAL_RANGES.ipv4, ...PRIVATE_RANGES.ipv6, ...SPECIAL_RANGES.ipv6].flatMap((range) =>
    without(range, allow_private),
  );

/** Variables by which programs find a proxy, in the two spellings that they look for. */
export const PROXY_VARIABLES = ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'] as const;
