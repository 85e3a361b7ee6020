import * as z from 'zod';
import { HttpsUrl } from './https-url';
import { Cidr, DnsSubdomain, SecretKey, SecretReference } from './values';

/** What oauth2-proxy's file of addresses, which is CSV with `#` comments, reads as written. */
const EMAIL = 'an e-mail address such as alice@example.com';
const Email = z
  .string({ error: EMAIL })
  .regex(/^(?=.{3,254}$)[\w+-][\w.+-]*@[A-Za-z0-9]([-.A-Za-z0-9]*[A-Za-z0-9])?$/, {
    error: EMAIL,
  });

/** oauth2-proxy splits its flags at commas, and the kubelet expands `$(NAME)` in them. */
const GROUP = 'a group as the issuer names it, without a comma, a quotation mark and $';
const Group = z.string({ error: GROUP }).regex(/^(?!\s)[^,"$\p{Cc}]{1,256}(?<!\s)$/u, { error: GROUP });

const SOMEBODY = 'at least one: an empty list would let nobody in';

/** People by their e-mail addresses, or groups: oauth2-proxy asks for both where it is told both. */
const Owners = z.union(
  [
    z.array(Email).min(1, { error: SOMEBODY }),
    z.strictObject({
      /** Groups of the claim `groups`, one of which a person must be in. */
      groups: z.array(Group).min(1, { error: SOMEBODY }),
    }),
  ],
  { error: 'a list such as ["alice@example.com"], or { groups = ["platform"] }' },
);
export type Owners = z.infer<typeof Owners>;

/** `[deploy.sign_in]`: OpenID Connect, by oauth2-proxy, in front of every session's Canvas. */
export const SignInConfig = z.strictObject({
  /** The OpenID provider's issuer, as it names itself: oauth2-proxy reads the rest below `/.well-known/`. */
  issuer: HttpsUrl('an OpenID provider', 'https://login.example.com/realms/platform'),
  /** Whether the client's Secret has an entry `ca.crt` that signs the issuer's certificate; false: the system's do. */
  own_ca: z.boolean().default(false),
  /** Range of the issuer's addresses where they are private; absent: the internet, or the Service that it is. */
  issuer_cidr: Cidr.optional(),
  /** What the issuer is asked for. Some give a refresh token without `offline_access`, some groups only with `groups`. */
  scopes: z
    .array(z.string().regex(/^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]+$/, { error: 'a scope of OAuth 2.0 such as email' }))
    .default(['openid', 'email', 'offline_access']),
  /** The client that the issuer knows these sandboxes as. */
  client: z
    .strictObject({
      /** Name of a Secret in the sandbox namespace. */
      secret: DnsSubdomain.default('openhands-sign-in'),
      /** Its entry with the client's id. */
      id_key: SecretKey.default('client-id'),
      /** Its entry with the client's secret. */
      secret_key: SecretKey.default('client-secret'),
    })
    .prefault({}),
  /** The entry of a Secret that encrypts and signs the cookies; `npm run keys` makes it. */
  cookie: SecretReference.prefault({ secret: 'openhands-sign-in-cookie', key: 'cookie-secret' }),
  /** Who may use which session. */
  owners: z.record(z.string(), Owners).default({}),
  /** Who may use every session that `owners` does not name. Absent: each must be named. */
  default_owners: Owners.optional(),
  /** Who may use all of them. */
  admins: z
    .strictObject({
      /** People, beside the owners of every session that people own. */
      emails: z.array(Email).default([]),
      /** Groups, beside the owners of every session that groups own. */
      groups: z.array(Group).default([]),
    })
    .prefault({}),
});
export type SignInConfig = z.infer<typeof SignInConfig>;
