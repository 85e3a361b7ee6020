import type { Manifest } from '../../constructs/policy/objects';
import { SESSION_KEYS } from '../../constructs/secrets/session-keys';
import { isReady } from './rollout';

/** All that a diagnosis is made from: objects as the cluster holds them. */
export interface Evidence {
  readonly workload: Manifest;
  /** Its Pods. */
  readonly pods: readonly Manifest[];
  /** Of its namespace, in any order. */
  readonly events: readonly Manifest[];
  /** Of its namespace. */
  readonly claims: readonly Manifest[];
}

/** Why Pods are not ready. */
export interface Diagnosis {
  /** What kind of cause: `image pull`, `probe`, `quota`, … */
  readonly kind: string;
  /** One line. */
  readonly text: string;
  /** The container whose last words belong to it. */
  readonly logsOf?: { readonly pod: Manifest; readonly container: string; readonly previous: boolean };
}

const IMAGE_REASONS = [
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'RegistryUnavailable',
];

const START_REASONS = ['CreateContainerError', 'RunContainerError', 'PostStartHookError'];

export const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

const whenOf = (event: Manifest): string =>
  event.lastTimestamp ?? event.series?.lastObservedTime ?? event.eventTime ?? '';

/** What a client adds where it writes many events alike. */
const COMBINED = '(combined from similar events): ';

/** The latest event about an object with one of these reasons. */
function eventOf(events: readonly Manifest[], about: Manifest, ...reasons: string[]): string | undefined {
  const { uid, name } = about.metadata;
  const own = events.filter(({ involvedObject: it, reason }) => {
    return (it.uid ? it.uid === uid : it.name === name) && reasons.includes(reason);
  });
  const last = own.sort((a, b) => whenOf(a).localeCompare(whenOf(b))).at(-1);
  return last && oneLine(last.message.replace(COMBINED, ''));
}

/** Why the API server refused to make a Pod, from its own words. */
export function refusal(message: string): Diagnosis {
  const text = oneLine(message);
  if (/exceeded quota|must specify limits|failed quota/.test(text)) return { kind: 'quota', text };
  if (/violates PodSecurity/.test(text)) return { kind: 'Pod Security', text };
  if (/is forbidden: (maximum|minimum) .* per (Container|Pod)/.test(text)) return { kind: 'limit range', text };
  if (/ValidatingAdmissionPolicy|admission webhook|denied the request/.test(text)) return { kind: 'admission', text };
  if (/serviceaccount .* not found/.test(text)) return { kind: 'service account', text };
  return { kind: 'refused', text };
}

/** What its controller could not do. */
function notMade({ workload, pods, events }: Evidence): Diagnosis | undefined {
  const failure = (workload.status?.conditions ?? []).find(
    (it: Manifest) => it.type === 'ReplicaFailure' && it.status === 'True',
  );
  if (failure) return refusal(failure.message);
  if (pods.length > 0) return undefined;
  const message = eventOf(events, workload, 'FailedCreate');
  return message ? refusal(message) : undefined;
}

/** A claim that is not bound, and what its provisioner says. */
function unbound(pod: Manifest, { events, claims }: Evidence): Diagnosis | undefined {
  const names: string[] = (pod.spec.volumes ?? []).flatMap((it: Manifest) => {
    if (it.ephemeral) return [`${pod.metadata.name}-${it.name}`];
    return it.persistentVolumeClaim?.claimName ?? [];
  });
  for (const name of names) {
    const claim = claims.find(({ metadata }) => metadata.name === name);
    if (claim === undefined) return { kind: 'volume', text: `PersistentVolumeClaim ${name} does not exist` };
    if (claim.status?.phase === 'Bound') continue;
    const said = eventOf(events, claim, 'ProvisioningFailed', 'FailedBinding');
    // It waits for the Pod, which waits for something else.
    if (said === undefined && eventOf(events, claim, 'WaitForFirstConsumer')) continue;
    return { kind: 'volume', text: `PersistentVolumeClaim ${name} is not bound: ${said ?? 'no volume fits it'}` };
  }
  return undefined;
}

/** The scheduler's sentence without what it says about preemption: that is about other Pods. */
function unscheduled(pod: Manifest): Diagnosis | undefined {
  const condition = (pod.status?.conditions ?? []).find(
    (it: Manifest) => it.type === 'PodScheduled' && it.status === 'False' && it.reason !== 'SchedulingGated',
  );
  if (condition === undefined) return undefined;
  const text = oneLine(condition.message ?? condition.reason).replace(
    /[.,]? ?(no new claims to deallocate|preemption:).*/,
    '',
  );
  return { kind: 'unschedulable', text };
}

/** The innermost cause of a container runtime's long sentence. */
function pullError(message: string): string {
  const text = oneLine(message);
  const known =
    /(not found|pull access denied|unauthorized[^:]*|no such host|i\/o timeout|connection refused|toomanyrequests[^:]*)/i;
  return known.exec(text)?.[1] ?? text.slice(-200);
}

const specOf = (pod: Manifest, name: string): Manifest =>
  [...(pod.spec.initContainers ?? []), ...pod.spec.containers].find((it) => it.name === name);

/** The event with the reason: another one only says that it backs off. */
const pullEvent = (events: readonly Manifest[], pod: Manifest) =>
  eventOf(
    events.filter((it) => it.message?.includes('Failed to pull')),
    pod,
    'Failed',
  );

function imageText(pod: Manifest, status: Manifest, { events }: Evidence): string {
  const { image } = specOf(pod, status.name);
  const { reason, message = '' } = status.state.waiting;
  // While it backs off, older clusters have the reason only in the events.
  const said = /ErrImagePull:/.test(message) ? message : (pullEvent(events, pod) ?? message);
  return `${image}: ${reason === 'ErrImageNeverPull' ? 'not on the node, and its pull policy is Never' : pullError(said)}`;
}

/** What the kubelet says of a Secret or a ConfigMap that is not there, with what makes it. */
const configText = (message: string) =>
  oneLine(message) + (message.includes(SESSION_KEYS) ? ': npm run keys makes what is missing' : '');

function exitText({ reason, exitCode, signal }: Manifest): string {
  if (reason === 'OOMKilled') return 'was killed: out of memory (its limit is too low)';
  return signal ? `was killed by signal ${signal}` : `exited with ${exitCode}`;
}

/** A container that does not run, or not for long. */
function stopped(pod: Manifest, status: Manifest, evidence: Evidence): Diagnosis | undefined {
  const { name, restartCount = 0, state = {}, lastState = {} } = status;
  const { reason, message } = state.waiting ?? {};
  if (IMAGE_REASONS.includes(reason)) return { kind: 'image pull', text: imageText(pod, status, evidence) };
  if (reason === 'CreateContainerConfigError') return { kind: 'configuration', text: configText(message ?? reason) };
  if (START_REASONS.includes(reason)) {
    return { kind: 'start', text: `container ${name}: ${oneLine(message ?? reason)}` };
  }
  const ended = state.terminated ?? lastState.terminated;
  if (ended === undefined || (state.running && status.ready)) return undefined;
  // An init container that has done its work.
  if (state.terminated?.exitCode === 0 && pod.spec.initContainers?.some((it: Manifest) => it.name === name))
    return undefined;
  const kind = reason === 'CrashLoopBackOff' ? 'CrashLoop' : 'crash';
  const text = `container ${name} ${exitText(ended)}, ${restartCount} ${restartCount === 1 ? 'restart' : 'restarts'}`;
  return { kind, text, logsOf: { pod, container: name, previous: state.terminated === undefined } };
}

/** What Kubernetes asks, in the words of the manifest. */
function probeText({ httpGet, exec, tcpSocket, grpc }: Manifest): string {
  if (httpGet) return `GET ${httpGet.path ?? '/'} on port ${httpGet.port}`;
  if (exec) return `command ${JSON.stringify(exec.command)}`;
  return `connection to port ${(tcpSocket ?? grpc).port}`;
}

/** A container that runs but is not ready. */
function probed(pod: Manifest, status: Manifest, { events }: Evidence): Diagnosis | undefined {
  if (status.ready || !(status.state?.running || status.lastState?.terminated)) return undefined;
  const said = eventOf(events, pod, 'Unhealthy');
  // Older kubelets say `errored: …`, newer ones `errored and resulted in unknown state: …`.
  const [, type, answer] = /^(Readiness|Liveness|Startup) probe (?:failed|errored[^:]*): ?(.*)/.exec(said ?? '') ?? [];
  if (type === undefined) return undefined;
  const probe = specOf(pod, status.name)[`${type.toLowerCase()}Probe`];
  const reply = answer!.replace(/^HTTP probe failed with statuscode: /, 'HTTP ');
  const text = `${type.toLowerCase()} ${probe ? probeText(probe) : ''} of container ${status.name}: ${reply}`;
  return { kind: 'probe', text };
}

/** The events of a container, whose `fieldPath` is as `spec.containers{runtime}`, and those of its whole Pod. */
const eventsOf = (events: readonly Manifest[], container: string) =>
  events.filter(({ involvedObject: { fieldPath } }) => !fieldPath || fieldPath.endsWith(`{${container}}`));

/** A killed container may have been killed by its own probe: then the probe is the cause. */
function ofContainer(pod: Manifest, status: Manifest, evidence: Evidence): Diagnosis | undefined {
  const own = { ...evidence, events: eventsOf(evidence.events, status.name) };
  const wasKilledByProbe = eventOf(own.events, pod, 'Killing')?.includes('probe');
  const [first, second] = wasKilledByProbe ? [probed, stopped] : [stopped, probed];
  return first(pod, status, own) ?? second(pod, status, own);
}

/** Why one Pod is not ready. */
function ofPod(pod: Manifest, evidence: Evidence): Diagnosis | undefined {
  const { status = {} } = pod;
  if (status.reason === 'Evicted') return { kind: 'evicted', text: oneLine(status.message ?? '') };
  const waiting = unscheduled(pod);
  if (waiting) return unbound(pod, evidence) ?? waiting;
  const containers: Manifest[] = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  for (const container of containers) {
    const found = ofContainer(pod, container, evidence);
    if (found) return found;
  }
  const mount = eventOf(evidence.events, pod, 'FailedMount', 'FailedAttachVolume');
  if (mount) return unbound(pod, evidence) ?? { kind: 'volume', text: mount };
  const network = eventOf(evidence.events, pod, 'FailedCreatePodSandBox');
  return network === undefined ? undefined : { kind: 'node', text: network };
}

/** Why a workload is not ready: the cause of its newest Pod that is not. Nothing when it only takes its time. */
export function diagnose(evidence: Evidence): Diagnosis | undefined {
  const refused = notMade(evidence);
  if (refused) return refused;
  const pods = evidence.pods
    .filter((pod) => !isReady(pod) && !pod.metadata.deletionTimestamp)
    .sort((a, b) => b.metadata.creationTimestamp.localeCompare(a.metadata.creationTimestamp));
  for (const pod of pods) {
    const found = ofPod(pod, evidence);
    if (found) return found;
  }
  return undefined;
}

/** A diagnosis with the container's last words, on one line. */
export function showDiagnosis({ kind, text }: Diagnosis, logs = ''): string {
  const last = logs
    .split('\n')
    .map(oneLine)
    .filter((line) => line !== '')
    .slice(-3)
    .map((line) => (line.length > 200 ? `${line.slice(0, 197)}...` : line));
  return `${kind}: ${text}${last.length > 0 ? `; its last lines: ${last.join(' | ')}` : ''}`;
}
