import { assignsSecret, hasSecretName, isSecret, looksLikeCredential, namesSecret } from '../../config/credentials';
import { CREDENTIALS } from './credential-forms';

const words = (text: string) => text.trim().split(/\s+/);

test.each(
  words(`
    API_KEY llm_api_key apiKey X-Api-Key OPENAI_API_KEY ANTHROPIC_API_KEY APIKEY OPENAI_APIKEY api_keys API_KEY_2 OPENAI_API_KEY_BACKUP
    accessKey AWS_SECRET_ACCESS_KEY aws_secret_access_key accessKeySecret AZURE_STORAGE_ACCOUNT_KEY STORAGE_KEY ACCESSKEY
    GITHUB_TOKEN GH_TOKEN GITLAB_TOKEN HF_TOKEN NPM_TOKEN SLACK_BOT_TOKEN OAuth2Token authToken _authToken NGROK_AUTHTOKEN token
    access_tokens REFRESH_TOKEN SESSION_TOKEN AWS_SESSION_TOKEN VAULT_TOKEN BEARER_TOKEN
    DB_PASSWORD PGPASSWORD MYSQL_ROOT_PASSWORD MYSQL_PWD DB_PWD pwd SMTP_PASS SSHPASS DB_PW password passwd passphrase
    GPG_PASSPHRASE PASSWORD_HASH dbPassword
    jwt_secret SECRET_KEY_BASE client_secret clientSecret webhook_secret DJANGO_SECRET_KEY VAULT_SECRET_ID secrets secret key
    Authorization Proxy-Authorization credentials GOOGLE_CREDENTIALS Cookie SESSION_COOKIE WIFI_PSK GITHUB_PAT
    SIGNING_KEY encryption_key ENCRYPTION_KEY SSH_PRIVATE_KEY privateKey LICENSE_KEY routing_key
  `),
)('%s is the name of a secret', (name) => expect(hasSecretName(name)).toBe(true));

test.each(
  words(`
    model custom_tokenizer max_input_tokens monkey keyboard KEYBOARD KEYBOARD_LAYOUT toString input_cost_per_tokens input_cost_per_token
    TOKENIZERS_PARALLELISM MAX_TOKENS max_output_tokens MAX_TOKEN NUM_TOKENS TOKEN_LIMIT token_budget TOKEN_USAGE tokens
    PASSWORD_POLICY_URL PASSWORD_MIN_LENGTH PASSWORD_STORE_DIR PASSWORD_FILE PASSWORDLESS_LOGIN PASSWORD_RESET_URL
    SECRET_NAME SECRETS_MANAGER SECRET_ARN API_KEY_HEADER API_KEY_NAME api_key_env OPENAI_API_KEY_ENV_VAR AWS_ACCESS_KEY_ID KEY_ID
    TOKEN_URL TOKEN_ENDPOINT AUTHORIZATION_URL CREDENTIAL_HELPER AWS_SHARED_CREDENTIALS_FILE SSH_KEY_PATH
    PUBLIC_KEY SSH_PUBLIC_KEY STRIPE_PUBLISHABLE_KEY NEXT_PUBLIC_SUPABASE_ANON_KEY PRIMARY_KEY SORT_KEY PARTITION_KEY cache_key
    node_selector_key keys KEYCLOAK_URL KEYMAP hotkey turkey EOS_TOKEN PAD_TOKEN next_token continuation_token
    PWD OLDPWD INIT_CWD BYPASS COMPASS PASS_COUNT passthrough PATH HOME AUTHOR AUTHORS author secretary
    GIT_ASKPASS SSH_AUTH_SOCK PATTERN DISPLAY LANG TERM SHELL EDITOR PORT DEBUG pattern path patch compat
  `).concat('', '__', '日本'),
)('%s is no name of a secret', (name) => expect(hasSecretName(name)).toBe(false));

test.each(CREDENTIALS)('%j has the form of a credential', (value) => {
  expect(looksLikeCredential(value)).toBe(true);
});

test.each([
  'https://example.com:8443/a@b',
  'https://user@example.com/a',
  'https://example.com/search?q=token&page_token=',
  'https://example.com/?key=$KEY',
  'https://example.com/search?namespace=${namespace}&pod=${sandbox}',
  'postgres://user:$PASSWORD@db',
  'postgres://user:${DB_PASSWORD}@db',
  'git@github.com:a/b',
  'sk-short',
  'sk-learn-extra-trees-classifier',
  'risk-management-of-many-things',
  'hf_transfer',
  'npm_config_registry',
  'ghp_short',
  'arn:aws:iam::123456789012:role/AKIA',
  '/var/run/secrets/kubernetes.io/serviceaccount/token',
  'sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
  '0123456789abcdef0123456789abcdef01234567',
  '8d5f2c1e-2b1a-4c59-9d64-1f0a4b0e9c11',
  '-----BEGIN CERTIFICATE-----',
  '-----BEGIN PUBLIC KEY-----',
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIhunter2',
  '',
  5,
  null,
  undefined,
])('%j has no form of a credential', (value) => expect(looksLikeCredential(value)).toBe(false));

test.each(["{'API_KEY': 'x'}", '--token=x', 'Password: x'])('%j names a secret', (text) => {
  expect(namesSecret(text)).toBe(true);
});

test.each([
  'API_KEY=x',
  '--token=x',
  '--password="x y"',
  'docker run -e GITHUB_TOKEN=x image',
  'Password: x',
  'Authorization: Bearer x',
  'x-api-key: x',
  '{"apiKey": "x"}',
  "{'DB_PASSWORD': 'x'}",
  'Server=db;User=a;Password=x;',
])('%j holds a secret with its name', (text) => expect(assignsSecret(text)).toBe(true));

test.each([
  'API_KEY',
  '--api-key',
  '--max-tokens=4096',
  'API_KEY=${API_KEY}',
  'Authorization: Bearer ${TOKEN}',
  'The token: it is the unit of text.',
  'Use a password = never.'.replace(' = ', ' '),
  'PWD=/work',
  'sort_key=name',
  '{"keyboard": "qwerty"}',
  '',
])('%j holds none', (text) => expect(assignsSecret(text)).toBe(false));

test.each(['', ' ', 'true', 'False', 'no', 'required', '0', '$TOKEN', '${API_KEY}', '$(API_KEY)', 'Bearer ${API_KEY}'])(
  '%j is no secret under any name',
  (value) => expect(isSecret('API_KEY', value)).toBe(false),
);

test.each<[string, unknown, boolean]>([
  ['GOOGLE_APPLICATION_CREDENTIALS', '/var/secrets/gcp.json', false],
  ['SSL_KEY', '/etc/tls/tls.key', false],
  ['DB_PASSWORD', '/etc/tls/tls.key', true],
  ['SECRET_KEY', '/aaaa/bbbb', true],
  ['password', 1234, true],
  ['password', 7, false],
  ['token', 0.5, false],
  ['api_key', 10n ** 20n, true],
  ['max_tokens', 100_000, false],
  ['password', true, false],
  ['password', undefined, false],
])('%s = %p as a secret: %s', (name, value, expected) => expect(isSecret(name, value)).toBe(expected));
