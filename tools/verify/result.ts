import type { Step } from './failure';

/** What became of a workload, or of the objects that belong to none. */
export interface Result {
  /** `Kind/name`, or `objects`. */
  readonly title: string;
  /** Nothing: it is verified. */
  readonly failure?: { readonly step: Step; readonly cause: string };
  /** What was not checked, or is uncertain. */
  readonly notes: readonly string[];
  /** How often it was tried again. */
  readonly retries: number;
  /** In ms. */
  readonly time: number;
}

/** What was done about a failure. */
export interface Rollback {
  /** Workloads that are back, and serve. */
  readonly restored: readonly string[];
  /** Workloads that could not be brought back, each with why. */
  readonly failed: readonly string[];
  /** Objects that this apply created: `Kind/name`. */
  readonly created: readonly string[];
  /** Objects that this apply changed and that have no revisions: `Kind/name`. */
  readonly changed: readonly string[];
}

/** What became of the manifests of one profile. */
export interface Verdict {
  /** See {@link exitStatus}. */
  readonly status: number;
  readonly results: readonly Result[];
  /** Nothing: none was asked for, or none was needed. */
  readonly rollback?: Rollback;
}

/** 0 verified, 1 failed, 3 failed and rolled back. A rollback that did not work is a failure. */
export function exitStatus(results: readonly Result[], rollback: Rollback | undefined): 0 | 1 | 3 {
  if (results.every(({ failure }) => failure === undefined)) return 0;
  return rollback && rollback.restored.length > 0 && rollback.failed.length === 0 ? 3 : 1;
}
