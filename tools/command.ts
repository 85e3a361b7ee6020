import { parseArgs, type ParseArgsConfig } from 'node:util';
import { Refused } from '../config/refusal';
import { ApiError, Unreachable } from './cluster/api-error';
import { Failure } from './verify/failure';
import { UsageError } from './usage-error';

const CLUSTER_OPTIONS = { dir: { type: 'string', default: 'dist' }, context: { type: 'string' } } as const;

/** What the words of a command line mean. @throws UsageError with what is wrong, and the usage */
export function parsed<const T extends ParseArgsConfig>(config: T, usage: string) {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split('. ')[0]}\n${usage}`);
  }
}

/**
 * The options of a command that reads manifests and talks to a cluster.
 *
 * @param more options of this command alone
 * @throws UsageError, also to show the usage when it is asked for
 */
export function clusterOptions<const T extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  usage: string,
  more?: T,
) {
  return parsed({ args: [...args], options: { ...CLUSTER_OPTIONS, ...(more as T) } }, usage).values;
}

/** Exit status of a failure that its user can do something about: told in one line, without a stack trace. */
function statusOf(error: unknown): number {
  if (error instanceof UsageError || error instanceof Refused || error instanceof Unreachable) return 2;
  if (error instanceof Failure || error instanceof ApiError) return 1;
  throw error;
}

/** Run a command whose result is its exit status. */
export function runCommand(command: (args: readonly string[]) => Promise<number>): void {
  void command(process.argv.slice(2))
    .catch((error: Error) => {
      const status = statusOf(error);
      console.error(error.message);
      return status;
    })
    // The client's idle sockets would keep the process for seconds.
    .then((status) => process.stdout.write('', () => process.exit(status)));
}
