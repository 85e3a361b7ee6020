import { networkInterfaces } from 'node:os';
import { contains } from '../../config/addresses';
import { kubectl } from './kubectl';

/** This machine's address in a node's network, where the cluster can reach it. */
export async function ownAddress(): Promise<string> {
  const path = '-o=jsonpath={.items[*].status.addresses[?(@.type=="InternalIP")].address}';
  // A node that is simulated has none.
  const nodes = (await kubectl('get', 'nodes', path)).stdout.split(' ').filter(Boolean);
  const own = Object.values(networkInterfaces())
    .flatMap((it) => it ?? [])
    .find(({ cidr, family }) => family === 'IPv4' && cidr !== null && nodes.some((it) => contains(cidr, `${it}/32`)));
  if (own === undefined) throw new Error(`expected an address in the network of a node: ${nodes.join(', ')}`);
  return own.address;
}
