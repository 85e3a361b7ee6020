import type { Cluster } from '../../../tools/cluster/cluster';
import { serviceAddresses } from '../../../tools/preflight/addresses';
import { objectsOfToml, type Rendered } from '../../render';

const objects = objectsOfToml('[deploy.network.egress]\nsets = ["github"]\naddress = "10.43.0.53"');

/** A cluster with Services, and with ranges of them, if it tells. */
const clusterOf = (services: readonly Rendered[], ranges?: readonly string[]) =>
  ({
    knows: async () => ranges !== undefined,
    list: async (_: string, kind: string) => (kind === 'Service' ? services : [{ spec: { cidrs: ranges } }]),
  }) as unknown as Cluster;

const service = (name: string, namespace: string, clusterIP: string): Rendered => ({
  kind: 'Service',
  metadata: { name, namespace },
  spec: { clusterIP, clusterIPs: [clusterIP] },
});

const row = async (cluster: Cluster) =>
  (await serviceAddresses(cluster, objects)).map(({ state, found }) => [state, found]);

test('the address of the proxy is named with who needs it', async () => {
  expect(await serviceAddresses(clusterOf([], ['10.43.0.0/16']), objects)).toEqual([
    { need: 'the address 10.43.0.53', by: ['Service/openhands-egress'], state: 'ok', found: 'free' },
  ]);
});

test('one that another Service has is missing', async () => {
  expect(await row(clusterOf([service('dns', 'kube-system', '10.43.0.53')], ['10.43.0.0/16']))).toEqual([
    ['MISSING', 'Service/dns in kube-system has it: choose another deploy.network.egress.address'],
  ]);
});

test('one that it has already is met', async () => {
  expect(await row(clusterOf([service('openhands-egress', 'default-system', '10.43.0.53')]))).toEqual([
    ['ok', 'its own already'],
  ]);
});

test('one outside of the range of the Services is missing', async () => {
  expect(await row(clusterOf([], ['10.96.0.0/12']))).toEqual([
    ['MISSING', 'Services are in 10.96.0.0/12: choose deploy.network.egress.address there'],
  ]);
});

test('a cluster that does not tell its range leaves it open', async () => {
  expect(await row(clusterOf([service('other', 'a', '10.43.0.1')]))).toEqual([
    ['unsure', 'free, if it is in the range of the Services'],
  ]);
});

test('manifests that choose no address ask nothing', async () => {
  expect(await serviceAddresses({} as Cluster, objectsOfToml('[deploy]\nextends = "local"'))).toEqual([]);
});
