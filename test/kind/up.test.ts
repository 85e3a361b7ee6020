import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inFolder } from '../render';

const ROOT = join(__dirname, '../..');

/** What stands in for a program: the end of a shell script that has written its command line down. */
const STAND_INS = {
  docker: 'exit 0',
  kind: '[ "$*" != "get clusters" ] || echo local-hands',
  npm: 'echo "Secret/openhands-session-keys in openhands: made demo.api-key"',
  kubectl: `case "$*" in
    *"get ingress"*)
      echo "openhands openhands-runtime-demo-ingress-code demo.localhost"
      echo "openhands another another.localhost" ;;
    *"get secret openhands-session-keys"*'"demo.api-key"'*) printf 0123abcd ;;
  esac`,
};

interface Ended {
  readonly output: string;
  /** The command lines of the programs that it called, in their order. */
  readonly calls: readonly string[];
}

/** Run `kind/up` with programs that only write down how they were called. */
const up = (standIns: Readonly<Record<string, string>> = STAND_INS): Ended =>
  inFolder((folder) => {
    const log = join(folder, 'calls');
    writeFileSync(log, '');
    for (const [name, act] of Object.entries(standIns)) {
      const file = join(folder, name);
      writeFileSync(file, `#!/bin/sh\necho "${name} $*" >>${log}\n${act}\n`);
      chmodSync(file, 0o755);
    }
    const env = { ...process.env, PATH: `${folder}:/usr/bin:/bin` };
    const output = execFileSync('kind/up', { cwd: ROOT, env, encoding: 'utf8', stdio: 'pipe' });
    return { output, calls: readFileSync(log, 'utf8').trim().split('\n') };
  });

test('ends with the address of every session and its key', () => {
  expect(up().output).toMatch(/with the key that its page asks for:\n {4}http:\/\/demo\.localhost\/ {2}0123abcd\n$/);
});

test('makes the keys after the namespace is there and before it waits for sandboxes that need them', () => {
  const { calls } = up();
  const steps = calls.flatMap((it) => /apply -f dist|npm run --silent keys|wait --for/.exec(it) ?? []);

  expect(steps).toEqual(['apply -f dist', 'npm run --silent keys', 'wait --for']);
  expect(calls).toContain('npm run --silent keys -- --context kind-local-hands');
});

test('never touches the cluster that happens to be the current one', () => {
  const kubectl = up().calls.filter((it) => it.startsWith('kubectl'));

  expect(kubectl.length).toBeGreaterThan(0);
  for (const call of kubectl) expect(call).toMatch(/^kubectl --context kind-local-hands /);
});

test('stops when a sandbox does not start', () => {
  const kubectl = `${STAND_INS.kubectl}\ncase "$*" in *"wait --for"*) exit 1 ;; esac`;

  expect(() => up({ ...STAND_INS, kubectl })).toThrow('kind/up: a sandbox did not start');
});
