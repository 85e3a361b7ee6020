import { parsed } from '../command';
import { UsageError } from '../usage-error';

export interface PackageOptions {
  /** SemVer. */
  readonly version: string;
  /** Of the chart. */
  readonly name: string;
  /** Folder of the manifests. */
  readonly dir: string;
  /** Folder to write to. */
  readonly out: string;
}

const USAGE = `Usage: npm run package -- --version X.Y.Z [options]
  --version X.Y.Z  of the chart
  --name NAME      of the chart (openhands)
  --dir DIR        folder of the manifests (dist)
  --out DIR        folder to write to (.)
Exit status: 0 written, 2 usage.`;

/** https://semver.org/#is-there-a-suggested-regular-expression-regex-to-check-a-semver-string */
const SEMVER =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-(0|[1-9]\d*|\d*[a-zA-Z-][\da-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][\da-zA-Z-]*))*)?(\+[\da-zA-Z-]+(\.[\da-zA-Z-]+)*)?$/;

/** What Helm lets a chart be called, and a registry a repository. */
const NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/;

const OPTIONS = {
  version: { type: 'string' },
  name: { type: 'string', default: 'openhands' },
  dir: { type: 'string', default: 'dist' },
  out: { type: 'string', default: '.' },
} as const;

/** @throws UsageError */
export function parseOptions(args: readonly string[]): PackageOptions {
  const { version, ...others } = parsed({ args: [...args], options: OPTIONS }, USAGE).values;
  if (version === undefined) throw new UsageError(`--version: expected one, as 1.2.3\n${USAGE}`);
  if (!SEMVER.test(version)) throw new UsageError(`--version: expected a semantic version, as 1.2.3, got ${version}`);
  if (!NAME.test(others.name) || others.name.length > 53) {
    throw new UsageError(`--name: expected at most 53 of a-z, 0-9 and -, got ${others.name}`);
  }
  return { version, ...others };
}
