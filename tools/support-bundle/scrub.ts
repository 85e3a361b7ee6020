import { assignsSecret, hasSecretName, looksLikeCredential, namesSecret } from '../../config/credentials';
import { LEFT_OUT, type Omissions } from './omissions';

const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY[\s\S]*?(-----END [A-Z ]*PRIVATE KEY( BLOCK)?-----|$)/g;

/** `Authorization: Bearer x`, wherever in a line. */
const BEARER = /\b(bearer|basic)(\s+|%20|\+)(?!<left out>)[^\s"'`,;]+/gi;

/** Written out or in a URL. A program's `service@v0.155.0` has no top-level domain. */
const EMAIL = /[^\s"'`<>()[\]{}:;,=/\\]+(@|%40)[\p{L}\d-]+(\.[\p{L}\d-]+)*\.\p{L}{2,}/giu;

/** Random digits and letters: a key that nothing names, or the part of one. Digests of images are public. */
const RANDOM_HEX = /(?<!sha256:)(?<![0-9a-f])[0-9a-f]{32,}(?![0-9a-z])/gi;
const RANDOM_TEXT = /(?<![\w+/=-])(?=[\w+/=-]*\d)(?=[\w+/=-]*[A-Z])(?=[\w+/=-]*[a-z])[\w+/=-]{32,}(?![\w+/=-])/g;

/** `ReplicaSet/openhands-runtime-demo-79576c686c`: an object's name, as events tell it. */
const OBJECT = /^[A-Z][A-Za-z]+\/[a-z\d-]+$/;

/** A word with what belongs to it: a whole URL, a whole token. */
const WORD = /[^\s"'`<>]+/g;

const CREDENTIALS = 'credentials by their form: tokens, private keys, URLs with a password';
const RANDOM = 'long random texts, which can be keys';

/**
 * Take secrets out of texts that may hold them anywhere.
 *
 * It knows the values that the cluster's Secrets have, and beside them what looks like a secret.
 */
export class Scrubber {
  constructor(
    /** Of {@link secretValuesOf}. */
    private readonly values: readonly string[],
    private readonly omissions: Omissions,
  ) {}

  /** Without any secret that can be told by its value or by its form. @param place where it stands, for the list */
  scrub(text: string, place: string): string {
    const known = this.withoutValues(text, place);
    const found = this.without(known, PRIVATE_KEY, CREDENTIALS, place)
      .split('\n')
      .map((line) => this.withoutCredentials(line, place))
      .join('\n');
    return [
      [BEARER, CREDENTIALS] as const,
      [EMAIL, 'e-mail addresses'] as const,
      [RANDOM_HEX, RANDOM] as const,
      [RANDOM_TEXT, RANDOM] as const,
    ].reduce((rest, [pattern, reason]) => this.without(rest, pattern, reason, place), found);
  }

  /** The same of a text that is somebody's words, without the lines that speak of a secret either. */
  scrubLines(text: string, place: string): string {
    const lines = this.without(text, PRIVATE_KEY, CREDENTIALS, place).split('\n');
    const kept = lines.map((line) => {
      if (!speaksOfSecret(line)) return line;
      this.omissions.add('lines that name a secret and may hold it', place);
      return LEFT_OUT;
    });
    return this.scrub(kept.join('\n'), place);
  }

  private withoutValues(text: string, place: string): string {
    let rest = text;
    for (const value of this.values) {
      if (!rest.includes(value)) continue;
      this.omissions.add('values of Secrets', place);
      rest = rest.replaceAll(value, LEFT_OUT);
    }
    return rest;
  }

  private withoutCredentials(line: string, place: string): string {
    if (!looksLikeCredential(line)) return line;
    this.omissions.add(CREDENTIALS, place);
    const rest = line.replace(WORD, (word) => (looksLikeCredential(word) ? LEFT_OUT : word));
    // Its words together.
    return looksLikeCredential(rest) ? LEFT_OUT : rest;
  }

  private without(text: string, pattern: RegExp, reason: string, place: string): string {
    return text.replace(pattern, (found) => {
      if (OBJECT.test(found)) return found;
      this.omissions.add(reason, place);
      return LEFT_OUT;
    });
  }
}

/** `x-api-key: a`, `\"token\": \"a\"`, `--password a`: a name, with a value behind it. */
const NAMES = [/([\w.-]+)[\\"']*\s*[:=]/g, /--?([\w-]+)[\s"',]+[^\s-]/g];

/** Words of which no line is kept. */
const WORDS = /passw|passphrase|\bpwd\b|cookie/i;

const speaksOfSecret = (line: string): boolean =>
  WORDS.test(line) ||
  namesSecret(line) ||
  assignsSecret(line) ||
  NAMES.some((pattern) => [...line.matchAll(pattern)].some(([, name]) => hasSecretName(name!)));
