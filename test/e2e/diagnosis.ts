import { kubectl } from './kubectl';

/** What a person would look at first. The sandboxes' own words come last, where a terminal shows them. */
const questions = (namespace: string): string[][] => [
  ['get', 'all,pvc,ingress', '--namespace', namespace, '-o', 'wide'],
  ['describe', 'pods', '--namespace', namespace],
  ['get', 'events', '--namespace', namespace, '--sort-by=.lastTimestamp'],
  ['logs', '--namespace', namespace, '--selector=app=openhands-runtime', '--tail=40', '--prefix'],
];

/** Print the state of a namespace. Never fails: what matters is the failure that it is about. */
export async function diagnose(namespace: string): Promise<void> {
  for (const question of questions(namespace)) {
    const answer = await kubectl(...question).then(
      ({ stdout, stderr }) => stdout + stderr,
      (error: Error) => `${error.message}\n`,
    );
    process.stderr.write(`\n$ kubectl ${question.join(' ')}\n${answer}`);
  }
}
