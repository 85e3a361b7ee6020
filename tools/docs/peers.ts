import { PRIVATE_RANGES } from '../../config/addresses';
import type { Manifest } from '../../constructs/policy/objects';
import { unique } from './markdown';

const OPERATORS: Readonly<Record<string, string>> = { In: 'in', NotIn: 'not', Exists: 'set', DoesNotExist: 'not set' };

/** A label selector in words. */
export function selectorText(selector: Manifest): string {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  const wanted = [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(({ key, operator, values = [] }: Manifest) =>
      [key, OPERATORS[operator] ?? operator, ...values].join(' '),
    ),
  ];
  return wanted.length === 0 ? 'every Pod' : wanted.join(', ');
}

const isInternet = ({ cidr, except = [] }: Manifest) =>
  (cidr === '0.0.0.0/0' && PRIVATE_RANGES.ipv4.every((it) => except.includes(it))) ||
  (cidr === '::/0' && PRIVATE_RANGES.ipv6.every((it) => except.includes(it)));

function blockText(block: Manifest): string {
  if (isInternet(block)) return 'the internet';
  return block.except ? `${block.cidr} but ${block.except.join(', ')}` : block.cidr;
}

function namespaceText(selector: Manifest): string {
  if (selector === undefined) return 'its own namespace';
  const { matchLabels = {}, matchExpressions = [] } = selector;
  const { 'kubernetes.io/metadata.name': name, ...labels } = matchLabels;
  if (name && Object.keys(labels).length === 0 && matchExpressions.length === 0) return `namespace ${name}`;
  const text = selectorText(selector);
  return text === 'every Pod' ? 'every namespace' : `namespaces with ${text}`;
}

/** A peer of a policy in words. */
export function peerText({ ipBlock, namespaceSelector, podSelector }: Manifest): string {
  if (ipBlock) return blockText(ipBlock);
  return `${namespaceText(namespaceSelector)}: ${selectorText(podSelector)}`;
}

/** The peers of a rule; none means everybody. */
export const peersText = (peers: readonly Manifest[] | undefined): string[] =>
  peers === undefined || peers.length === 0 ? ['everybody'] : unique(peers.map(peerText));

/** What the ports of a sandbox are for, by their names in the Pod. */
const PURPOSES: Readonly<Record<string, string>> = { http: 'API', vscode: 'editor' };

function portText({ port, endPort }: Manifest, names: Readonly<Record<string, number>>): string {
  if (port === undefined) return 'every port';
  const name = Object.entries(names).find(([, number]) => number === port)?.[0];
  const range = endPort === undefined ? `${port}` : `${port}–${endPort}`;
  return `${PURPOSES[name ?? ''] ?? 'port'} ${range}`;
}

/** The ports of a rule; none means every port. `names`: the ports of the Pod behind, by name. */
export function portsText(
  ports: readonly Manifest[] | undefined,
  names: Readonly<Record<string, number>> = {},
): string {
  if (ports === undefined || ports.length === 0) return 'every port';
  const protocols = unique(ports.map(({ protocol = 'TCP' }) => protocol as string));
  const over = protocols.some((it) => it !== 'TCP') ? ` (${protocols.join(', ')})` : '';
  return unique(ports.map((it) => portText(it, names))).join(', ') + over;
}
