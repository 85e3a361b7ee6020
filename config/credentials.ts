/** How a secret is known: by the name it goes under, by its own form, or by both in one text. */

/** A name's words in lower case: `awsSecretAccessKey` and `AWS_SECRET_ACCESS_KEY_2` are aws, secret, access and key. */
const wordsOf = (name: string): string[] =>
  name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '');

/** Words that mean a secret wherever they stand in a name. */
const SECRET_WORD =
  /^([a-z]*(password|passwd|passphrase)s?|[a-z]*apikeys?|secrets?|credentials?|authorization|(access|account|auth|private|secret)(key|token)s?|sshpass)$/;

/** The same in two words. */
const SECRET_WORDS =
  /\b(api|access|private|account|encryption|signing|master) keys?\b|\b(access|auth|refresh|bearer) tokens?\b/;

/** Words that mean a secret when a name ends in them. */
const SECRET_END = /^(key|token|pass|pwd|pw|pat|psk|bearer|cookie)$/;

/** What a name is about when it ends in one of these: `PASSWORD_POLICY_URL` is a URL, `TOKEN_LIMIT` a number. */
const DESCRIPTION_END = new Set(
  (
    'url uri urls endpoint host hostname port path paths file files filename dir directory folder name names id ids type kind ' +
    'policy ttl lifetime age length len size limit limits count header algorithm alg format mode enabled disabled required ' +
    'optional provider providers store backend manager helper arn ref version prefix suffix scope scopes audience issuer ' +
    'expiry expires expiration timeout interval rotation env var variable field label hint prompt message login reset ' +
    'strength rules regex pattern auth authentication budget usage cost price rate source command cmd script namespace ' +
    'region level service server seconds secs minutes hours days ms'
  ).split(' '),
);

/** What is no secret when one of these stands before `key` or `token`, and never a secret beside a number. */
const PLAIN_WORD = new Set(
  (
    'public publishable primary foreign sort partition cache idempotency lookup group host selector label annotation object ' +
    'row column hot shortcut json dict map translation feature node state per eos bos pad unk sep cls mask stop special next ' +
    'continuation page sync max min num cost'
  ).split(' '),
);

const COUNTING = new Set(['max', 'min', 'num', 'per', 'cost', 'public']);

/** A key whose value is a secret: `LLM_API_KEY`, `accessKey`, `jwt_secret`, `MYSQL_PWD`, `GITHUB_TOKEN`. */
export function hasSecretName(name: string): boolean {
  // The shell's own variable is the folder that it is in.
  if (name === 'PWD') return false;
  const words = wordsOf(name);
  const last = words.at(-1);
  if (last === undefined) return false;
  // HashiCorp Vault's secret_id is a password.
  if (words.slice(-2).join(' ') === 'secret id') return true;
  if (DESCRIPTION_END.has(last) || words.some((word) => COUNTING.has(word))) return false;
  if (words.some((word) => SECRET_WORD.test(word)) || SECRET_WORDS.test(words.join(' '))) return true;
  return SECRET_END.test(last) && !words.some((word) => PLAIN_WORD.has(word));
}

/** Known forms of tokens and keys, by who gives them out. */
const FORMS = [
  '-----BEGIN [A-Z ]*PRIVATE KEY( BLOCK)?-----',
  'AGE-SECRET-KEY-1[0-9A-Z]{20,}',
  // JSON Web Token.
  '\\beyJ[\\w-]{8,}\\.eyJ[\\w-]{8,}',
  // GitHub, GitLab.
  '\\bgh[opsru]_\\w{20,}',
  '\\bgithub_pat_\\w{20,}',
  '\\bgl(pat|dt|rt|ptt|soat|agent|cbt|ft|imt)-[\\w-]{16,}',
  // Slack, Discord, Telegram.
  '\\bxox[abeoprs]-[\\w-]{10,}',
  '\\bxapp-\\d-[\\w-]{10,}',
  '\\bhooks\\.slack\\.com/(services|workflows|triggers)/\\w+/\\w+/\\w+',
  '\\bdiscord(app)?\\.com/api/webhooks/\\d+/[\\w-]+',
  '\\b\\d{8,10}:AA[\\w-]{30,}',
  // Amazon, Google, Azure, DigitalOcean.
  '\\b(AKIA|ASIA)[0-9A-Z]{16}\\b',
  '\\bAIza[\\w-]{30,}',
  '\\bGOCSPX-[\\w-]{20,}',
  '\\bya29\\.[\\w-]{20,}',
  '\\b(AccountKey|SharedAccessKey)=[\\w+/]{16,}',
  '\\bdop_v1_\\w{20,}',
  // OpenAI, Anthropic, Stripe and many others.
  '\\b(sk|pk|rk)-(?=[\\w-]*\\d)[\\w-]{16,}',
  '\\b(sk|rk)_(live|test)_\\w{16,}',
  // Hugging Face, Groq, xAI, Perplexity, Replicate, Tavily, Databricks.
  '\\bhf_[A-Za-z0-9]{20,}',
  '\\bgsk_\\w{20,}',
  '\\bxai-\\w{20,}',
  '\\bpplx-\\w{20,}',
  '\\br8_\\w{20,}',
  '\\btvly-[\\w-]{16,}',
  '\\bdapi[0-9a-f]{32}\\b',
  // npm, PyPI, Docker Hub, SendGrid, Linear, Notion, Vault.
  '\\bnpm_[A-Za-z0-9]{30,}',
  '\\bpypi-[\\w-]{30,}',
  '\\bdckr_pat_[\\w-]{20,}',
  '\\bSG\\.[\\w-]{16,}\\.[\\w-]{16,}',
  '\\blin_api_\\w{20,}',
  '\\bntn_\\w{30,}',
  '\\bhvs\\.[\\w-]{20,}',
  // A URL with a password that is not the name of a variable.
  '//[^/\\s:@]*:(?!\\$\\{?\\w+\\}?@|\\$\\(\\w+\\)@)[^/\\s@]+@',
];

const CREDENTIAL = new RegExp(FORMS.join('|'));

const TRUTH = /^(true|false|yes|no|on|off|none|null|enabled|disabled|required|optional|[01])$/i;

/** `${API_KEY}`, `Bearer $TOKEN`: the name of a variable. */
const VARIABLE = /^((Bearer|Basic|Token)\s+)?\$(\w+|\{\w+\}|\(\w+\))$/i;

const PATH = /^(~|\.{1,2})?(\/[\w.@-]+){2,}$/;

/** What may be written out even under a secret's name: nothing, yes or no, a variable, the path of a file with a key. */
function isHarmless(name: string, text: string): boolean {
  if (text.trim() === '' || TRUTH.test(text) || VARIABLE.test(text)) return true;
  return PATH.test(text) && /(credentials?|key|token)$/i.test(name) && !/secret|pass|api/i.test(name);
}

/** Whether the value under a name is a secret that is written out. A number of four digits can be one. */
export function isSecret(name: string, value: unknown): boolean {
  if (typeof value === 'number') return Number.isInteger(value) && Math.abs(value) >= 1000 && hasSecretName(name);
  if (typeof value === 'bigint') return hasSecretName(name);
  return typeof value === 'string' && hasSecretName(name) && !isHarmless(name, value);
}

const QUERY = /[?&]([\w.-]+)=([^&#\s"'`]+)/g;
const SIGNATURE = /^(sig|signature|x-amz-signature)$/i;

/** A URL whose query has a secret: `https://example.com/mcp?api_key=x`. */
const hasSecretQuery = (text: string): boolean =>
  text.includes('://') &&
  [...text.matchAll(QUERY)].some(([, name, value]) => isSecret(name!, value) || SIGNATURE.test(name!));

/** A value that has the form of a credential, whatever it is called: a private key, a known token, a URL with a password. */
export const looksLikeCredential = (value: unknown): boolean =>
  typeof value === 'string' && (CREDENTIAL.test(value) || hasSecretQuery(value));

/** A secret's name and its value in one text: `NAME=x`, `--token=x`, `Password=x;`, then JSON, then an HTTP header. */
const PAIRS = [
  /(?:^|[\s;,])-{0,2}([\w.-]+)=["']?([^\s"';,]+)/g,
  /["']([\w.-]+)["']\s*:\s*["']([^"']+)["']/g,
  /^([\w-]+):\s*((?:(?:Bearer|Basic|Token)\s+)?\S+)$/gi,
];

/** A text that holds a secret's name and the secret: an argument, a header, a JSON object, a connection string. */
export const assignsSecret = (text: string): boolean =>
  PAIRS.some((pair) => [...text.matchAll(pair)].some(([, name, value]) => isSecret(name!, value)));

const NAMED_INSIDE = /(api_?key|password|passwd|secret|token|credential|authorization)\w*['"]?\s*[:=]/i;

/** A text that speaks of a secret, with whatever value: not to be shown. */
export const namesSecret = (value: unknown): boolean => typeof value === 'string' && NAMED_INSIDE.test(value);
