import { spawnSync } from 'node:child_process';

/** What a program said, both streams, and whether it ended well. */
export interface Outcome {
  readonly succeeded: boolean;
  readonly output: string;
}

export interface Options {
  readonly cwd?: string;
  readonly input?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Run a program and wait for it. @throws Error if there is no such program */
export function run(program: string, args: readonly string[], options: Options = {}): Outcome {
  const { error, status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', ...options });
  if (error) throw error;
  return { succeeded: status === 0, output: `${stdout}${stderr}` };
}
