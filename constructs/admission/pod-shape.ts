import { imageFrom } from '../../config/image-reference';
import { ownersOf } from '../../config/owners';
import { poolsOf, type Pool } from '../../config/pools';
import { ownRuntimeClass } from '../../config/runtime-class';
import type { PodSecurityStandard } from '../../config/schema/deploy';
import type { SignInConfig } from '../../config/schema/sign-in';
import { k8s } from '../k8s';
import {
  CANVAS,
  canvasSelector,
  labels,
  poolSelector,
  RUNTIME,
  sessionSelector,
  SIGN_IN,
  signInSelector,
} from '../labels';
import { programOf } from '../sandbox/contract';
import { DEVBOX_SELECTOR, devboxPod } from '../sandbox/devbox';
import { sandboxPod, sandboxPodAnnotations } from '../sandbox/pod';
import type { SandboxTables } from '../sandbox/program';
import { WORKSPACE, workspaceClaim, type Workspace } from '../sandbox/volumes';
import { canvasPod } from '../ways-in/canvas';
import { signInPod, signInPodAnnotations, type SignInProps } from '../ways-in/sign-in';
import { asRendered, type ExamplePod } from './as-rendered';
import { POD, SESSION } from './cel';
import { ofOneWorkload } from '../scheduling/availability';

/** A kind of Pod that may be in the sandboxes' namespace: what it may be is what its examples are. */
export interface PodShape {
  /** Part of the name of its policy. */
  readonly kind: string;
  /** How a refusal calls it. */
  readonly subject: string;
  /** What its Services, policies and workloads select it by; no other kind has the same. */
  readonly selector: Readonly<Record<string, string>>;
  /** Pods of this kind that the profile renders, or that OpenHands makes for it. */
  readonly examples: readonly ExamplePod[];
  /** What the program's image was before an upgrade. @default its image of today alone */
  readonly earlierImages?: readonly string[];
}

const claim = (claimName: string): Workspace => ({ persistentVolumeClaim: { claimName } });

/** How agent-sandbox and a StatefulSet call a claim that they make of a template. */
const OF_A_TEMPLATE = claim(`${WORKSPACE}-${POD}`);

function sandbox(
  tables: SandboxTables,
  owner: string,
  selector: Record<string, string>,
  workspace: Workspace,
): ExamplePod {
  const program = programOf(tables, owner);
  const pod = sandboxPod({ tables, program, workspace, equals: ofOneWorkload(selector), restartPolicy: 'Always' });
  // The API server adds those of the RuntimeClass before the policies look.
  const tolerations = [...(pod.tolerations ?? []), ...(ownRuntimeClass(tables)?.tolerations ?? [])];
  return {
    labels: { ...selector, ...labels({ component: 'sandbox', image: program.image }) },
    annotations: sandboxPodAnnotations(tables, program),
    spec: k8s.toJson_PodSpec({ ...pod, ...(tolerations.length > 0 && { tolerations }) }),
  };
}

const withStandard = (tables: SandboxTables, pod_security_standard: PodSecurityStandard): SandboxTables => ({
  ...tables,
  deploy: {
    ...tables.deploy,
    // OpenHands knows neither.
    high_availability: undefined,
    security: { ...tables.deploy.security, pod_security_standard },
  },
});

/**
 * The Pod that OpenHands 0.62 makes itself, which is ours under the standard `privileged`. Where the namespace enforces
 * `restricted`, it would be refused anyway.
 */
function ofKubernetesRuntime(tables: SandboxTables): ExamplePod[] {
  const { contract, access, security } = tables.deploy;
  const isMade = contract === 'action-execution-server' && access.managers.length > 0;
  if (!isMade || security.pod_security_standard === 'restricted') return [];
  const workspace = claim(`${RUNTIME}-${SESSION}-pvc`);
  return [sandbox(withStandard(tables, 'privileged'), SESSION, sessionSelector(SESSION), workspace)];
}

const earlierImages = ({ deploy }: SandboxTables): string[] =>
  deploy.security.earlier_images.map((image) => imageFrom(deploy.images, image));

const session = (tables: SandboxTables): PodShape => ({
  kind: 'session',
  subject: "a session's Pod",
  selector: sessionSelector(SESSION),
  earlierImages: earlierImages(tables),
  examples: [
    ...asRendered(
      tables,
      { kind: tables.deploy.session_workload, name: `${RUNTIME}-${SESSION}` },
      sandbox(
        tables,
        SESSION,
        sessionSelector(SESSION),
        tables.deploy.session_workload === 'Sandbox' ? OF_A_TEMPLATE : claim(`${RUNTIME}-${SESSION}-pvc`),
      ),
    ),
    // No patch reaches what OpenHands makes.
    ...ofKubernetesRuntime(tables),
  ],
});

const pool = ({ name, workload, tables }: Pool<SandboxTables>): PodShape => {
  const selector = poolSelector(name);
  const scratch: Workspace = { ephemeral: { volumeClaimTemplate: { spec: workspaceClaim(tables) } } };
  return {
    kind: name === RUNTIME ? 'pool' : `pool-${name}`,
    subject: name === RUNTIME ? 'a Pod of the pool' : `a Pod of the pool ${name}`,
    selector,
    earlierImages: earlierImages(tables),
    examples: asRendered(
      tables,
      { kind: workload === 'SandboxWarmPool' ? 'SandboxTemplate' : workload, name },
      sandbox(tables, name, selector, workload === 'Deployment' ? scratch : OF_A_TEMPLATE),
    ),
  };
};

const canvas = (tables: SandboxTables): PodShape => ({
  kind: 'canvas',
  subject: "a Canvas's Pod",
  selector: canvasSelector(SESSION),
  examples: asRendered(
    tables,
    { kind: 'Deployment', name: `${CANVAS}-${SESSION}` },
    {
      labels: canvasSelector(SESSION),
      spec: k8s.toJson_PodSpec(canvasPod({ session: SESSION, tables, program: programOf(tables, SESSION) })),
    },
  ),
});

/** One that asks for e-mail addresses mounts their file, one that asks for groups does not: an example of each. */
function signIn(tables: SandboxTables, config: SignInConfig): PodShape {
  const owners = tables.deploy.sessions.map((it) => ownersOf(config, it)!);
  const [people, groups] = [owners.find((it) => Array.isArray(it)), owners.find((it) => !Array.isArray(it))];
  return {
    kind: 'sign-in',
    subject: "a sign-in's Pod",
    selector: signInSelector(SESSION),
    examples: [people, groups]
      .filter((it) => it !== undefined)
      .map((it): SignInProps => ({ session: SESSION, tables, config: { ...config, owners: {}, default_owners: it } }))
      .flatMap((props) =>
        asRendered(
          tables,
          { kind: 'Deployment', name: `${SIGN_IN}-${SESSION}` },
          {
            labels: signInSelector(SESSION),
            annotations: signInPodAnnotations(props),
            spec: k8s.toJson_PodSpec(signInPod(props)),
          },
        ),
      ),
  };
}

const devbox = (tables: SandboxTables): PodShape => ({
  kind: 'devbox',
  subject: 'the dev box',
  selector: DEVBOX_SELECTOR,
  examples: asRendered(
    tables,
    { kind: 'Deployment', name: 'ubuntu-dev' },
    {
      labels: DEVBOX_SELECTOR,
      spec: k8s.toJson_PodSpec(devboxPod(tables.deploy.images, tables.deploy.system_pods)),
    },
  ),
});

/** Every kind of Pod that may be in the sandboxes' namespace of a profile. A new kind of Pod is a line here. */
export const podShapes = (tables: SandboxTables): PodShape[] => [
  session(tables),
  ...poolsOf(tables).map(pool),
  ...(tables.deploy.canvas ? [canvas(tables)] : []),
  ...(tables.deploy.sign_in && tables.deploy.sessions.length > 0 ? [signIn(tables, tables.deploy.sign_in)] : []),
  ...(tables.deploy.devbox ? [devbox(tables)] : []),
];
