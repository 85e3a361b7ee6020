import { allowedFor } from '../../config/owners';
import { load, refusals } from './config-file';

const ISSUER = 'issuer = "https://login.example.com"';
const OWNERS = 'owners = { alice = ["alice@example.com"], reviews = { groups = ["platform"] } }';

interface Given {
  readonly ingress?: string;
  readonly tls?: string;
  readonly canvas?: string;
}

/** A profile in which nothing but the lines of `[deploy.sign_in]`, which begin in line 9, can be wrong. */
const profile = (lines: string, { ingress = 'kind = "Ingress"', tls = '"tls"', canvas = '{}' }: Given = {}) =>
  `[kubernetes]
ingress_tls_secret = ${tls}
[deploy]
contract = "agent-server"
sessions = ["alice", "reviews"]
canvas = ${canvas}
ingress = { ${ingress} }
[deploy.sign_in]
${lines}`;

const signIn = (lines: string) => load(profile(lines)).profile.deploy.sign_in!;

test('owners of two kinds, and nothing else, are enough', () => {
  expect(() => load(profile(`${ISSUER}\n${OWNERS}`))).not.toThrow();
});

describe('who may use a session', () => {
  test('its people and the admins, in lower case, each once', () => {
    const config = signIn(
      `${ISSUER}\nowners = { alice = ["Bob@Example.com", "alice@example.com"] }\ndefault_owners = ["alice@example.com"]\nadmins = { emails = ["root@example.com", "alice@example.com"] }`,
    );

    expect(allowedFor(config, 'alice')).toEqual({
      emails: ['alice@example.com', 'bob@example.com', 'root@example.com'],
    });
  });

  test('its groups and the admins’ groups, spelled as they are', () => {
    const config = signIn(
      `${ISSUER}\n${OWNERS}\nadmins = { emails = ["root@example.com"], groups = ["/Platform Admins"] }`,
    );

    expect(allowedFor(config, 'reviews')).toEqual({ groups: ['/Platform Admins', 'platform'] });
  });

  test('the default, where it has no owner of its own', () => {
    const config = signIn(
      `${ISSUER}\nowners = { alice = ["alice@example.com"] }\ndefault_owners = { groups = ["all"] }`,
    );

    expect(allowedFor(config, 'reviews')).toEqual({ groups: ['all'] });
    expect(allowedFor(config, 'alice')).toEqual({ emails: ['alice@example.com'] });
  });

  test('nobody is a mistake, which the rules find first', () => {
    expect(() => allowedFor({ ...signIn(`${ISSUER}\n${OWNERS}`), owners: {} }, 'alice')).toThrow(TypeError);
  });
});

describe('refused', () => {
  test.each([
    // Its issuer.
    [
      OWNERS,
      'config.toml:8: deploy.sign_in.issuer: must be an https:// URL without a user, such as https://login.example.com/realms/platform, got nothing',
    ],
    [
      `issuer = "http://login.example.com"\n${OWNERS}`,
      'config.toml:9: deploy.sign_in.issuer: must be an https:// URL without a user, such as https://login.example.com/realms/platform, got "http://login.example.com"',
    ],
    [
      `issuer = "login.example.com"\n${OWNERS}`,
      'config.toml:9: deploy.sign_in.issuer: must be an https:// URL without a user, such as https://login.example.com/realms/platform, got "login.example.com"',
    ],
    [
      `issuer = "https://login.example.com/?realm=a"\n${OWNERS}`,
      'config.toml:9: deploy.sign_in.issuer: must be an https:// URL without a user, such as https://login.example.com/realms/platform, got "https://login.example.com/?realm=a"',
    ],
    [
      `issuer = "https://169.254.169.254"\n${OWNERS}`,
      'config.toml:9: deploy.sign_in.issuer: must be a URL of an OpenID provider, not of a cloud\'s metadata, got "https://169.254.169.254"',
    ],
    // Its owners.
    [
      `${ISSUER}\nowners = { alice = ["alice@example.com"] }`,
      'config.toml:8: deploy.sign_in: must name an owner of session reviews: add owners.reviews, or default_owners for all the rest',
    ],
    [
      `${ISSUER}\n${OWNERS}\nowners.zoe = ["zoe@example.com"]`.replace(
        /owners = .*\n/,
        'owners.alice = ["alice@example.com"]\nowners.reviews = { groups = ["platform"] }\n',
      ),
      'config.toml:12: deploy.sign_in.owners.zoe: must be one of deploy.sessions (alice, reviews), got zoe',
    ],
    [
      `${ISSUER}\nowners = { alise = ["alice@example.com"] }\ndefault_owners = ["alice@example.com"]`,
      'config.toml:10: deploy.sign_in.owners.alise: must be one of deploy.sessions (alice, reviews), did you mean alice?',
    ],
    [
      `${ISSUER}\nowners = { alice = [] }\ndefault_owners = ["alice@example.com"]`,
      'config.toml:10: deploy.sign_in.owners.alice: must be at least one: an empty list would let nobody in, got a list',
    ],
    [
      `${ISSUER}\nowners = { alice = { groups = [] } }\ndefault_owners = ["alice@example.com"]`,
      'config.toml:10: deploy.sign_in.owners.alice.groups: must be at least one: an empty list would let nobody in, got a list',
    ],
    [
      `${ISSUER}\ndefault_owners = ["alice"]`,
      'config.toml:10: deploy.sign_in.default_owners[0]: must be an e-mail address such as alice@example.com, got "alice"',
    ],
    [
      `${ISSUER}\ndefault_owners = ["*@example.com"]`,
      'config.toml:10: deploy.sign_in.default_owners[0]: must be an e-mail address such as alice@example.com, got "*@example.com"',
    ],
    [
      `${ISSUER}\ndefault_owners = ["a@example.com", "b@example.com,c@example.com"]`,
      'config.toml:10: deploy.sign_in.default_owners[1]: must be an e-mail address such as alice@example.com, got "b@example.com,c@example.com"',
    ],
    [
      `${ISSUER}\ndefault_owners = "alice@example.com"`,
      'config.toml:10: deploy.sign_in.default_owners: must be a list such as ["alice@example.com"], or { groups = ["platform"] }, got "alice@example.com"',
    ],
    [
      `${ISSUER}\ndefault_owners = { groups = ["a,b"] }`,
      'config.toml:10: deploy.sign_in.default_owners.groups[0]: must be a group as the issuer names it, without a comma, a quotation mark and $, got "a,b"',
    ],
    [
      `${ISSUER}\ndefault_owners = ["alice@example.com", "bob@example.com", "Alice@Example.com"]`,
      'config.toml:10: deploy.sign_in.default_owners[2]: must differ from the others, got Alice@Example.com twice',
    ],
    [
      `${ISSUER}\ndefault_owners = { groups = ["a", "b", "a"] }`,
      'config.toml:10: deploy.sign_in.default_owners.groups[2]: must differ from the others, got a twice',
    ],
    [
      `${ISSUER}\n${OWNERS}\nadmins = { emails = ["root@example.com", "root@example.com"], groups = ["admins"] }`,
      'config.toml:11: deploy.sign_in.admins.emails[1]: must differ from the others, got root@example.com twice',
    ],
    [
      `${ISSUER}\n${OWNERS}\nadmins = { emails = ["root@example.com"] }`,
      'config.toml:11: deploy.sign_in.admins: must have groups too, for session reviews, which is owned by groups, got emails alone',
    ],
    [
      `${ISSUER}\n${OWNERS}\nadmins = { groups = ["admins"] }`,
      'config.toml:11: deploy.sign_in.admins: must have emails too, for session alice, which is owned by emails, got groups alone',
    ],
    // What it asks the issuer for.
    [
      `${ISSUER}\n${OWNERS}\nscopes = ["openid", "profile"]`,
      'config.toml:11: deploy.sign_in.scopes: must have email, got openid, profile',
    ],
    [
      `${ISSUER}\n${OWNERS}\nscopes = ["openid email"]`,
      'config.toml:11: deploy.sign_in.scopes[0]: must be a scope of OAuth 2.0 such as email, got "openid email"',
    ],
  ])('%s', (lines, refusal) => {
    expect(refusals(profile(lines))).toEqual([refusal]);
  });

  test.each<[Given, string]>([
    [{ canvas: 'false' }, 'config.toml:8: deploy.sign_in: needs [deploy.canvas], which it lets people in to'],
    [
      { ingress: 'kind = "none"' },
      'config.toml:8: deploy.sign_in: needs deploy.ingress.kind = "Ingress" or "HTTPRoute": nobody comes in by "none"',
    ],
    [
      { tls: '""' },
      'config.toml:8: deploy.sign_in: needs kubernetes.ingress_tls_secret: its cookies and its redirect address are https alone',
    ],
  ])('with %j', (given, refusal) => {
    expect(refusals(profile(`${ISSUER}\n${OWNERS}`, given))).toEqual([refusal]);
  });

  test('a range of the issuer that is a cloud’s metadata address, or of a family that the cluster has not', () => {
    const text = (cidr: string) =>
      `${profile(`${ISSUER}\n${OWNERS}\nissuer_cidr = "${cidr}"`)}\n[deploy.network]\nip_families = ["IPv4"]`;

    expect(refusals(text('169.254.169.254/32'))).toEqual([
      "config.toml:11: deploy.sign_in.issuer_cidr: must not be a cloud's metadata address, got 169.254.169.254/32",
    ]);
    expect(refusals(text('fd00::/8'))).toEqual([
      'config.toml:11: deploy.sign_in.issuer_cidr: is IPv6, which deploy.network.ip_families leaves out',
    ]);
  });

  test('beside the API’s own host, which a key opens', () => {
    const text = `${profile(`${ISSUER}\n${OWNERS}`, { ingress: 'api = true' })}\n[deploy.secrets]\nsession_keys = "required"`;

    expect(refusals(text)).toEqual([
      "config.toml:7: deploy.ingress.api: must be false with deploy.sign_in: the API's own host would let in whoever has the session's key, got true",
    ]);
  });
});
