import { poolsOf } from '../../config/pools';
import type { Receiver } from '../../config/schema/monitoring';
import type { SecretReference } from '../../config/schema/values';
import { elasticsearchEntries } from '../logging/collector-container';
import { sidecarOf } from '../logging/sidecar';
import { programOf } from '../sandbox/contract';
import { llmOf } from '../sandbox/llm-profile';
import type { SandboxTables } from '../sandbox/program';

/** What opens the door to a receiver of alerts. */
function credential(receiver: Receiver): SecretReference {
  if (receiver.type === 'pagerduty') return receiver.routing_key;
  return receiver.type === 'email' ? receiver.password : receiver.url;
}

/**
 * Every Secret of the sandbox namespace, with the entries that are asked for: what the sandboxes refer to, what their
 * sign-ins do, and what the receivers of alerts do.
 */
export function secretEntries(tables: SandboxTables): Map<string, string[]> {
  const entries = new Map<string, string[]>();
  const add = (secret: string, key: string) => {
    const known = entries.get(secret) ?? [];
    if (!known.includes(key)) entries.set(secret, [...known, key]);
  };
  const owners = [...tables.deploy.sessions, ...poolsOf(tables).map(({ name }) => name)];
  for (const owner of owners) {
    for (const { valueFrom } of programOf(tables, owner).env) {
      const reference = valueFrom?.secretKeyRef;
      if (reference?.name) add(reference.name, reference.key);
    }
  }
  const sidecar = sidecarOf(tables);
  if (sidecar) for (const key of elasticsearchEntries(sidecar)) add(sidecar.secret, key);
  for (const value of Object.values(tables.sandbox.runtime_startup_env_vars)) {
    if (typeof value !== 'string') add(value.secret, value.key);
  }
  const llm = llmOf(tables);
  if (llm?.api_key) add(llm.api_key.secret, llm.api_key.key);
  const { sign_in } = tables.deploy;
  if (sign_in) {
    const { client, cookie, own_ca } = sign_in;
    for (const key of [client.id_key, client.secret_key, ...(own_ca ? ['ca.crt'] : [])]) add(client.secret, key);
    add(cookie.secret, cookie.key);
  }
  for (const receiver of tables.deploy.monitoring?.alertmanager?.receivers ?? []) {
    const { secret, key } = credential(receiver);
    add(secret, key);
  }
  return entries;
}
