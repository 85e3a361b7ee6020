import { contains, METADATA_ADDRESSES, privateRangesIn } from '../addresses';
import { pooledSandboxes } from '../pools';
import { isOwnNamespace } from '../schema/kubernetes';
import type { ProfileTables } from '../schema/profile';
import { hasSystemNamespace } from '../system-namespace';
import type { Path } from '../tables';
import { broken, familyLeftOut, repeated, type BrokenRule } from './rule';

export function* sessions({ kubernetes, sandbox, deploy }: ProfileTables): Generator<BrokenRule> {
  for (const [index, session] of deploy.sessions.entries()) {
    const path: Path = ['deploy', 'sessions', index];
    if (deploy.sessions.indexOf(session) < index)
      yield broken(path, `must differ from the others, got ${session} twice`);
    const host = `${session}.${kubernetes.ingress_domain}`;
    if (host.length > 253) {
      yield broken(path, `must leave a host name of at most 253 characters, got ${host.length}`, [
        'kubernetes',
        'ingress_domain',
      ]);
    }
  }
  if (/^kube-/.test(kubernetes.namespace)) {
    yield broken(['kubernetes', 'namespace'], `must not be one of Kubernetes's own, got ${kubernetes.namespace}`);
  }
  const taken = { 'agent-server': [8000, 8011, 8012], 'action-execution-server': [8080, 30082, 30083] }[
    deploy.contract
  ];
  if (sandbox.vscode_port !== undefined && taken.includes(sandbox.vscode_port)) {
    yield broken(
      ['sandbox', 'vscode_port'],
      `must be a port that ${deploy.contract} leaves free, got ${sandbox.vscode_port}`,
      ['deploy', 'contract'],
    );
  }
}

/** Ranges of a family that the cluster's Pods do not have. */
export function* families({ deploy }: ProfileTables): Generator<BrokenRule> {
  const { ip_families, clients, ingress_controllers, egress } = deploy.network;
  const lists = { clients, ingress_controllers, egress: Array.isArray(egress) ? egress : [] };
  for (const [name, peers] of Object.entries(lists)) {
    for (const [index, peer] of peers.entries()) {
      if ('cidr' in peer) yield* familyLeftOut(['deploy', 'network', name, index, 'cidr'], peer.cidr, ip_families);
    }
  }
}

export function* egress({ deploy }: ProfileTables): Generator<BrokenRule> {
  if (!Array.isArray(deploy.network.egress)) return;
  for (const [index, rule] of deploy.network.egress.entries()) {
    if (!('cidr' in rule)) continue;
    const path: Path = ['deploy', 'network', 'egress', index, 'cidr'];
    const metadata = METADATA_ADDRESSES.find((address) => contains(address, rule.cidr));
    if (metadata !== undefined) {
      yield broken(path, `must not be a cloud's metadata address, got ${rule.cidr}`);
    } else if (!rule.allow_private && privateRangesIn(rule.cidr).length > 0) {
      const ranges = privateRangesIn(rule.cidr).join(', ');
      yield broken(path, `reaches into ${ranges}: say allow_private = true, or leave it out, got ${rule.cidr}`);
    }
  }
}

export function* exposure({ kubernetes, deploy }: ProfileTables): Generator<BrokenRule> {
  const { kind, api, cluster_issuer, gateway } = deploy.ingress;
  const kindPath: Path = ['deploy', 'ingress', 'kind'];
  if (cluster_issuer !== undefined && kubernetes.ingress_tls_secret === undefined) {
    yield broken(
      ['deploy', 'ingress', 'cluster_issuer'],
      `must come with kubernetes.ingress_tls_secret, the Secret that it fills, got ${cluster_issuer} alone`,
      ['kubernetes', 'ingress_tls_secret'],
    );
  }
  if (kind === 'HTTPRoute' && (gateway.class_name === undefined) === (gateway.namespace === undefined)) {
    yield broken(
      kindPath,
      'HTTPRoute needs deploy.ingress.gateway.class_name (to make a Gateway) or .namespace (of one that exists), ' +
        `got ${gateway.class_name === undefined ? 'neither' : 'both'}`,
      ['deploy', 'ingress', 'gateway'],
    );
  }
  if (!api) return;
  const apiPath: Path = ['deploy', 'ingress', 'api'];
  if (kind === 'none') yield broken(apiPath, 'must be false with kind = "none", got true', kindPath);
  if (deploy.contract !== 'agent-server') {
    yield broken(apiPath, `must be false under contract ${deploy.contract}, which knows no session key, got true`, [
      'deploy',
      'contract',
    ]);
  } else if (deploy.secrets.session_keys !== 'required') {
    yield broken(apiPath, 'must come with deploy.secrets.session_keys = "required", got true with optional keys', [
      'deploy',
      'secrets',
      'session_keys',
    ]);
  }
  for (const session of deploy.sessions.filter((it) => deploy.sessions.includes(`${it}-api`))) {
    yield broken(apiPath, `takes the host name of session ${session}-api for the API of ${session}, got true`, [
      'deploy',
      'sessions',
    ]);
  }
}

/** What a Canvas cannot lead to. */
export function* canvas({ sandbox, deploy }: ProfileTables): Generator<BrokenRule> {
  if (deploy.canvas === undefined) return;
  const path: Path = ['deploy', 'canvas'];
  if (deploy.contract !== 'agent-server') {
    yield broken(path, `needs deploy.contract = "agent-server", whose client it is, got ${deploy.contract}`, [
      'deploy',
      'contract',
    ]);
  }
  if (sandbox.use_host_network) {
    yield broken(
      ['sandbox', 'use_host_network'],
      "must be false with deploy.canvas, whose network policy leads to Pods and not to a node's network, got true",
      path,
    );
  }
}

/** The sandboxes that a profile grows to by itself. */
const sandboxesOf = (tables: ProfileTables): number =>
  tables.deploy.sessions.length + pooledSandboxes(tables, 'max_replicas');

export function* managers({ deploy }: ProfileTables): Generator<BrokenRule> {
  const { managers } = deploy.access;
  yield* repeated(managers, (index) => ['deploy', 'access', 'managers', index]);
}

export function* bounds(tables: ProfileTables): Generator<BrokenRule> {
  const { deploy } = tables;
  const sandboxes = sandboxesOf(tables);
  const { quota } = deploy;
  if (quota !== undefined && quota.max_sandboxes < sandboxes) {
    yield broken(
      ['deploy', 'quota', 'max_sandboxes'],
      `must be at least the sandboxes of the profile (${sandboxes}), got ${quota.max_sandboxes}`,
      ['deploy', 'sessions'],
      ['deploy', 'pool'],
      ['deploy', 'pools'],
      ['deploy', 'autoscaling'],
    );
  }
}

/** A namespace of ours with an admission policy has no Pods but those that the profile renders. */
export function* callers({ kubernetes: { namespace }, deploy }: ProfileTables): Generator<BrokenRule> {
  if (!deploy.security.admission_policy || !isOwnNamespace(namespace)) return;
  const text = `must live outside ${namespace}, whose deploy.security.admission_policy refuses Pods of others`;
  for (const [index, manager] of deploy.access.managers.entries()) {
    if (!manager.startsWith(`${namespace}/`)) continue;
    yield broken(['deploy', 'access', 'managers', index], `${text}, got ${manager}`);
  }
  for (const [index, client] of deploy.network.clients.entries()) {
    if (!('namespace' in client) || client.namespace !== namespace) continue;
    yield broken(['deploy', 'network', 'clients', index], `${text}, got namespace ${namespace}`);
  }
}

/** Without an admission policy every image may start. */
export function* earlierImages({ deploy: { security } }: ProfileTables): Generator<BrokenRule> {
  if (security.earlier_images.length === 0 || security.admission_policy) return;
  yield broken(
    ['deploy', 'security', 'earlier_images'],
    'needs deploy.security.admission_policy = true: without it every image may start',
    ['deploy', 'security', 'admission_policy'],
  );
}

/** This program's own Pods run in namespaces that are called like the sandboxes', with `-system` or `-logging` behind. */
export function* ownNamespaces({ kubernetes, deploy }: ProfileTables): Generator<BrokenRule> {
  const hasCollector = deploy.logging?.elasticsearch?.collector === 'DaemonSet';
  const longest = [hasCollector && '-logging', hasSystemNamespace(deploy) && '-system'].find(Boolean);
  if (!longest) return;
  const { length } = kubernetes.namespace;
  if (kubernetes.namespace === 'kube') {
    yield broken(['kubernetes', 'namespace'], "must not be kube: kube-system is Kubernetes's own, got kube", [
      'deploy',
      'monitoring',
    ]);
  }
  if (length + longest.length <= 63) return;
  yield broken(
    ['kubernetes', 'namespace'],
    `must be at most ${63 - longest.length} characters: a second namespace is called NAME${longest}, got ${length}`,
    ['deploy', 'monitoring'],
    ['deploy', 'logging'],
    ['deploy', 'recovery'],
    ['deploy', 'idle'],
    ['deploy', 'headroom'],
    ['deploy', 'prepull'],
    ['deploy', 'network', 'egress'],
  );
}
