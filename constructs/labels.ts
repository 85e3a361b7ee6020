/** The name that OpenHands gives to everything about a sandbox. Other programs look it up. */
export const RUNTIME = 'openhands-runtime';

/** Name of the Pods that ask the sandboxes how they are, for Prometheus. */
export const EXPORTER = 'openhands-exporter';

/** Name of the Pods that suspend sandboxes which nobody uses. */
export const IDLE_SUSPENDER = 'openhands-idle-suspender';

/** Name of the Pods that show OpenHands in a browser, one for each session. */
export const CANVAS = 'openhands-canvas';

/** Name of the Pods that ask who comes, one kind for each session. */
export const SIGN_IN = 'openhands-sign-in';

/** Name of the Pods that read the sandboxes' logs. */
export const COLLECTOR = 'openhands-logs';

/** Name of the Pods by which sandboxes reach the names that they may. */
export const EGRESS = 'openhands-egress';

/** Name of the Pods that hold room for sandboxes, until one comes. */
export const HEADROOM = 'openhands-headroom';

/** Name of the Pods that have each node pull the sandboxes' images. */
export const PREPULL = 'openhands-prepull';

/** OpenHands's own two labels: what a session's Services select. */
export const sessionSelector = (session: string) => ({ app: RUNTIME, session });

/** What a session's Canvas is selected by: never the session's sandbox. */
export const canvasSelector = (session: string) => ({ app: CANVAS, session });

/** What a session's sign-in is selected by: never its Canvas, nor its sandbox. */
export const signInSelector = (session: string) => ({ app: SIGN_IN, session });

/** What a pool's Service, autoscaler and budget select: never a session's Pod. */
export const poolSelector = (pool: string) => ({ app: RUNTIME, pool });

export interface LabelsProps {
  /** What the object is there for: `sandbox`, `access`, `network`, … */
  readonly component: string;
  /** Which of several: a session's name, for example. @default RUNTIME */
  readonly instance?: string;
  /** Name of the program. @default RUNTIME */
  readonly name?: string;
  /** Image whose tag is the program's version. @default no version */
  readonly image?: string;
}

/** A tag as a label value: 63 characters that begin and end in a letter or digit; a digest alone is no version. */
const versionOf = (image: string | undefined) =>
  /:([^:/]+)$/
    .exec(image?.split('@')[0] ?? '')?.[1]
    ?.replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 63)
    .replace(/[^A-Za-z0-9]+$/, '');

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/ */
export function labels({ component, instance, name = RUNTIME, image }: LabelsProps): Record<string, string> {
  const version = versionOf(image);
  return {
    'app.kubernetes.io/name': name,
    'app.kubernetes.io/instance': instance ?? name,
    ...(version && { 'app.kubernetes.io/version': version }),
    'app.kubernetes.io/component': component,
    'app.kubernetes.io/part-of': 'openhands',
    'app.kubernetes.io/managed-by': 'cdk8s',
  };
}
