import { nameOf, selects, type Manifest } from '../../constructs/policy/objects';
import { CANVAS, HEADROOM, RUNTIME, SIGN_IN } from '../../constructs/labels';

export type ProgramName = 'agent-server' | 'action-execution-server';

/** Something that makes Pods, and how its Pods are reached. */
export interface Workload {
  /** `Kind/name`. */
  readonly title: string;
  readonly object: Manifest;
  readonly namespace: string;
  /** Labels that its Pods have and others have not. */
  readonly selector: Readonly<Record<string, string>>;
  /** The labels of its Pods. */
  readonly labels: Readonly<Record<string, string>>;
  /** The spec of its Pods. */
  readonly pod: Manifest;
  readonly services: readonly Manifest[];
  /** Ingresses and HTTPRoutes that lead to its Services. */
  readonly routes: readonly Manifest[];
  /** What runs inside, if it is a sandbox. */
  readonly program: ProgramName | undefined;
  /** What a person's browser comes to, if it is that: the page of a session, or what asks who comes before it. */
  readonly front: 'canvas' | 'sign-in' | undefined;
}

export interface Template {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec: Manifest;
}

/** What a workload makes Pods of. */
export function templateOf(object: Manifest, objects: readonly Manifest[]): Template | undefined {
  switch (object.kind) {
    case 'Deployment':
    case 'StatefulSet':
      return object.spec.template;
    case 'Pod':
      return object;
    case 'Sandbox':
      return object.spec.podTemplate;
    case 'SandboxWarmPool':
      return objects.find(
        ({ kind, metadata }) => kind === 'SandboxTemplate' && metadata.name === object.spec.sandboxTemplateRef.name,
      )?.spec.podTemplate;
    default:
      return undefined;
  }
}

/** The labels by which Pods are found: a workload's own selector, or for those without one what tells sandboxes apart. */
function selectorOf(object: Manifest, labels: Readonly<Record<string, string>>): Record<string, string> {
  if (object.spec.selector?.matchLabels) return object.spec.selector.matchLabels;
  const own = Object.entries(labels).filter(([key]) => ['app', 'session', 'pool'].includes(key));
  return Object.fromEntries(own.length > 0 ? own : Object.entries(labels));
}

const FRONTS: Readonly<Record<string, Workload['front']>> = { [CANVAS]: 'canvas', [SIGN_IN]: 'sign-in' };

function programOf({ metadata, spec }: Template): ProgramName | undefined {
  if (metadata?.labels?.app !== RUNTIME) return undefined;
  const { command = [], args = [] } = spec.containers[0];
  const isOld = [...command, ...args].some((it: string) => it.includes('action_execution_server'));
  return isOld ? 'action-execution-server' : 'agent-server';
}

const backendsOf = (route: Manifest): (string | undefined)[] =>
  (route.spec.rules ?? []).flatMap((rule: Manifest) => [
    ...(rule.http?.paths ?? []).map((path: Manifest) => path.backend.service?.name),
    ...(rule.backendRefs ?? []).map((it: Manifest) => it.name),
  ]);

/** The workloads of some manifests, each with the Services and routes that lead to it. */
export function planOf(objects: readonly Manifest[]): Workload[] {
  return objects.flatMap((object) => {
    const template = templateOf(object, objects);
    if (template === undefined) return [];
    const labels = template.metadata?.labels ?? {};
    const { namespace = 'default' } = object.metadata;
    const inNamespace = objects.filter((it) => (it.metadata.namespace ?? 'default') === namespace);
    const services = inNamespace.filter(
      ({ kind, spec }) => kind === 'Service' && spec.selector && selects({ matchLabels: spec.selector }, labels),
    );
    const names = services.map(({ metadata }) => metadata.name);
    const isRoute = (it: Manifest) =>
      ['Ingress', 'HTTPRoute'].includes(it.kind) && backendsOf(it).some((name) => names.includes(name));
    return [
      {
        title: nameOf(object),
        object,
        namespace,
        selector: selectorOf(object, labels),
        labels,
        pod: template.spec,
        services,
        routes: inNamespace.filter(isRoute),
        program: programOf(template),
        front: FRONTS[labels.app ?? ''],
      },
    ];
  });
}

/** Whether it only holds room: its Pods may wait for a node, or have made way, and nothing is wrong. */
export const makesWay = ({ title }: Pick<Workload, 'title'>): boolean => title === `Deployment/${HEADROOM}`;

/** The port of a Pod that has this name. */
export const portNamed = (pod: Manifest, name: string): number | undefined =>
  pod.containers.flatMap((it: Manifest) => it.ports ?? []).find((it: Manifest) => it.name === name)?.containerPort;

/** Where a sandbox's API listens. */
export const apiPortOf = ({ pod, program }: Workload): number =>
  portNamed(pod, 'http') ?? (program === 'agent-server' ? 8000 : 8080);
