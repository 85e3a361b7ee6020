/**
 * A certified OpenID provider for the tests, on Node 24 in a Pod. Everybody is who they say they are: an e-mail address and
 * any password. What the tests may choose comes in the file that is the first argument.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { Provider, type Configuration } from 'oidc-provider';

export interface IssuerSettings {
  readonly issuer: string;
  readonly port: number;
  /** A certificate and its key, PEM. */
  readonly certificate: string;
  readonly key: string;
  readonly clients: readonly { readonly id: string; readonly secret: string; readonly redirects: readonly string[] }[];
  /** Who is in which groups, by e-mail address. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
}

const settings = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as IssuerSettings;

const configuration: Configuration = {
  clients: settings.clients.map(({ id, secret, redirects }) => ({
    client_id: id,
    client_secret: secret,
    redirect_uris: [...redirects],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
  })),
  scopes: ['openid', 'offline_access', 'email', 'groups'],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], groups: ['groups'] },
  // In the id token, as most providers have them.
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  cookies: { keys: ['the keys of a test'] },
  findAccount: (_, accountId) => ({
    accountId,
    claims: () => ({
      sub: accountId,
      email: accountId,
      email_verified: true,
      groups: settings.groups[accountId] ?? [],
    }),
  }),
  // Nobody is asked whether they agree.
  loadExistingGrant: async ({ oidc }) => {
    const grant = new oidc.provider.Grant({ clientId: oidc.client!.clientId, accountId: oidc.session!.accountId! });
    grant.addOIDCScope(String(oidc.params!.scope));
    await grant.save();
    return grant;
  },
  issueRefreshToken: () => Promise.resolve(true),
};

const provider = new Provider(settings.issuer, configuration);
provider.on('grant.error', (_, { error_detail }) => console.error(`grant.error: ${error_detail}`));
createServer({ cert: settings.certificate, key: settings.key }, provider.callback()).listen(settings.port);
