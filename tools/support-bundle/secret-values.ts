import type { Manifest } from '../../constructs/policy/objects';

/** Shorter ones stand in other words. */
const SHORTEST = 6;
/** Of the lines of a value with several, such as a private key. */
const SHORTEST_LINE = 16;

const decoded = (text: string): string => Buffer.from(text, 'base64').toString('utf8');

/** The texts inside a text that is JSON, such as the password of a registry's account. */
function textsOfJson(text: string): string[] {
  if (!/^\s*[{[]/.test(text)) return [];
  const texts: string[] = [];
  try {
    JSON.parse(text, (_, value: unknown) => {
      if (typeof value === 'string') texts.push(value);
      return value;
    });
  } catch {
    // It only begins like JSON.
  }
  return texts;
}

/** A value as it can stand in a file: as it is, by its lines, in base64, in a URL, in JSON. */
function formsOf(value: string): string[] {
  const text = value.trim();
  const lines = text.split('\n').map((line) => line.trim());
  return [
    ...(lines.length > 1 ? lines.filter((line) => line.length >= SHORTEST_LINE) : [text]),
    Buffer.from(value).toString('base64'),
    Buffer.from(value).toString('base64').replace(/=+$/, ''),
    Buffer.from(text).toString('base64'),
    encodeURIComponent(text),
    JSON.stringify(text).slice(1, -1),
  ];
}

/**
 * Every form of every value of some Secrets, the longest first.
 *
 * @param published a text that anybody may read: a value that stands in it is no secret
 */
export function secretValuesOf(secrets: readonly Manifest[], published: string): string[] {
  const values = secrets
    // Helm's own record of a release: the manifests, compressed.
    .filter(({ type }) => type !== 'helm.sh/release.v1')
    .flatMap(({ data = {} }) => Object.values<string>(data).map(decoded))
    .flatMap((value) => [value, ...textsOfJson(value)])
    .filter((value) => value.trim().length >= SHORTEST && !published.includes(value.trim()));
  return [...new Set(values.flatMap(formsOf))].sort((a, b) => b.length - a.length);
}
