import { networkInterfaces } from 'node:os';
import { contains } from '../../config/addresses';
import { kubectl } from './kubectl';

/** This machine's address in the node's network, where the cluster can reach it. */
export async function ownAddress(): Promise<string> {
  const path = '-o=jsonpath={.items[0].status.addresses[?(@.type=="InternalIP")].address}';
  const { stdout: node } = await kubectl('get', 'nodes', path);
  const own = Object.values(networkInterfaces())
    .flatMap((it) => it ?? [])
    .find(({ cidr, family }) => family === 'IPv4' && cidr !== null && contains(cidr, `${node}/32`));
  if (own === undefined) throw new Error(`expected an address in the network of the node ${node}`);
  return own.address;
}
