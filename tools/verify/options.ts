import { PROBE_IMAGE } from '../../config/images';
import { parsed } from '../command';
import { parseDuration } from '../duration';
import { UsageError } from '../usage-error';

export interface VerifyOptions {
  /** Folder of the manifests that were applied. */
  readonly dir: string;
  /** How long one rollout may take, in ms. */
  readonly timeout: number;
  /** How often a workload is tried again. */
  readonly retries: number;
  readonly rollback: boolean;
  readonly deep: boolean;
  readonly json: boolean;
  /** Of the kubeconfig. @default its current one */
  readonly context?: string;
  /** Has `sh`, `sleep` and `nc`. */
  readonly probeImage: string;
}

export const USAGE = `Usage: npm run verify -- [options]
  --dir DIR          folder of the manifests that were applied (dist)
  --timeout 5m       how long one rollout may take
  --retries 1        how often a workload is tried again, with what is broken made anew
  --rollback         after a failure, Deployments and StatefulSets that this apply changed go back
  --deep             delete a Pod of each sandbox: its files must be there in the next
  --json             one JSON document instead of lines
  --context NAME     of the kubeconfig
  --probe-image REF  image with sh, sleep and nc (${PROBE_IMAGE})
The variable PROFILE names the profiles, as for cdk8s synth: of several, each is in a folder of its own below DIR. The probe
Pods follow a profile's [deploy.system_pods] and [deploy.images] (local).
Exit status: 0 verified, 1 failed, 2 usage or no cluster, 3 failed and rolled back.`;

function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,3}$/.test(text))
    throw new UsageError(`--${option}: expected a whole number, got ${JSON.stringify(text)}`);
  return Number(text);
}

/**
 * The options of a command line.
 *
 * @returns nothing when it asks for help
 * @throws UsageError
 */
export function parseOptions(args: readonly string[]): VerifyOptions | undefined {
  const { values } = parsed(
    {
      args: [...args],
      options: {
        dir: { type: 'string', default: 'dist' },
        timeout: { type: 'string', default: '5m' },
        retries: { type: 'string', default: '1' },
        rollback: { type: 'boolean', default: false },
        deep: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        context: { type: 'string' },
        'probe-image': { type: 'string', default: PROBE_IMAGE },
        help: { type: 'boolean', short: 'h', default: false },
      },
    },
    USAGE,
  );
  if (values.help) return undefined;
  return {
    dir: values.dir,
    timeout: parseDuration('timeout', values.timeout),
    retries: wholeNumber('retries', values.retries),
    rollback: values.rollback,
    deep: values.deep,
    json: values.json,
    context: values.context,
    probeImage: values['probe-image'],
  };
}
