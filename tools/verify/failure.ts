/** The verification's steps, in their order. */
export const STEPS = ['created', 'ready', 'exposed', 'connected', 'functional'] as const;

export type Step = (typeof STEPS)[number];

/** Something is not as it should be. The message is its cause, on one line. */
export class Failure extends Error {
  override readonly name = 'Failure';

  constructor(
    readonly step: Step,
    cause: string,
    /** Whether another try may help: not with what the manifests or the cluster's setup decide. */
    readonly mayPass: boolean,
  ) {
    super(cause);
  }
}
