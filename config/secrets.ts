import { assignsSecret, hasSecretName, isSecret, looksLikeCredential } from './credentials';
import type { Problem } from './refusal';
import { SecretReference } from './schema/values';
import { isTable, type Path, type Table } from './tables';

const REFERENCE = 'write { secret = "name", key = "entry" } instead, the name and the entry of a Secret';

/** `[[deploy.patches]]` hold pieces of Kubernetes objects, in Kubernetes's words. */
const isInPatch = ([deploy, patches, , form]: Path): boolean =>
  deploy === 'deploy' && patches === 'patches' && (form === 'patch' || form === 'merge');

/** Fields of Kubernetes that hold a name: of a label, a taint, an entry of a Secret. */
const KUBERNETES_NAMES = new Set(['key', 'secretKey', 'topologyKey']);

/** The names that a value goes under. Kubernetes's lists and tables are called after what they name: `imagePullSecrets`. */
function namesAbove(path: Path): string[] {
  const names = path.filter((key) => typeof key === 'string');
  return isInPatch(path) ? names.slice(-1).filter((name) => !KUBERNETES_NAMES.has(name)) : names;
}

/** Tables of OpenHands that carry keys and passwords, patches, and two fields of a sandbox; deeper, its schema asks for a reference. */
function mayHoldSecrets(path: Path): boolean {
  const [table, field] = path;
  if (isInPatch(path)) return true;
  if (table !== 'sandbox') return table !== 'kubernetes' && table !== 'deploy';
  return field === 'runtime_startup_env_vars' ? path.length === 3 : field === 'api_key' && path.length === 2;
}

/** Whether a value is a secret by a name above it, or by a name in its own text. */
function isNamed(value: string | number | bigint, path: Path): boolean {
  if (namesAbove(path).some((key) => isSecret(key, value))) return true;
  return typeof value === 'string' && assignsSecret(value);
}

/** `["--api-key", "x"]`: an argument whose value is the next one. */
const isSecretFlag = (argument: unknown): boolean =>
  typeof argument === 'string' && /^--?[\w-]+$/.test(argument) && hasSecretName(argument);

const isArgument = (value: unknown): boolean =>
  typeof value === 'string' && !value.startsWith('-') && isSecret('secret', value);

/** `{ name = "API_KEY", value = "x" }`: the name is a value itself. */
const namesOwnSecret = ({ name, key = name, value }: Table): boolean => typeof key === 'string' && isSecret(key, value);

/** An operation of a JSON patch: the name that its value goes under is at the end of its `path`. */
function* secretsInOperation({ path: pointer, value }: Table, path: Path): Generator<Path> {
  const names = typeof pointer === 'string' ? pointer.split('/').slice(1) : [];
  for (const found of secretsIn(value, [...path, ...names])) {
    yield [...path, 'value', ...found.slice(path.length + names.length)];
  }
}

/** The paths of all strings and numbers that are a secret written out. References to Secrets are none. */
function* secretsIn(value: unknown, path: Path): Generator<Path> {
  if (isTable(value)) {
    if (SecretReference.safeParse(value).success && !Object.values(value).some(looksLikeCredential)) return;
    if (mayHoldSecrets(path) && namesOwnSecret(value)) yield [...path, 'value'];
    const isOperation = isInPatch(path) && path.at(-2) === 'patch' && path.length === 5;
    if (isOperation) yield* secretsInOperation(value, path);
    for (const [key, inner] of Object.entries(value)) {
      if (!(isOperation && key === 'value')) yield* secretsIn(inner, [...path, key]);
    }
  } else if (Array.isArray(value)) {
    for (const [index, inner] of value.entries()) {
      if (mayHoldSecrets(path) && isSecretFlag(value[index - 1]) && isArgument(inner)) yield [...path, index];
      yield* secretsIn(inner, [...path, index]);
    }
  } else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') {
    if (looksLikeCredential(value) || (mayHoldSecrets(path) && isNamed(value, path))) yield path;
  }
}

/** Every secret that is written out, by its name or by its form. */
export const writtenSecrets = (values: Table): Problem[] =>
  [...secretsIn(values, [])].map((path) => ({ path, text: `must not be a secret written out: ${REFERENCE}` }));
