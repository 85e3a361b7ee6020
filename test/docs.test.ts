import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TEMPLATE } from '../constructs/monitoring/dashboard-template';
import { Manifests, type Manifest } from '../constructs/policy/objects';
import { pages } from '../tools/docs';
import { FLOWS, flowsOf, OBSERVING, outcomeOf, type Outcome } from '../tools/docs/flows';
import { growthOf } from '../tools/docs/growth';
import { table } from '../tools/docs/markdown';
import { evaluate, type Connection, type Endpoint } from '../tools/docs/network-policy';
import { picture } from '../tools/docs/picture';
import { podAt, sceneOf } from '../tools/docs/scene';
import { shipped } from '../tools/docs/shipped';
import { objectsOfToml, renderToml } from './render';

const profiles = shipped();

const OPEN_STAGING = '[deploy]\nextends = "staging"\n[deploy.network]\negress = "internet"';

/** Staging with the internet, its policies changed by hand; `change` gives none back for one that was deleted. */
function broken(change: (policy: Manifest) => Manifest | undefined) {
  const { profile, objects } = renderToml(OPEN_STAGING);
  const changed = objects.flatMap((object) => {
    if (object.kind !== 'NetworkPolicy') return [object];
    return change(structuredClone(object)) ?? [];
  });
  return { name: 'staging', summary: '', profile, manifests: new Manifests(changed) };
}

function outcome(of: ReturnType<typeof broken>, title: string): Outcome {
  return outcomeOf(
    FLOWS.find((it) => it.title.startsWith(title))!,
    sceneOf(of),
  );
}

const isNamed = ({ metadata }: Manifest, name: string) => metadata.name === `openhands-runtime-${name}`;

const texts = pages();
const written = Object.entries(texts);

describe.each(written)('%s', (file, text) => {
  test('is what `npm run docs` writes', () => {
    expect(readFileSync(join(__dirname, '..', file), 'utf8')).toBe(text);
  });

  test('says nothing that a page leaves out by mistake', () => {
    expect(text).not.toMatch(/undefined|\[object Object\]|NaN/);
  });
});

describe.each(written.filter(([file]) => file.endsWith('.md')))('%s', (_, text) => {
  test('has as many cells in every row of a table as in its head', () => {
    const tables = text.match(/(^\|.*\n)+/gm)!.map((it) => it.trim().split('\n'));
    for (const rows of tables) {
      const widths = new Set(rows.map((row) => row.replaceAll('\\|', '').split('|').length));
      expect([...widths]).toHaveLength(1);
    }
  });
});

test.each(written.filter(([file]) => ['docs/security.md', 'docs/profiles.md'].includes(file)))(
  '%s has a column or a picture for every profile',
  (_, text) => {
    for (const { name } of profiles) expect(text).toMatch(new RegExp(`(\\| ${name} +\\|.*\n\\|-)|#### ${name}\n`));
  },
);

test('docs/configuration.md has a sentence for every field', () => {
  const fields = texts['docs/configuration.md']!.match(/^\| `\w+` .*$/gm)!;

  expect(fields.length).toBeGreaterThan(200);
  for (const field of fields) expect(field).toMatch(/[.)] +\|$/);
});

describe('docs/observability.md', () => {
  const text = texts['docs/observability.md']!;

  test('shows a table that a profile can have', () => {
    const example = /```toml\n([\s\S]*?)```/.exec(text)![1]!;
    const [dashboard] = objectsOfToml(`[deploy]\nextends = "staging"\n${example}`).filter(
      ({ metadata }) => metadata.name === 'openhands-dashboard',
    );

    expect(Object.values(dashboard.data)).toEqual([expect.stringContaining('https://logs.example.com/')]);
  });

  test('names every panel of the dashboard once, in its section, with what it shows', () => {
    const [, dashboard] = text.split('## The dashboard\n');
    const sections = dashboard!.split('\n## ')[0]!.split('\n### ').slice(1);
    const shown = sections.flatMap((section) => {
      const [title, ...rows] = section.split('\n').filter((it) => !/^(\|-|\| Panel|$)/.test(it));
      return rows.map((row) => [title, ...row.split('|').slice(1, 3)].map((it) => it!.trim()));
    });
    let title = '';
    const panels = TEMPLATE.bands.flatMap((band) => {
      title = band.section?.title ?? title;
      return band.panels.map(({ panel }) => [title, panel.title, panel.description]);
    });

    expect(shown).toEqual(panels);
  });
});

describe('a NetworkPolicy', () => {
  const web = podAt('shop', { app: 'web' }, { http: 8080 });
  const friend = podAt('friends', { app: 'friend' });

  const policy = (spec: Manifest): Manifest => ({
    metadata: { name: 'it', namespace: 'shop' },
    spec: { podSelector: { matchLabels: { app: 'web' } }, ...spec },
  });

  const connect = (policies: Manifest[], over: Partial<Connection> = {}): boolean =>
    evaluate(policies, { from: friend, to: web, protocol: 'TCP', port: 8080, ...over }).allowed;

  const admit = (rule: Manifest) => [policy({ policyTypes: ['Ingress'], ingress: [rule] })];
  const release = (rule: Manifest) => [policy({ policyTypes: ['Egress'], egress: [rule] })];
  const outTo = (address: string): Partial<Connection> => ({ from: web, to: { address } });

  test('is what it takes to refuse anything', () => {
    expect(connect([])).toBe(true);
    expect(connect([policy({ policyTypes: ['Ingress'] })])).toBe(false);
  });

  test('is about the Pods of its own namespace that it selects, and no other', () => {
    const deny = policy({ policyTypes: ['Ingress'] });
    expect(connect([deny], { to: podAt('elsewhere', { app: 'web' }) })).toBe(true);
    expect(connect([deny], { to: podAt('shop', { app: 'other' }) })).toBe(true);
    expect(connect([policy({ podSelector: {}, policyTypes: ['Ingress'] })], { to: podAt('shop', {}) })).toBe(false);
  });

  test('is about one direction only when it says so', () => {
    expect(connect([policy({ policyTypes: ['Egress'] })])).toBe(true);
    expect(connect([policy({})])).toBe(false);
    expect(connect([policy({})], outTo('203.0.113.1'))).toBe(true);
    expect(connect([policy({ egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }] })], outTo('203.0.113.1'))).toBe(
      false,
    );
  });

  test('adds to what others allow', () => {
    const both = [policy({ policyTypes: ['Ingress'] }), ...admit({})];
    expect(evaluate(both, { from: friend, to: web, protocol: 'TCP', port: 1 })).toEqual({ allowed: true, by: ['it'] });
  });

  test('means everybody and every port by an empty list', () => {
    expect(connect(admit({ from: [], ports: [] }))).toBe(true);
  });

  test('means Pods of its own namespace by a podSelector alone', () => {
    const peers = admit({ from: [{ podSelector: { matchLabels: { app: 'friend' } } }] });
    expect(connect(peers)).toBe(false);
    expect(connect(peers, { from: podAt('shop', { app: 'friend' }) })).toBe(true);
  });

  test('means both at once by a namespaceSelector with a podSelector', () => {
    const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': 'friends' } };
    const podSelector = { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['foe'] }] };
    const peers = admit({ from: [{ namespaceSelector, podSelector }] });
    expect(connect(peers)).toBe(true);
    expect(connect(peers, { from: podAt('friends', { app: 'foe' }) })).toBe(false);
    expect(connect(peers, { from: podAt('others', { app: 'friend' }) })).toBe(false);
  });

  test('leaves out the exceptions of a block', () => {
    const block = release({ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.0.0/16'] } }] });
    expect(connect(block, outTo('203.0.113.1'))).toBe(true);
    expect(connect(block, outTo('169.254.169.254'))).toBe(false);
    expect(connect(block, outTo('2001:db8::1'))).toBe(false);
  });

  test.each<[string, Manifest, Partial<Connection>, boolean]>([
    ['a number', { port: 8080 }, {}, true],
    ['another number', { port: 8081 }, {}, false],
    ['TCP, when it names no protocol', { port: 53 }, { port: 53, protocol: 'UDP' }, false],
    ['a protocol alone', { protocol: 'UDP' }, { protocol: 'UDP' }, true],
    ['a name of the Pod', { port: 'http' }, {}, true],
    ['a name that the Pod does not have', { port: 'admin' }, {}, false],
    ['the last of a range', { port: 8000, endPort: 8080 }, {}, true],
    ['what follows a range', { port: 8000, endPort: 8079 }, {}, false],
  ])('means a port by %s', (_, port, over, allowed) => {
    expect(connect(admit({ ports: [port] }), over)).toBe(allowed);
  });

  test('must be satisfied at both ends', () => {
    const closed: Manifest = {
      metadata: { name: 'closed', namespace: 'friends' },
      spec: { podSelector: {}, policyTypes: ['Egress'] },
    };
    expect(connect([...admit({})])).toBe(true);
    expect(connect([...admit({}), closed])).toBe(false);
  });

  test("does not hold for a Pod on the node's network", () => {
    const onTheNode: Endpoint = { address: '172.18.0.3' };
    expect(connect([policy({ policyTypes: ['Ingress'] })], { to: onTheNode })).toBe(true);
  });
});

describe('the traffic table tells of a profile', () => {
  test('that nothing is wrong with it', () => {
    const whole = broken((policy) => policy);
    expect(outcome(whole, 'a stranger (').verdict).toBe('refused');
    expect(outcome(whole, 'sandbox → another').verdict).toBe('refused');
    expect(outcome(whole, 'sandbox → metadata').verdict).toBe('refused');
    expect(outcome(whole, 'client → API')).toEqual({ verdict: 'allowed', by: ['openhands-runtime-allow-api'] });
  });

  test('without policies, that everybody may do everything', () => {
    const open = broken(() => undefined);
    for (const flow of FLOWS) expect(outcomeOf(flow, sceneOf(open))).toEqual({ verdict: 'allowed', by: [] });
  });

  test('whose names Cilium knows nothing: it would call refused what is let through', () => {
    const { profile, objects } = renderToml(
      '[deploy.network]\nnetwork_plugin = "cilium"\negress = { sets = ["github"] }',
    );
    const whole = { name: 'with Cilium', summary: '', profile, manifests: new Manifests(objects) };
    expect(() => sceneOf(whole)).toThrow('with Cilium: Cilium decides, not these tables');
  });

  test('that lets everybody call the API', () => {
    const open = broken((policy) => {
      if (isNamed(policy, 'allow-api')) delete policy.spec.ingress[0].from;
      return policy;
    });
    // In part: not a Pod of the sandboxes' own namespace, which default deny does not let out.
    expect(outcome(open, 'a stranger (')).toEqual({ verdict: 'in part', by: ['openhands-runtime-allow-api'] });
    expect(outcome(open, 'a stranger → Jupyter').verdict).toBe('refused');
    expect(outcome(open, 'sandbox → another').verdict).toBe('refused');
  });

  test('that lets everybody in on one port of the Jupyter gateway', () => {
    const open = broken((policy) => {
      if (isNamed(policy, 'allow-api')) policy.spec.ingress = [{ ports: [{ port: 44321 }] }];
      return policy;
    });
    expect(outcome(open, 'a stranger → Jupyter').verdict).toBe('in part');
  });

  test('whose sandboxes may reach each other', () => {
    const peer = { podSelector: { matchLabels: { app: 'openhands-runtime' } } };
    const open = broken((policy) => {
      if (isNamed(policy, 'allow-api')) policy.spec.ingress.push({ from: [peer] });
      if (isNamed(policy, 'allow-dns')) policy.spec.egress.push({ to: [peer] });
      return policy;
    });
    expect(outcome(open, 'sandbox → another').verdict).toBe('allowed');
  });

  test('whose internet has no exceptions', () => {
    const open = broken((policy) => {
      if (isNamed(policy, 'allow-internet')) for (const it of policy.spec.egress[0].to) delete it.ipBlock.except;
      return policy;
    });
    for (const title of ['sandbox → metadata', 'sandbox → private', 'sandbox → Kubernetes API']) {
      // In part: the page asks for IPv6 addresses too, which this profile has none of.
      expect(outcome(open, title)).toMatchObject({ verdict: expect.not.stringMatching('refused') });
    }
  });

  test('that opens one port of one private network', () => {
    const open = broken((policy) => {
      if (isNamed(policy, 'allow-dns'))
        policy.spec.egress.push({ to: [{ ipBlock: { cidr: '10.9.8.0/24' } }], ports: [{ port: 5432 }] });
      return policy;
    });
    expect(outcome(open, 'sandbox → private')).toEqual({ verdict: 'in part', by: ['openhands-runtime-allow-dns'] });
  });

  test('whose sandboxes go out by name', () => {
    const scene = sceneOf(profiles.find(({ name }) => name === 'staging')!);
    const verdict = (title: string) =>
      outcomeOf(
        [...FLOWS, ...flowsOf('openhands-egress')].find((it) => it.title === title)!,
        scene,
      ).verdict;

    expect(verdict('sandbox → openhands-egress')).toBe('allowed');
    expect(verdict('openhands-egress → DNS of the cluster')).toBe('allowed');
    expect(verdict('a stranger → openhands-egress')).toBe('refused');
    expect(['sandbox → internet', 'sandbox → DNS of the cluster'].map(verdict)).toEqual(['refused', 'refused']);
  });

  test('whose monitoring and logging were cut off', () => {
    const verdicts = (of: ReturnType<typeof broken>) => OBSERVING.map((it) => outcomeOf(it, sceneOf(of)).verdict);
    const cut = broken((policy) =>
      /allow-(prometheus|elasticsearch)$/.test(policy.metadata.name) ? undefined : policy,
    );
    expect(verdicts(broken((policy) => policy))).toEqual(['allowed', 'allowed']);
    expect(verdicts(cut)).toEqual(['refused', 'refused']);
  });

  test('that has no client', () => {
    const closed = broken((policy) => (isNamed(policy, 'allow-api') ? undefined : policy));
    expect(outcome(closed, 'client → API').verdict).toBe('refused');
  });
});

describe('the picture of a profile', () => {
  test('crosses out what is refused', () => {
    const text = picture(broken((policy) => policy));
    expect(text).toMatch(/(peer\d+)\("any other Pod"\)[^]*\1 -\. refused \.-x sandbox/);
    expect(text).toMatch(/(peer\d+)\("namespace openhands-app: every Pod"\)[^]*\1 -->\|"API 8000"\| sandbox/);
  });

  test('does not when it is allowed', () => {
    const text = picture(broken(() => undefined));
    expect(text).not.toContain('refused');
    expect(text).toMatch(/sandbox -- "allowed" --> peer\d+/);
  });

  test('has a frame for every namespace, and one arrow for both ends of a connection', () => {
    const { profile, objects } = renderToml('[deploy]\nextends = "staging"\n[deploy.monitoring]');
    const text = picture({ name: 'staging', summary: '', profile, manifests: new Manifests(objects) });

    expect(text).toMatch(/subgraph own2\["namespace openhands-staging-system"\]\n +other2\["openhands-exporter"\]\n/);
    expect(text.match(/other2 .* sandbox/g)).toEqual(['other2 -->|"API 8000"| sandbox']);
  });

  test('leaves nothing to Mermaid that is a text', () => {
    const strange = broken((policy) => {
      if (isNamed(policy, 'allow-api'))
        policy.spec.ingress[0].from = [{ podSelector: { matchLabels: { 'a"b': 'c#d' } } }];
      return policy;
    });
    expect(picture(strange)).toContain('("its own namespace: a#quot;b=c#35;d")');
  });
});

test('a bar in a cell of a table stays in its cell', () => {
  expect(table(['a'], [['b|c']])).toBe('| a    |\n|------|\n| b\\|c |');
});

describe('docs/scale.md', () => {
  const text = texts['docs/scale.md']!;

  test('shows a profile that can be rendered', () => {
    const example = /```toml\n([\s\S]*?)```/.exec(text)![1]!;
    const sessions = objectsOfToml(example).filter(({ kind }) => kind === 'Sandbox');

    expect(sessions.map(({ metadata }) => metadata.namespace)).toEqual(['sandboxes-3', 'sandboxes-3']);
  });

  test('has a row for every profile', () => {
    for (const { name } of profiles) expect(text).toMatch(new RegExp(`^\\| ${name} +\\| +\\d+ `, 'm'));
  });
});

describe('how a profile grows', () => {
  const growth = (name: string) => growthOf(profiles.find((it) => it.name === name)!.profile);

  test('is told by all that a session adds', () => {
    expect([...growth('agent-sandbox').kinds]).toEqual([
      ['Sandbox', 1],
      ['Service', 2],
    ]);
  });

  test('has what grows itself: the one object that has a part for each session', () => {
    const [first] = growth('production').shared;

    expect(first!.title).toBe('ExternalSecret/openhands-session-keys in openhands-production');
    expect(first!.perSession).toBeGreaterThan(100);
    expect(growth('local').shared).toEqual([]);
  });
});
