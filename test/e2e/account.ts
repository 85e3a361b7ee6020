import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kubectl } from './kubectl';

/** A kubeconfig of a ServiceAccount and nobody else, for programs that know no `--as`. */
export class AccountKubeconfig {
  readonly file: string;

  private constructor(private readonly folder: string) {
    this.file = join(folder, 'kubeconfig');
  }

  /** @param namespace the account's own */
  static async of(namespace: string, account: string): Promise<AccountKubeconfig> {
    const { stdout } = await kubectl('config', 'view', '--raw', '--minify', '-o=json');
    const { clusters } = JSON.parse(stdout) as { clusters: object[] };
    const token = (await kubectl('create', 'token', account, `--namespace=${namespace}`, '--duration=1h')).stdout;
    const made = new AccountKubeconfig(mkdtempSync(join(tmpdir(), 'openhands-e2e-')));
    const context = { name: 'account', context: { cluster: (clusters[0] as { name: string }).name, user: 'account' } };
    writeFileSync(
      made.file,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        clusters,
        contexts: [context],
        'current-context': 'account',
        users: [{ name: 'account', user: { token: token.trim() } }],
      }),
      { mode: 0o600 },
    );
    return made;
  }

  cleanUp(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
