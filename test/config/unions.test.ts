import * as z from 'zod';
import { definitionOf, describeIssue } from '../../config/issues';
import { expectation } from '../../config/refusal';
import { ProfileTables } from '../../config/schema/profile';
import { refusals } from './config-file';

/** The places of all unions below a schema: a list's items are `[]`, a table's keys of the user `*`. */
function unionsIn(schema: z.core.$ZodType, place: string): string[] {
  const { innerType, in: input, element, valueType, options, shape = {} } = definitionOf(schema);
  return [
    ...(options ? [place] : []),
    ...[innerType, input, ...(options ?? [])].flatMap((it) => (it ? unionsIn(it, place) : [])),
    ...(element ? unionsIn(element, `${place}[]`) : []),
    ...(valueType ? unionsIn(valueType, `${place}.*`) : []),
    ...Object.entries(shape).flatMap(([key, inner]) => unionsIn(inner, place === '' ? key : `${place}.${key}`)),
  ];
}

const DNS_NAME = 'a DNS name (lower-case letters, digits, - and ., at most 253)';
const IMAGE = 'an image reference such as ghcr.io/openhands/agent-server:1.58.2-python';
const MEMORY = 'bytes as Docker writes them, such as "512m" or "2g"';
const HOSTS = 'a table of host = "IP address", or a list of "host:IP address"';
const REFERENCE = '{ secret = "name", key = "entry" }, the name and the entry of a Secret';
const DNS_LABEL = 'a DNS label (lower-case letters, digits and -, at most 63)';
const EGRESS =
  '"internet", "none", { domains = ["api.example.com"] }, ' +
  'or a list of rules such as { cidr = "203.0.113.0/24", ports = [443] }';
const PEER = '{ namespace = "traefik", pods = { app = "traefik" } }, or { cidr = "10.1.2.0/24" }';
const RULE =
  'a rule such as { cidr = "203.0.113.0/24", ports = [443] }, ' +
  'or { namespace = "databases", pods = { app = "postgres" }, ports = [5432] }';
const RANGE = 'an address range such as 10.0.0.0/8 or fd00::/8';
const RECEIVER = '{ name = "a", severities = ["info"], ';
const OWNERS = 'a list such as ["alice@example.com"], or { groups = ["platform"] }';
const SOURCE = '{ snapshot = "name" } of a VolumeSnapshot, or { backup = "name" } of a Backup of Velero';

/** Wrong values of every union, each with what is said of it, from the name of the union on. */
const CASES: Readonly<Record<string, readonly (readonly [value: string, refusal: string])[]>> = {
  'kubernetes.pvc_storage_class': [
    ['5', `: must be ${DNS_NAME}, got 5`],
    ['"A"', `: must be ${DNS_NAME}, got "A"`],
    ['["a"]', `: must be ${DNS_NAME}, got a list`],
  ],
  'kubernetes.image_pull_secret': [['5', `: must be ${DNS_NAME}, got a value that is not shown here`]],
  'kubernetes.ingress_tls_secret': [['5', `: must be ${DNS_NAME}, got a value that is not shown here`]],
  'kubernetes.node_selector_key': [['5', ': must be a label key such as node.kubernetes.io/instance-type, got 5']],
  'kubernetes.node_selector_val': [['5', ': must be a label value (letters, digits, -, _ and ., at most 63), got 5']],
  'kubernetes.tolerations_yaml': [
    ['[{ key = "a" }]', ': must be a string, got a list'],
    ['"- value: [a]"', ': must be a YAML list of tolerations (number 1: value: a text), got "- value: [a]"'],
  ],
  'sandbox.remote_runtime_api_url': [['5', ': must be a string, got 5']],
  'sandbox.api_key': [
    ['5', `: must be ${REFERENCE}, got a value that is not shown here`],
    ['{ secret = "a" }', '.key: must be an entry of a Secret (letters, digits, -, _ and .), got nothing'],
    ['{ secret = "a", key = "b", c = 1 }', '.c: unknown key'],
  ],
  'sandbox.base_container_image': [['5', `: must be ${IMAGE}, got 5`]],
  'sandbox.runtime_container_image': [['["a"]', `: must be ${IMAGE}, got a list`]],
  'sandbox.remote_runtime_class': [
    ['5', ': must be one of none, sysbox, gvisor, got 5'],
    ['"gviser"', ': must be one of none, sysbox, gvisor, got "gviser", did you mean gvisor?'],
  ],
  'sandbox.runtime_extra_deps': [['["jq"]', ': must be a string, got a list']],
  'sandbox.runtime_startup_env_vars.*': [
    ['5', ': must be a string, or { secret = "name", key = "entry" }, got 5'],
    ['["a"]', ': must be a string, or { secret = "name", key = "entry" }, got a list'],
    ['{ secret = "a" }', '.key: must be an entry of a Secret (letters, digits, -, _ and .), got nothing'],
    ['{ secret = "a", key = "b", optional = true }', '.optional: unknown key'],
  ],
  'sandbox.browsergym_eval_env': [['5', ': must be a string, got 5']],
  'sandbox.platform': [
    ['5', ': must be a string, got 5'],
    ['"windows"', ': must be a platform such as linux/arm64, got "windows"'],
  ],
  'sandbox.docker_runtime_kwargs.mem_limit': [
    ['true', `: must be ${MEMORY}, got true`],
    ['1.5', `: must be ${MEMORY}, got 1.5`],
    ['"1x"', `: must be ${MEMORY}, got "1x"`],
  ],
  'sandbox.docker_runtime_kwargs.shm_size': [['[1]', `: must be ${MEMORY}, got a list`]],
  'sandbox.docker_runtime_kwargs.extra_hosts': [
    ['5', `: must be ${HOSTS}, got 5`],
    ['["a"]', `[0]: must be ${HOSTS}, got "a"`],
    ['[5]', `[0]: must be ${HOSTS}, got 5`],
    ['{ a = "b" }', '.a: must be an IP address, got "b"'],
  ],
  'sandbox.selected_repo': [['5', ': must be a string, got 5']],
  'sandbox.volumes': [['["a:/b"]', ': must be a string, got a list']],
  'sandbox.cuda_visible_devices': [['0', ': must be a string, got 0']],
  'deploy.network.clients[]': [
    ['"traefik"', `: must be ${PEER}, got "traefik"`],
    ['{}', `: must be ${PEER}, got a table`],
    ['{ namespace = "A" }', `.namespace: must be ${DNS_LABEL}, got "A"`],
    ['{ namespace = "a", pod = { app = "b" } }', '.pod: unknown key, did you mean pods?'],
    ['{ pods = { app = "b" } }', `.namespace: must be ${DNS_LABEL}, got nothing`],
    ['{ cidr = "10.0.0.1" }', `.cidr: must be ${RANGE}, got "10.0.0.1"`],
    ['{ cidr = "10.0.0.0/8", namespace = "a" }', `: must be ${PEER}, got a table`],
  ],
  'deploy.network.ingress_controllers[]': [['5', `: must be ${PEER}, got 5`]],
  'deploy.network.egress': [
    ['5', `: must be ${EGRESS}, got 5`],
    ['{ cidr = "10.0.0.0/8" }', '.cidr: unknown key'],
    ['{ domain = ["a.example.com"] }', '.domain: unknown key, did you mean domains?'],
    ['"internt"', ': must be one of internet, none, got "internt", did you mean internet?'],
    ['["api.example.com"]', `[0]: must be ${RULE}, got "api.example.com"`],
  ],
  'deploy.network.egress[]': [
    ['5', `: must be ${RULE}, got 5`],
    ['["a"]', `: must be ${RULE}, got a list`],
    ['{ ports = [443] }', `: must be ${RULE}, got a table`],
    ['{ cidr = "10.0.0.0/8", port = [443] }', '.port: unknown key, did you mean ports?'],
    ['{ cidr = "10.0.0.0/8", ports = 443 }', '.ports: must be a list of ports, or absent for every port, got 443'],
    ['{ namespace = "a", ports = ["443"] }', '.ports[0]: must be a port (1 to 65535), got "443"'],
    ['{ namespace = "a", allow_private = true }', '.allow_private: unknown key'],
  ],
  'deploy.monitoring.alertmanager.receivers[]': [
    ['"team"', ': must be a table with the type of a receiver, got a text'],
    ['{ name = "a" }', '.type: must be one of webhook, slack, pagerduty, email, got nothing'],
    ['{ type = "telegram" }', '.type: must be one of webhook, slack, pagerduty, email, got "telegram"'],
    [`${RECEIVER} type = "webhook" }`, `.url: must be ${REFERENCE}, got nothing`],
    [
      `${RECEIVER} type = "webhook", url = { secret = "a", key = "b" }, chanel = "c" }`,
      '.chanel: unknown key, did you mean channel?',
    ],
  ],
  'deploy.recovery.restore_from.*': [
    ['"a"', `: must be ${SOURCE}, got "a"`],
    ['{}', `: must be ${SOURCE}, got a table`],
    ['{ snapshot = "A" }', `.snapshot: must be ${DNS_NAME}, got "A"`],
    ['{ snapshots = "a" }', `: must be ${SOURCE}, got a table`],
    ['{ backup = "a", snapshot = "b" }', `: must be ${SOURCE}, got a table`],
  ],
  'deploy.sign_in.owners.*': [
    ['"alice@example.com"', `: must be ${OWNERS}, got "alice@example.com"`],
    ['5', `: must be ${OWNERS}, got 5`],
    ['{}', `.groups: must be a list, got nothing`],
    ['["alice"]', '[0]: must be an e-mail address such as alice@example.com, got "alice"'],
    ['{ groups = ["a"], emails = [] }', '.emails: unknown key'],
    ['{ groups = "a" }', '.groups: must be a list, got "a"'],
  ],
  'deploy.sign_in.default_owners': [['5', `: must be ${OWNERS}, got 5`]],
};

test('every union of the schema has its cases', () => {
  expect(Object.keys(CASES).toSorted()).toEqual([...new Set(unionsIn(ProfileTables, ''))].toSorted());
});

/** What a table must have beside the union. */
const beside = (place: string) =>
  place.startsWith('deploy.sign_in.') ? '\ndeploy.sign_in.issuer = "https://a.example"' : '';

/** TOML that has a value at a place. */
const tomlAt = (place: string, value: string): string =>
  place.endsWith('[]') ? `${place.slice(0, -2)} = [${value}]` : `${place.replace(/\*$/, 'a')} = ${value}`;

const shownAs = (place: string) => place.replace(/\[\]$/, '[0]').replace(/\*$/, 'a');

test.each(Object.entries(CASES).flatMap(([place, cases]) => cases.map(([value, refusal]) => [place, value, refusal])))(
  '%s = %s is refused by its nearest branch',
  (place, value, refusal) => {
    expect(refusals(tomlAt(place!, value!) + beside(place!))).toEqual([`config.toml:1: ${shownAs(place!)}${refusal}`]);
  },
);

test('a union without words of its own says what each of its branches wants', () => {
  const schema = z.strictObject({ a: z.union([z.int(), z.array(z.string()), z.literal('')]) });
  const values = { a: true };
  const { issues } = schema.safeParse(values, { error: expectation }).error!;

  expect(issues.flatMap((it) => describeIssue(it, schema, values))).toEqual([
    { path: ['a'], text: 'must be a number, or a list, got true' },
  ]);
});
