/** One round of the idle suspender, as its CronJob runs it: settings are variables of its own Pod. */
import { kubernetes } from './kubernetes-api.ts';
import { round, type RoundProps } from './round.ts';
import { verdictOf } from './sandbox-api.ts';

/** @throws Error when the Pod does not say it */
function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`the variable ${name} is not set`);
  return value;
}

/** @throws Error when it is none: with no number, everybody would have been idle for long enough */
function positive(name: string): number {
  const number = Number(setting(name));
  if (!(number > 0)) throw new Error(`the variable ${name} is no number above 0`);
  return number;
}

const log: RoundProps['log'] = (level, message, details) => {
  const asctime = new Date().toISOString();
  console.log(JSON.stringify({ asctime, levelname: level, name: 'idle-suspender', message, ...details }));
};

async function main(): Promise<boolean> {
  const host = setting('KUBERNETES_SERVICE_HOST');
  const settings = {
    suspendAfter: positive('SUSPEND_AFTER_SECONDS'),
    apiPort: positive('API_PORT'),
    editorPort: positive('EDITOR_PORT'),
    keysFolder: setting('KEYS_FOLDER'),
  };
  return round({
    kubernetes: kubernetes({
      server: `https://${host.includes(':') ? `[${host}]` : host}:${setting('KUBERNETES_SERVICE_PORT')}`,
      tokenFile: '/var/run/secrets/kubernetes.io/serviceaccount/token',
      namespace: setting('SANDBOX_NAMESPACE'),
      instance: setting('POD_NAME'),
    }),
    ask: (candidate) => verdictOf(candidate, settings),
    isDryRun: setting('DRY_RUN') !== 'false',
    log,
  });
}

main().then(
  (isDone) => (process.exitCode = isDone ? 0 : 1),
  (error: Error) => {
    log('ERROR', error.message);
    process.exitCode = 1;
  },
);
