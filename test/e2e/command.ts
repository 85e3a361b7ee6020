import { spawn } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

/** How a command ended, and what it said. */
export interface Ended {
  readonly status: number | null;
  readonly output: string;
}

export interface CommandProps {
  /** @default this process's */
  readonly kubeconfig?: string;
  /** Told each line while it runs, with a way to interrupt it. */
  readonly onLine?: (line: string, interrupt: () => void) => void;
}

/** Run one of `tools/` on a folder of manifests: `npm run NAME`, without npm. */
export function command(
  name: 'diff' | 'keys' | 'package' | 'sessions' | 'support-bundle' | 'verify',
  folder: string,
  args: readonly string[] = [],
  props: CommandProps = {},
): Promise<Ended> {
  const line = ['run.js', `tools/${name}.ts`, '--dir', folder, ...args];
  const env = { ...process.env, ...(props.kubeconfig && { KUBECONFIG: props.kubeconfig }) };
  const child = spawn(process.execPath, line, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (part: Buffer) => {
      output += part.toString();
      part
        .toString()
        .split('\n')
        .forEach((said) => props.onLine?.(said, () => child.kill('SIGINT')));
    });
  }
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, output })));
}
