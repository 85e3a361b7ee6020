import { programOf } from './contract';
import { RUNTIME } from './labels';
import { elasticsearchEntries } from './logging/collector-container';
import { sidecarOf } from './logging/sidecar';
import type { SandboxTables } from './program';

/** Every Secret that the sandboxes refer to, with the entries that are asked for. */
export function secretEntries(tables: SandboxTables): Map<string, string[]> {
  const entries = new Map<string, string[]>();
  const add = (secret: string, key: string) => {
    const known = entries.get(secret) ?? [];
    if (!known.includes(key)) entries.set(secret, [...known, key]);
  };
  const owners = [...tables.deploy.sessions, ...(tables.deploy.pool ? [RUNTIME] : [])];
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
  return entries;
}
