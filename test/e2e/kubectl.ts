import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export interface Output {
  readonly stdout: string;
  /** Where kubectl puts the API server's warnings. */
  readonly stderr: string;
}

/**
 * Run kubectl against the cluster that KUBECONFIG names.
 *
 * @throws Error with the command and what kubectl said
 */
export async function kubectl(...args: string[]): Promise<Output> {
  try {
    return await execute('kubectl', args, { maxBuffer: 64 * 1024 ** 2 });
  } catch (error) {
    const { code, stderr, stdout, message } = error as Error & Partial<Output> & { code?: number | string };
    const said = stderr?.trim() || stdout?.trim() || message;
    throw new Error(`kubectl ${args.join(' ')} (${code}): ${said}`, { cause: error });
  }
}
