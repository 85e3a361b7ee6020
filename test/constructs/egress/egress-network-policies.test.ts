import { contains } from '../../../config/addresses';
import { find, objectsOfToml, type Rendered } from '../../render';

const toml = (lines = '', network = '') =>
  `[deploy]\ncontract = "agent-server"\n[deploy.network]\n${network}\n[deploy.network.egress]\nsets = ["github"]\n${lines}`;
const policy = (name: string, text = toml()): Rendered =>
  find(objectsOfToml(text), 'NetworkPolicy', `openhands-egress-${name}`).spec;

const PROXY = { matchLabels: { 'app.kubernetes.io/name': 'openhands-egress' } };

test('nothing comes in or goes out unless a policy says so', () => {
  expect(policy('default-deny')).toEqual({ podSelector: PROXY, policyTypes: ['Ingress', 'Egress'] });
});

test('sandboxes alone may ask it', () => {
  expect(policy('allow-sandboxes')).toEqual({
    podSelector: PROXY,
    policyTypes: ['Ingress'],
    ingress: [
      {
        from: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'default' } },
            podSelector: { matchLabels: { app: 'openhands-runtime' } },
          },
        ],
        ports: [{ protocol: 'TCP', port: 3128 }],
      },
    ],
  });
});

test('it looks names up', () => {
  expect(policy('allow-dns').egress[0].ports).toEqual([
    { protocol: 'UDP', port: 53 },
    { protocol: 'TCP', port: 53 },
  ]);
});

test('it reaches the internet on the ports of the profile, and no private address, whatever Squid says', () => {
  const [{ to, ports }] = policy('allow-internet', toml('ports = [443, 8443]')).egress;

  expect(ports).toEqual([
    { protocol: 'TCP', port: 443 },
    { protocol: 'TCP', port: 8443 },
  ]);
  const reaches = (address: string) =>
    to.some(
      ({ ipBlock }: Rendered) =>
        contains(ipBlock.cidr, address) && !ipBlock.except.some((it: string) => contains(it, address)),
    );
  expect(['203.0.113.1/32', '2001:db8::1/128'].map(reaches)).toEqual([true, true]);
  expect(['10.96.0.1/32', '169.254.169.254/32', '192.168.1.1/32', 'fd00::1/128'].map(reaches)).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

test('it reaches the private ranges that the profile allows, on the same ports', () => {
  expect(policy('allow-private', toml('allow_private = ["10.20.0.0/16"]')).egress).toEqual([
    { to: [{ ipBlock: { cidr: '10.20.0.0/16' } }], ports: [{ protocol: 'TCP', port: 443 }] },
  ]);
});

test('without such a range there is no policy for it', () => {
  expect(() => policy('allow-private')).toThrow('0 objects');
});
