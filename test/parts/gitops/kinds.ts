import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { eventually } from '../../e2e/eventually';
import { kubectl } from '../../e2e/kubectl';

/** Where a Go module lies on this machine, in the version in which a program of test/programs is built of it. */
const folderOf = (program: string, module: string): string =>
  execFileSync('go', ['list', '-m', '-f', '{{.Dir}}', module], {
    cwd: join(__dirname, '../../programs', program),
    encoding: 'utf8',
  }).trim();

/**
 * Let the cluster know the kinds of a program of test/programs.
 *
 * @param files of the program's module
 * @returns what leaves it as it was
 */
export async function learnKinds(
  program: string,
  module: string,
  files: readonly string[],
): Promise<() => Promise<void>> {
  const folder = folderOf(program, module);
  const crds = files.map((it) => `--filename=${join(folder, it)}`);
  await kubectl('apply', '--server-side', ...crds);
  // A CRD that is seconds old has no conditions yet, at which kubectl gives up.
  const established = () => kubectl('wait', ...crds, '--for=condition=Established', '--timeout=60s').then(() => true);
  if (!(await eventually(() => established().catch(() => false), true, 60))) await established();
  return async () => {
    await kubectl('delete', ...crds, '--ignore-not-found', '--timeout=120s');
  };
}
