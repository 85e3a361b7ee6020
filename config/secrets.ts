import type { Problem } from './refusal';
import { SecretReference } from './schema/values';
import { isTable, type Path } from './toml';

const SECRET_NAME = /(^|[_-])(key|token|pass)$|api_?key|password|passwd|secret|credential|authorization/i;

const CREDENTIAL =
  /-----BEGIN [A-Z ]*PRIVATE KEY-----|\b(sk|pk|rk)-[\w-]{16,}|\bgh[opsru]_\w{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{16,}|\b(AKIA|ASIA)[0-9A-Z]{16}\b|\bxox[abprs]-[\w-]{10,}|\beyJ[\w-]{8,}\.eyJ[\w-]{8,}|\/\/[^/\s:@]*:[^/\s@]+@/;

/** A key whose value is a secret: `LLM_API_KEY`, `jwt_secret`, `DB_PASSWORD`, `GITHUB_TOKEN`. */
export const hasSecretName = (key: string): boolean => SECRET_NAME.test(key);

/** A value that has the form of a credential, whatever it is called: a private key, a known token, a URL with a password. */
export const looksLikeCredential = (value: unknown): boolean => typeof value === 'string' && CREDENTIAL.test(value);

const NAMED_INSIDE = /(api_?key|password|passwd|secret|token|credential|authorization)\w*['"]?\s*[:=]/i;

/** A text with a secret's name and its value in it: `{'API_KEY': 'x'}`, `--token=x`. */
export const namesSecret = (value: unknown): boolean => typeof value === 'string' && NAMED_INSIDE.test(value);

const REFERENCE = 'write { secret = "name", key = "entry" } instead, the name and the entry of a Secret';

/** Tables of OpenHands that carry keys and passwords, and two fields of a sandbox; deeper, its schema asks for a reference. */
function mayHoldSecrets(path: Path): boolean {
  const [table, field] = path;
  if (table !== 'sandbox') return table !== 'kubernetes' && table !== 'deploy';
  return field === 'runtime_startup_env_vars' ? path.length === 3 : field === 'api_key' && path.length === 2;
}

/** Every string that is a secret written out, by its key or by its form. Empty strings are none. */
export function writtenSecrets(value: unknown, path: Path = [], isReference = false): Problem[] {
  if (isTable(value)) {
    const refers = SecretReference.safeParse(value).success;
    return Object.entries(value).flatMap(([key, inner]) => writtenSecrets(inner, [...path, key], refers));
  }
  if (Array.isArray(value)) return value.flatMap((inner, index) => writtenSecrets(inner, [...path, index]));
  if (typeof value !== 'string' || value === '') return [];
  const named =
    !isReference && mayHoldSecrets(path) && path.slice(1).some((key) => typeof key === 'string' && hasSecretName(key));
  if (!named && !looksLikeCredential(value)) return [];
  return [{ path, text: `must not be a secret written out: ${REFERENCE}` }];
}
