import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest } from './objects';

/** A certificate that is its own authority, for a test, as a TLS Secret. Of a month: verify wants a week. */
export function selfSigned(
  hosts: readonly string[],
  name: string,
  namespace: string,
): { certificate: string; secret: Manifest } {
  const folder = mkdtempSync(join(tmpdir(), 'openhands-e2e-'));
  try {
    const [key, certificate] = [join(folder, 'tls.key'), join(folder, 'tls.crt')];
    const names = hosts.map((host) => `DNS:${host}`).join();
    const subject = ['-subj', '/CN=e2e', '-addext', `subjectAltName=${names}`];
    const made = [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-keyout',
      key,
      '-out',
      certificate,
    ];
    execFileSync('openssl', ['req', '-x509', ...made, '-days', '30', ...subject], { stdio: 'pipe' });
    const data = { 'tls.crt': readFileSync(certificate, 'utf8'), 'tls.key': readFileSync(key, 'utf8') };
    return {
      certificate: data['tls.crt'],
      secret: {
        apiVersion: 'v1',
        kind: 'Secret',
        type: 'kubernetes.io/tls',
        metadata: { name, namespace },
        stringData: data,
      },
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
