import { Construct } from 'constructs';
import { LLM_FIELDS, LlmConfig } from '../../config/schema/llm';
import { k8s } from '../k8s';
import { labels } from '../labels';
import { literal } from './literal';
import { SET_LLM } from './llm-program';
import type { SandboxTables } from './program';

const NAME = 'openhands-llm';
const PROGRAM = 'set-llm.py';
const PROGRAM_FOLDER = '/etc/openhands/llm';
const KEY_FOLDER = '/run/secrets/openhands-llm';
const KEY_FILE = 'api-key';

/** The LLM of every sandbox of a profile; none unless `[llm]` names a model and the agent-server runs in them. */
export function llmOf({ llm, deploy }: SandboxTables): LlmConfig | undefined {
  if (deploy.contract !== 'agent-server' || !LLM_FIELDS.some((field) => llm?.[field] !== undefined)) return undefined;
  return LlmConfig.parse(llm);
}

/** The program that gives a sandbox its LLM. */
export class LlmProgram extends Construct {
  constructor(scope: Construct, id: string, namespace: string) {
    super(scope, id);
    new k8s.KubeConfigMap(this, 'config-map', {
      metadata: { name: NAME, namespace, labels: labels({ component: 'sandbox' }) },
      data: { [PROGRAM]: SET_LLM },
    });
  }
}

/**
 * What a sandbox's Pod and its program need for it. The key is a file and no variable: a variable would be in the
 * environment of every command, and from there in conversations. The hook leaves its program behind and ends at once, so
 * that neither a slow nor a failing one holds up or ends the sandbox; what it says is in the sandbox's log.
 */
export function llmParts(tables: SandboxTables, apiPort: number) {
  const llm = llmOf(tables);
  if (llm === undefined) return undefined;
  const { model, base_url = '', api_key } = llm;
  const key = api_key && { secretName: api_key.secret, items: [{ key: api_key.key, path: KEY_FILE }] };
  const args = [String(apiPort), model, base_url, ...(key ? [`${KEY_FOLDER}/${KEY_FILE}`] : [])];
  return {
    volumes: [
      { name: 'llm', configMap: { name: NAME } },
      // Readable for the group that owns the volumes, the program's.
      ...(key ? [{ name: 'llm-key', secret: { ...key, defaultMode: 0o440 } }] : []),
    ],
    volumeMounts: [
      { name: 'llm', mountPath: PROGRAM_FOLDER, readOnly: true },
      ...(key ? [{ name: 'llm-key', mountPath: KEY_FOLDER, readOnly: true }] : []),
    ],
    postStart: {
      exec: {
        command: [
          'sh',
          '-c',
          `python3 ${PROGRAM_FOLDER}/${PROGRAM} "$@" >/proc/1/fd/2 2>&1 &`,
          'set-llm',
          ...args.map(literal),
        ],
      },
    },
  };
}
