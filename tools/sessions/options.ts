import { parsed } from '../command';
import { parseDuration } from '../duration';
import { UsageError } from '../usage-error';

const COMMANDS = ['list', 'suspend', 'resume', 'open', 'delete'] as const;

export interface SessionsOptions {
  readonly command: (typeof COMMANDS)[number];
  /** Of the session; empty for `list`. */
  readonly name: string;
  /** Folder of the manifests that name the namespaces. */
  readonly dir: string;
  /** @default those of the manifests */
  readonly namespace?: string;
  /** Of the kubeconfig. @default its current one */
  readonly context?: string;
  readonly json: boolean;
  readonly wait: boolean;
  /** How long a wait may take, in ms. */
  readonly timeout: number;
  /** Of this machine; 0: one that is free. */
  readonly port: number;
  readonly keepVolume: boolean;
  /** Files may be lost. */
  readonly yes: boolean;
}

export const USAGE = `Usage: npm run sessions -- COMMAND [options]
  list                        the sandboxes and pools of the manifests' namespaces (--json)
  suspend NAME                take its Pod away; its files stay
  resume NAME                 have its Pod again
  open NAME                   its page, or else its API, on this machine, until Ctrl-C
  delete NAME --keep-volume   all of it but the volume with its files; --yes instead: all of it
NAME is a session's, its object's, or that of the claim that has it.
  --dir DIR          folder of the manifests that name the namespaces (dist)
  --namespace NS     only this one, whatever the manifests say
  --context NAME     of the kubeconfig
  --wait             until its Pod is ready, or gone
  --timeout 5m       how long a wait may take
  --port N           of this machine, for open (one that is free)
  --yes              its files may be lost
Exit status: 0 done, 1 it could not be done, 2 usage or no cluster.`;

/** What every command takes, and what only some do. */
const OF_SOME = { json: ['list'], wait: ['suspend', 'resume'], port: ['open'], 'keep-volume': ['delete'] } as const;

function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new UsageError(`--port: expected a port, got ${JSON.stringify(text)}`);
  return port;
}

function valuesOf(args: readonly string[]) {
  return parsed(
    {
      args: [...args],
      allowPositionals: true,
      options: {
        dir: { type: 'string', default: 'dist' },
        namespace: { type: 'string', short: 'n' },
        context: { type: 'string' },
        json: { type: 'boolean', default: false },
        wait: { type: 'boolean', default: false },
        timeout: { type: 'string', default: '5m' },
        port: { type: 'string', default: '0' },
        'keep-volume': { type: 'boolean', default: false },
        yes: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    },
    USAGE,
  );
}

const isCommand = (word: string | undefined): word is SessionsOptions['command'] => COMMANDS.some((it) => it === word);

/**
 * The options of a command line.
 *
 * @returns nothing when it asks for help
 * @throws UsageError
 */
export function parseOptions(args: readonly string[]): SessionsOptions | undefined {
  const { values, positionals } = valuesOf(args);
  const [command, name = '', ...more] = positionals;
  if (values.help) return undefined;
  if (!isCommand(command)) {
    throw new UsageError(`expected ${COMMANDS.join(', ')}, got ${command ?? 'nothing'}\n${USAGE}`);
  }
  if (more.length > 0 || (name === '') !== (command === 'list')) {
    throw new UsageError(`${command}: expected ${command === 'list' ? 'no name' : 'one name'}\n${USAGE}`);
  }
  for (const [option, commands] of Object.entries(OF_SOME)) {
    const isGiven = values[option as keyof typeof OF_SOME] !== false && values[option as keyof typeof OF_SOME] !== '0';
    if (isGiven && !commands.some((it) => it === command)) {
      throw new UsageError(`--${option} is for ${commands.join(' and ')}, not for ${command}`);
    }
  }
  if (command === 'delete' && values['keep-volume'] === values.yes) {
    throw new UsageError(`delete: expected --keep-volume, or --yes to lose the files of ${name} too`);
  }
  return {
    command,
    name,
    dir: values.dir,
    namespace: values.namespace,
    context: values.context,
    json: values.json,
    wait: values.wait,
    timeout: parseDuration('timeout', values.timeout),
    port: portNumber(values.port),
    keepVolume: values['keep-volume'],
    yes: values.yes,
  };
}
