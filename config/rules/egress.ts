import { contains, METADATA_ADDRESSES, overlap, PRIVATE_RANGES, singleAddress } from '../addresses';
import { egressNames, proxiedNames, PROXY_VARIABLES } from '../egress';
import { EGRESS_SETS } from '../egress-sets';
import type { EgressNames } from '../schema/egress-names';
import type { NetworkConfig } from '../schema/network';
import type { ProfileTables } from '../schema/profile';
import type { Path } from '../tables';
import { broken, familyLeftOut, repeated, type BrokenRule } from './rule';

const EGRESS: Path = ['deploy', 'network', 'egress'];

function* names({ domains, sets }: EgressNames): Generator<BrokenRule> {
  if (domains.length === 0 && sets.length === 0) {
    yield broken(
      [...EGRESS, 'domains'],
      'must have a name, or egress a set: egress = "none" is nowhere, got none',
      EGRESS,
    );
  }
  for (const [index, domain] of domains.entries()) {
    const set = sets.find((it) => (EGRESS_SETS[it] as readonly string[]).includes(domain));
    if (set === undefined) continue;
    yield broken([...EGRESS, 'domains', index], `must differ from those of the set ${set}, got ${domain}`, [
      ...EGRESS,
      'sets',
    ]);
  }
}

function* ranges({ allow_private }: EgressNames): Generator<BrokenRule> {
  for (const [index, range] of allow_private.entries()) {
    const path: Path = [...EGRESS, 'allow_private', index];
    if (METADATA_ADDRESSES.some((it) => overlap(it, range))) {
      yield broken(path, `must leave out a cloud's metadata address, got ${range}`);
    } else if (![...PRIVATE_RANGES.ipv4, ...PRIVATE_RANGES.ipv6].some((it) => contains(it, range))) {
      yield broken(
        path,
        `must lie in a private range such as 10.0.0.0/8: the internet needs no exception, got ${range}`,
      );
    }
    const other = allow_private.slice(0, index).find((it) => it !== range && overlap(it, range));
    if (other !== undefined) yield broken(path, `must not overlap with ${other}, got ${range}`);
  }
}

function* families(network: NetworkConfig, { allow_private, address }: EgressNames): Generator<BrokenRule> {
  const places: (readonly [Path, string])[] = allow_private.map((it, index) => [
    [...EGRESS, 'allow_private', index],
    it,
  ]);
  if (proxiedNames(network)) places.push([[...EGRESS, 'address'], address]);
  for (const [path, address] of places) yield* familyLeftOut(path, address, network.ip_families);
}

/** What of a sandbox would pass by who holds it to the names. */
function* bypasses({ sandbox, deploy }: ProfileTables): Generator<BrokenRule> {
  if (sandbox.use_host_network) {
    yield broken(
      ['sandbox', 'use_host_network'],
      "must be false with egress by name: no NetworkPolicy holds a Pod on its node's network, got true",
      EGRESS,
    );
  }
  if (sandbox.docker_runtime_kwargs.dns.length > 0) {
    yield broken(
      ['sandbox', 'docker_runtime_kwargs', 'dns'],
      proxiedNames(deploy.network)
        ? 'must be left out with egress by name: the proxy alone looks names up'
        : "must be left out with egress by name: Cilium's policy knows the cluster's name server alone",
      EGRESS,
    );
  }
  if (proxiedNames(deploy.network) === undefined) return;
  for (const name of PROXY_VARIABLES.filter((it) => Object.hasOwn(sandbox.runtime_startup_env_vars, it))) {
    yield broken(
      ['sandbox', 'runtime_startup_env_vars', name],
      'must be left out with egress by name, which sets it to its proxy',
      EGRESS,
    );
  }
}

/** Egress by name. */
export function* egressByName(tables: ProfileTables): Generator<BrokenRule> {
  const { network } = tables.deploy;
  const egress = egressNames(network);
  if (egress === undefined) return;
  for (const key of ['domains', 'sets', 'ports', 'allow_private'] as const) {
    yield* repeated<string | number>(egress[key], (index) => [...EGRESS, key, index]);
  }
  yield* names(egress);
  yield* ranges(egress);
  yield* families(network, egress);
  yield* bypasses(tables);
  if (METADATA_ADDRESSES.some((it) => contains(it, singleAddress(egress.address)))) {
    yield broken([...EGRESS, 'address'], `must not be a cloud's metadata address, got ${egress.address}`);
  }
}

/** What a port rule of Cilium's has at most. */
const CILIUM_PORTS = 40;

/** Egress by name without a proxy. */
export function* egressByCilium({ deploy }: ProfileTables): Generator<BrokenRule> {
  const { network, logging } = deploy;
  if (network.network_plugin === undefined) return;
  const plugin: Path = ['deploy', 'network', 'network_plugin'];
  const egress = egressNames(network);
  if (egress === undefined) {
    yield broken(
      plugin,
      'needs egress by name, such as { domains = ["api.example.com"] }: any other egress is NetworkPolicies, which Cilium enforces unasked, got cilium',
      EGRESS,
    );
    return;
  }
  if (egress.ports.length > CILIUM_PORTS) {
    const text = `must be ${CILIUM_PORTS} at most with network_plugin = "cilium", got ${egress.ports.length}`;
    yield broken([...EGRESS, 'ports'], text, plugin);
  }
  if (network.dns_node_local !== undefined) {
    yield broken(
      ['deploy', 'network', 'dns_node_local'],
      `must be left out with network_plugin = "cilium": to Cilium no range means an address of a node, got ${network.dns_node_local}`,
      plugin,
    );
  }
  if (logging?.elasticsearch?.collector === 'Sidecar') {
    yield broken(
      ['deploy', 'logging', 'elasticsearch', 'collector'],
      'must be DaemonSet with network_plugin = "cilium" and egress by name: what denies a sandbox private addresses would deny them to its Sidecar, got Sidecar',
      plugin,
      EGRESS,
    );
  }
}
