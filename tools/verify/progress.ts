import { someAtATime } from '../some-at-a-time';
import type { Job } from './report';
import { isVerified, resultLine } from './report';
import type { Result } from './result';

/** How many workloads are verified at the same time. */
const AT_ONCE = 8;

/** Runs jobs and shows how they go. */
export type Progress = (jobs: readonly Job[]) => Promise<Result[]>;

const inParallel = (jobs: readonly Job[], run: (job: Job) => Promise<Result>) => someAtATime(AT_ONCE, jobs, run);

/** For a pipe: a line whenever there is news. */
export const inLines =
  (print: (line: string) => void): Progress =>
  (jobs) =>
    inParallel(jobs, async (job) => {
      let last = '';
      const result = await job.run((step, text) => {
        const line = `${job.title}: ${step}: ${text}`;
        if (line !== last) print(line);
        last = line;
      });
      // What failed is told at the end, where it is looked for.
      if (isVerified(result)) print(resultLine(result));
      return result;
    });

export const inSilence: Progress = (jobs) => inParallel(jobs, (job) => job.run(() => undefined));

/** For a terminal: a line for each job, that moves. */
export const onTerminal: Progress = async (jobs) => {
  const { Listr } = await import('listr2');
  const results: Result[] = [];
  const tasks = jobs.map((job, index) => ({
    title: job.title,
    task: async (_: unknown, task: { title?: string; output: string }) => {
      const result = await job.run((step, text) => (task.output = `${step}: ${text}`));
      results[index] = result;
      if (!isVerified(result)) throw new Error(`${result.failure!.step}: ${result.failure!.cause}`);
      task.title = resultLine(result).replace(/^ok /, '');
    },
  }));
  const options = { concurrent: AT_ONCE, exitOnError: false, rendererOptions: { collapseErrors: false } };
  await new Listr(tasks, { ...options, registerSignalListeners: false }).run();
  return results;
};
