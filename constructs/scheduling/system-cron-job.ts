import type { Construct } from 'constructs';
import { k8s } from '../k8s';

export interface SystemCronJobProps {
  /** Of the CronJob; its labels are those of its Jobs and Pods too. */
  readonly metadata: k8s.ObjectMeta;
  /** In UTC. */
  readonly schedule: string;
  /** After so many seconds a run is ended. */
  readonly longestSeconds: number;
  /** How often a run that failed is tried again before the next one. */
  readonly retries: number;
  readonly pod: k8s.PodSpec;
}

/** A program of ours that runs at times and remembers nothing between them: one run after the other, and no late ones. */
export class SystemCronJob extends k8s.KubeCronJob {
  constructor(scope: Construct, id: string, { metadata, schedule, longestSeconds, retries, pod }: SystemCronJobProps) {
    const { labels } = metadata;
    super(scope, id, {
      metadata,
      spec: {
        schedule,
        timeZone: 'Etc/UTC',
        concurrencyPolicy: 'Forbid',
        // A run that could not start in time is not made up for: the next one does the same.
        startingDeadlineSeconds: 60,
        successfulJobsHistoryLimit: 1,
        failedJobsHistoryLimit: 3,
        jobTemplate: {
          metadata: { labels },
          spec: {
            activeDeadlineSeconds: longestSeconds,
            backoffLimit: retries,
            ttlSecondsAfterFinished: 3600,
            template: { metadata: { labels }, spec: pod },
          },
        },
      },
    });
  }
}
