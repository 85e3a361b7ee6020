import { randomUUID } from 'node:crypto';
import { ask, json, type Finished, type Program } from './program';

interface Observation {
  readonly observation: string;
  readonly content: string;
}

async function execute(url: string, action: string, args: Record<string, string>): Promise<string> {
  const request = () => ask(`${url}/execute_action`, json({ action: { action, args, timeout: 30 } }));
  // It is Ready before its shell is: the first request may be refused.
  const response = await request().catch(request);
  const { observation, content } = (await response.json()) as Observation;
  if (observation === 'error') throw new Error(`${action} ${JSON.stringify(args)}: ${content}`);
  return content;
}

/**
 * Run a command once. Its shell is a terminal, and on a busy machine it may be read before the command has reached it:
 * then the answer is that of the command before. So the command says itself how and that it ended.
 */
async function runOnce(url: string, command: string): Promise<Finished | undefined> {
  const mark = `ended-${randomUUID()}`;
  const content = await execute(url, 'run', { command: `${command}; echo "${mark}=$?"` });
  const [stdout, exitCode] = content.split(`${mark}=`);
  if (exitCode === undefined) return undefined;
  return { exitCode: parseInt(exitCode), stdout: stdout!.trimEnd() };
}

/** OpenHands up to 1.6: the action execution server. */
export const actionExecutionServer: Program = {
  port: 8080,

  async run(url, command) {
    for (let attempt = 0; attempt < 5; attempt++) {
      const finished = await runOnce(url, command);
      if (finished) return finished;
    }
    throw new Error(`the action execution server did not tell what became of: ${command}`);
  },

  async writeFile(url, path, text) {
    // It ends every line itself, the last one too.
    await execute(url, 'write', { path, content: text.replace(/\n$/, '') });
  },

  async readFile(url, path) {
    return execute(url, 'read', { path });
  },
};
