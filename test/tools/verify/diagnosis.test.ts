import { diagnose, showDiagnosis } from '../../../tools/verify/diagnosis';
import { deployment, event, evidence, pod, podWith } from './evidence';

/** What is said of one Pod with these events. */
const said = (of: ReturnType<typeof pod>, events: [reason: string, message: string][] = [], over = {}) => {
  const found = diagnose(
    evidence({ pods: [of], events: events.map(([reason, message]) => event(of, reason, message)), ...over }),
  );
  return found && showDiagnosis(found);
};

const waiting = (reason: string, message?: string) => podWith({ state: { waiting: { reason, message } } });

const CRASH = { terminated: { exitCode: 1 } };
const UNHEALTHY: [string, string][] = [['Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 500']];

describe('nothing is said', () => {
  test('of Pods that only take their time', () => {
    expect(said(waiting('ContainerCreating'))).toBeUndefined();
    expect(said(podWith({ state: { running: {} }, started: false }))).toBeUndefined();
    expect(said(podWith({}))).toBeUndefined();
  });

  test('of a Pod and a workload that nobody has looked at yet', () => {
    expect(said({ ...pod(), status: undefined })).toBeUndefined();
    expect(diagnose(evidence({ workload: { ...deployment(), status: undefined } }))).toBeUndefined();
  });

  test('of a Pod whose scheduling somebody holds back', () => {
    const gated = { type: 'PodScheduled', status: 'False', reason: 'SchedulingGated', message: 'x' };
    expect(said(pod({ status: { conditions: [gated] } }))).toBeUndefined();
  });

  test.each([
    ['a container that runs again after a crash', { ready: true, state: { running: {} }, lastState: CRASH }, []],
    ['a probe that failed while the container started', { ready: true, state: { running: {} } }, UNHEALTHY],
    ['a probe of a container that does not run yet', { state: { waiting: { reason: 'x' } } }, UNHEALTHY],
  ])('of %s', (_, status, events: [string, string][]) => {
    expect(said(podWith(status), events)).toBeUndefined();
  });

  test('of an init container that has done its work', () => {
    const initContainers = [{ name: 'other' }, { name: 'prepare' }];
    const initContainerStatuses = [{ name: 'prepare', state: { terminated: { exitCode: 0 } } }];
    expect(said(pod({ spec: { initContainers }, status: { initContainerStatuses } }))).toBeUndefined();
  });

  test('of a Pod that is Ready or on its way out', () => {
    const ready = pod({ status: { conditions: [{ type: 'Ready', status: 'True' }] } });
    const going = podWith(
      { state: { waiting: { reason: 'ErrImagePull', message: '' } } },
      {
        metadata: { deletionTimestamp: '2026-01-01T00:00:02Z' },
      },
    );
    expect(said(ready)).toBeUndefined();
    expect(said(going)).toBeUndefined();
  });
});

describe('an image', () => {
  const LONG =
    'Failed to pull image "example.com/agent:1": failed to pull and unpack image: failed to resolve reference: dial tcp: lookup example.com: no such host';

  test('that cannot be pulled is named, with the innermost reason', () => {
    expect(said(waiting('ErrImagePull', LONG))).toBe('image pull: example.com/agent:1: no such host');
  });

  test('is explained by the event while its pull backs off', () => {
    const backOff = waiting('ImagePullBackOff', 'Back-off pulling image');
    const events = [
      event(backOff, 'Failed', LONG),
      event(backOff, 'Failed', 'Error: ImagePullBackOff'),
      event(backOff, 'Failed'),
    ];
    expect(said(backOff, [], { events })).toBe('image pull: example.com/agent:1: no such host');
  });

  test.each([
    ['rpc error: manifest for agent:1 Not Found: manifest unknown', 'Not Found'],
    ['failed: pull access denied, repository does not exist', 'pull access denied'],
    ['failed: unauthorized to read this: sign in', 'unauthorized to read this'],
    ['dial tcp 192.0.2.1:443: i/o timeout', 'i/o timeout'],
    ['dial tcp 192.0.2.1:443: connect: connection refused', 'connection refused'],
    ['429: toomanyrequests of this address: see our page', 'toomanyrequests of this address'],
    ['no such word', 'no such word'],
  ])('has as its reason what matters of: %s', (message, reason) => {
    expect(said(waiting('ErrImagePull', message))).toBe(`image pull: example.com/agent:1: ${reason}`);
  });

  test('is explained by the event also where its client has combined many', () => {
    const events: [string, string][] = [['Failed', `(combined from similar events): ${LONG}`]];
    expect(said(waiting('ImagePullBackOff', 'Back-off pulling image'), events)).toMatch(/: no such host$/);
  });

  test('that fails for a reason of other words is told with the last 200 letters', () => {
    const message = `${'x'.repeat(9)} ${'y'.repeat(199)}.`;
    expect(said(waiting('ErrImagePull', message))).toBe(`image pull: example.com/agent:1: ${'y'.repeat(199)}.`);
  });

  test('of an init container is that container’s', () => {
    const initContainers = [
      { name: 'other', image: 'another' },
      { name: 'prepare', image: 'tools:1' },
    ];
    const initContainerStatuses = [
      { name: 'prepare', state: { waiting: { reason: 'InvalidImageName', message: 'x' } } },
    ];
    expect(said(pod({ spec: { initContainers }, status: { initContainerStatuses } }))).toBe('image pull: tools:1: x');
  });

  test('that nobody may pull is not on the node', () => {
    expect(said(waiting('ErrImageNeverPull'))).toMatch(/not on the node, and its pull policy is Never/);
  });
});

describe('a probe', () => {
  const running = podWith({ state: { running: {} } });

  test('is told with what it asks and what it got', () => {
    const events: [string, string][] = [
      ['Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 404'],
    ];
    expect(said(running, events)).toBe('probe: readiness GET /ready on port http of container runtime: HTTP 404');
  });

  test.each([
    [{ httpGet: { port: 8000 } }, 'GET / on port 8000'],
    [{ exec: { command: ['test', '-e', 'f'] } }, 'command ["test","-e","f"]'],
    [{ tcpSocket: { port: 'http' } }, 'connection to port http'],
    [{ grpc: { port: 9000 } }, 'connection to port 9000'],
  ])('is told in the words of its manifest: %j', (livenessProbe, words) => {
    const running = podWith({ state: { running: {} } }, { spec: { containers: [{ name: 'runtime', livenessProbe }] } });
    expect(said(running, [['Unhealthy', 'Liveness probe failed: no']])).toBe(
      `probe: liveness ${words} of container runtime: no`,
    );
  });

  test.each(['errored: command timed out', 'errored and resulted in unknown state: command timed out'])(
    'that could not be asked is told, as old and new kubelets say it: %s',
    (message) => {
      expect(said(running, [['Unhealthy', `Readiness probe ${message}`]])).toBe(
        'probe: readiness GET /ready on port http of container runtime: command timed out',
      );
    },
  );

  test('is told also where its client has combined many events', () => {
    expect(said(running, [['Unhealthy', '(combined from similar events): Readiness probe failed: no']])).toBe(
      'probe: readiness GET /ready on port http of container runtime: no',
    );
  });

  test('that failed without a word is told', () => {
    expect(said(running, [['Unhealthy', 'Readiness probe failed:']])).toMatch(/of container runtime: $/);
  });

  test('is told as it failed the last time, whatever the order of the events', () => {
    const at = (message: string, times: object) =>
      event(running, 'Unhealthy', `Readiness probe failed: ${message}`, times);
    const none = { lastTimestamp: null };
    const events = [
      at('second', { lastTimestamp: '2026-01-01T00:00:02Z' }),
      at('last', { ...none, series: { lastObservedTime: '2026-01-01T00:00:09Z' }, eventTime: '2026-01-01T00:00:00Z' }),
      at('third', { ...none, eventTime: '2026-01-01T00:00:03Z' }),
      at('whenever', none),
    ];
    expect(said(running, [], { events })).toMatch(/: last$/);
    expect(said(running, [], { events: events.slice(2) })).toMatch(/: third$/);
  });

  test('of one container is not blamed on another', () => {
    const container = (name: string) => ({ name, readinessProbe: { httpGet: { port: name } } });
    const status = (name: string) => ({ name, ready: false, state: { running: {} } });
    const two = pod({
      spec: { containers: [container('runtime'), container('editor')] },
      status: { containerStatuses: [status('runtime'), status('editor')] },
    });
    const involvedObject = { fieldPath: 'spec.containers{editor}' };
    const events = [event(two, 'Unhealthy', 'Readiness probe failed: no', { involvedObject })];

    expect(said(two, [], { events })).toBe('probe: readiness GET / on port editor of container editor: no');
  });

  test('that killed its container is the cause, not the exit code', () => {
    const killed = podWith({
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 137 } },
    });
    const events: [string, string][] = [
      ['Unhealthy', 'Startup probe failed: HTTP probe failed with statuscode: 500'],
      ['Killing', 'Container runtime failed startup probe, will be restarted'],
    ];
    expect(said(killed, events)).toBe('probe: startup GET /health on port http of container runtime: HTTP 500');
  });
});

describe('a container', () => {
  test('that crashes is told with its exit code and its last lines', () => {
    const crashing = podWith({
      restartCount: 4,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 3 } },
    });
    const found = diagnose(evidence({ pods: [crashing] }))!;

    expect(found.logsOf).toMatchObject({ container: 'runtime', previous: true });
    expect(showDiagnosis(found, 'one\ntwo\nthree\nfour\n\n')).toBe(
      'CrashLoop: container runtime exited with 3, 4 restarts; its last lines: two | three | four',
    );
  });

  test('that crashed just now has its last lines in itself, not in one before it', () => {
    const found = diagnose(evidence({ pods: [podWith({ state: { terminated: { exitCode: 0 } } })] }));

    expect(found).toMatchObject({ text: 'container runtime exited with 0, 0 restarts', logsOf: { previous: false } });
  });

  test('that ended without an error is told, beside init containers that may', () => {
    const done = podWith(
      { state: { terminated: { exitCode: 0 } } },
      { spec: { initContainers: [{ name: 'prepare' }] } },
    );
    expect(said(done)).toBe('crash: container runtime exited with 0, 0 restarts');
  });

  test('that runs again but is not ready is told how it ended before', () => {
    expect(said(podWith({ restartCount: 2, state: { running: {} }, lastState: CRASH }))).toBe(
      'crash: container runtime exited with 1, 2 restarts',
    );
  });

  test('that was killed by a signal is told which', () => {
    expect(said(podWith({ state: { terminated: { exitCode: 143, signal: 15 } } }))).toMatch(/was killed by signal 15,/);
  });

  test.each(['CreateContainerError', 'RunContainerError', 'PostStartHookError'])(
    'that cannot be started is told so: %s',
    (reason) => {
      expect(said(waiting(reason, 'no such\n file '))).toBe('start: container runtime: no such file');
      expect(said(waiting(reason))).toBe(`start: container runtime: ${reason}`);
    },
  );

  test('that fails before the others start is the one that is told', () => {
    const status = {
      initContainerStatuses: [{ name: 'prepare', state: { terminated: { exitCode: 2 } } }],
      containerStatuses: [{ name: 'runtime', state: { waiting: { reason: 'PodInitializing' } } }],
    };
    const both = { initContainers: [{ name: 'prepare' }] };
    expect(said(pod({ spec: both, status }))).toBe('crash: container prepare exited with 2, 0 restarts');
  });

  test('that only waits does not hide one that crashes', () => {
    const containerStatuses = [
      { name: 'runtime', state: { waiting: { reason: 'ContainerCreating' } } },
      { name: 'editor', state: CRASH },
    ];
    expect(said(pod({ status: { containerStatuses } }))).toBe('crash: container editor exited with 1, 0 restarts');
  });

  test('without enough memory is told to have been killed for it', () => {
    const killed = podWith({ restartCount: 1, state: { terminated: { reason: 'OOMKilled', exitCode: 137 } } });
    expect(said(killed)).toBe('crash: container runtime was killed: out of memory (its limit is too low), 1 restart');
  });

  test('whose Secret is missing is told so', () => {
    expect(said(waiting('CreateContainerConfigError', 'secret "keys" not found'))).toBe(
      'configuration: secret "keys" not found',
    );
  });

  test.each([
    'secret "openhands-session-keys" not found',
    "couldn't find key a.api-key in Secret b/openhands-session-keys",
  ])('whose key is missing is told what makes it: %s', (message) => {
    expect(said(waiting('CreateContainerConfigError', message))).toBe(
      `configuration: ${message}: npm run keys makes what is missing`,
    );
  });
});

describe('the scheduler', () => {
  const unscheduled = (message: string, spec = {}) =>
    pod({ spec, status: { conditions: [{ type: 'PodScheduled', status: 'False', message }] } });

  test('is quoted without what it says about preemption', () => {
    const message =
      "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.";
    expect(said(unscheduled(message))).toBe(
      "unschedulable: 0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector",
    );
  });

  test('that has placed the Pod is not blamed, whatever other conditions say', () => {
    const conditions = [
      { type: 'PodScheduled', status: 'True' },
      { type: 'Ready', status: 'False', message: 'not yet' },
    ];
    expect(said(pod({ status: { conditions } }))).toBeUndefined();
  });

  test('that gives no reason in words is quoted with its one word', () => {
    const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }];
    expect(said(pod({ status: { conditions } }))).toBe('unschedulable: Unschedulable');
  });

  describe('waits for a volume', () => {
    const volumes = [{ name: 'workspace', persistentVolumeClaim: { claimName: 'work' } }];
    const waitingPod = unscheduled('0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.', {
      volumes,
    });
    const claim = {
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'work', uid: 'uid-of-work' },
      status: { phase: 'Pending' },
    };

    test('that its provisioner cannot make', () => {
      const failed = event(claim, 'ProvisioningFailed', 'storageclass.storage.k8s.io "fast" not found');
      expect(said(waitingPod, [], { claims: [claim], events: [failed] })).toBe(
        'volume: PersistentVolumeClaim work is not bound: storageclass.storage.k8s.io "fast" not found',
      );
    });

    test('of a claim of its own', () => {
      const own = unscheduled('x', { volumes: [{ name: 'scratch', ephemeral: {} }] });
      expect(said(own)).toBe('volume: PersistentVolumeClaim demo-1-scratch does not exist');
    });

    test('that nobody offers', () => {
      expect(said(waitingPod, [], { claims: [{ ...claim, status: undefined }] })).toBe(
        'volume: PersistentVolumeClaim work is not bound: no volume fits it',
      );
    });

    test('that could be made for it at last', () => {
      const bound = { ...claim, status: { phase: 'Bound' } };
      const failed = event(claim, 'ProvisioningFailed', 'no');
      expect(said(waitingPod, [], { claims: [bound], events: [failed] })).toMatch(/^unschedulable: /);
    });

    test('that is not the first of its volumes', () => {
      const other = { ...claim, metadata: { name: 'other' }, status: { phase: 'Bound' } };
      const more = [
        { name: 'tmp', emptyDir: {} },
        { name: 'o', persistentVolumeClaim: { claimName: 'other' } },
      ];
      const two = unscheduled('x', { volumes: [...more, ...volumes] });
      expect(said(two, [], { claims: [other, claim] })).toMatch(/^volume: PersistentVolumeClaim work is not bound/);
    });

    test('whose claim nobody made', () => {
      expect(said(waitingPod)).toBe('volume: PersistentVolumeClaim work does not exist');
    });

    test('but not when the volume waits for it', () => {
      const waits = event(claim, 'WaitForFirstConsumer', 'waiting for first consumer');
      const full = unscheduled('0/1 nodes are available: 1 Insufficient memory.', { volumes });
      expect(said(full, [], { claims: [claim], events: [waits] })).toBe(
        'unschedulable: 0/1 nodes are available: 1 Insufficient memory.',
      );
    });

    test('that waited for it, and then could not be made', () => {
      const events = [event(claim, 'WaitForFirstConsumer', 'waiting'), event(claim, 'ProvisioningFailed', 'disk full')];
      expect(said(waitingPod, [], { claims: [claim], events })).toMatch(/is not bound: disk full$/);
    });
  });
});

describe('a Pod that the API server refuses', () => {
  const refused = (message: string) =>
    diagnose(evidence({ workload: deployment([{ type: 'ReplicaFailure', status: 'True', message }]) }))?.kind;

  test.each([
    ['quota', 'pods "a" is forbidden: exceeded quota: small, requested: requests.memory=512Mi'],
    ['Pod Security', 'pods "a" is forbidden: violates PodSecurity "baseline:v1.34": host namespaces'],
    ['admission', "pods \"a\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'p' denied request: no"],
    ['admission', 'admission webhook "w.example.com" denied the request: no'],
    ['limit range', 'pods "a" is forbidden: maximum memory usage per Container is 1Gi, but limit is 2Gi'],
    ['service account', 'error looking up service account a/b: serviceaccount "b" not found'],
    ['refused', 'something else'],
  ])('is told to be refused by: %s', (kind, message) => {
    expect(refused(message)).toBe(kind);
  });

  test('once, and not any more, is no cause', () => {
    const conditions = [
      { type: 'ReplicaFailure', status: 'False', message: 'exceeded quota' },
      { type: 'Progressing', status: 'True', message: 'x' },
    ];
    expect(diagnose(evidence({ workload: deployment(conditions) }))).toBeUndefined();
  });

  describe('of a StatefulSet', () => {
    const set = { kind: 'StatefulSet', metadata: { name: 'pool', uid: 'uid-of-pool' }, status: {} };
    const failed = (over = {}) =>
      event(set, 'FailedCreate', 'create Pod pool-0 failed: pods "pool-0" is forbidden: exceeded quota: q', over);

    test('is in its events', () => {
      expect(diagnose(evidence({ workload: set, events: [failed()] }))?.kind).toBe('quota');
    });

    test('is in events that know it by its name alone', () => {
      const named = (name: string) => [failed({ involvedObject: { uid: undefined, name } })];
      expect(diagnose(evidence({ workload: set, events: named('pool') }))?.kind).toBe('quota');
      expect(diagnose(evidence({ workload: set, events: named('other') }))).toBeUndefined();
    });

    test('and was then made is no cause', () => {
      const starting = waiting('ContainerCreating');
      expect(diagnose(evidence({ workload: set, pods: [starting], events: [failed()] }))).toBeUndefined();
    });
  });
});

test('a Pod that its node put out is told why', () => {
  const evicted = (message?: string) => pod({ status: { reason: 'Evicted', message } });

  expect(said(evicted('The node was low on resource: memory.\n'))).toBe(
    'evicted: The node was low on resource: memory.',
  );
  expect(said(evicted())).toBe('evicted: ');
});

describe('a node', () => {
  const creating = podWith(
    { state: { waiting: { reason: 'ContainerCreating' } } },
    { spec: { volumes: [{ name: 'w', persistentVolumeClaim: { claimName: 'work' } }] } },
  );
  const claim = (phase: string) => ({ kind: 'PersistentVolumeClaim', metadata: { name: 'work' }, status: { phase } });

  test.each(['FailedMount', 'FailedAttachVolume'])('that cannot give the Pod its volume says why: %s', (reason) => {
    const events = [event(creating, reason, 'no such device')];
    expect(said(creating, [], { events, claims: [claim('Bound')] })).toBe('volume: no such device');
  });

  test('that waits for a claim is not the cause, the claim is', () => {
    const events = [event(creating, 'FailedMount', 'timed out')];
    expect(said(creating, [], { events, claims: [claim('Lost')] })).toBe(
      'volume: PersistentVolumeClaim work is not bound: no volume fits it',
    );
  });

  test('that cannot give the Pod a network says why', () => {
    expect(said(creating, [['FailedCreatePodSandBox', 'no free address']])).toBe('node: no free address');
  });
});

test('a Pod of which nothing is known does not hide another', () => {
  const young = podWith(
    { state: { waiting: { reason: 'ContainerCreating' } } },
    { name: 'young', metadata: { creationTimestamp: '2026-01-02T00:00:00Z' } },
  );
  expect(diagnose(evidence({ pods: [podWith({ state: CRASH }), young] }))?.kind).toBe('crash');
});

test('a container’s last lines are each cut where a line ends for a reader', () => {
  const logs = ['x'.repeat(200), 'y'.repeat(201)].join('\n');

  expect(showDiagnosis({ kind: 'crash', text: 'it ended' }, logs)).toBe(
    `crash: it ended; its last lines: ${'x'.repeat(200)} | ${'y'.repeat(197)}...`,
  );
});

test('the newest Pod that is not ready is the one that is spoken of', () => {
  const old = podWith({ state: { terminated: { exitCode: 1 } } }, { name: 'old' });
  const young = podWith(
    { state: { waiting: { reason: 'InvalidImageName', message: 'bad' } } },
    {
      name: 'young',
      metadata: { creationTimestamp: '2026-01-02T00:00:00Z' },
    },
  );
  expect(diagnose(evidence({ pods: [old, young] }))?.kind).toBe('image pull');
});

test('an event about an earlier Pod of the same name is not this one’s', () => {
  const now = podWith({ state: { running: {} } });
  const before = { ...now, metadata: { ...now.metadata, uid: 'another' } };
  expect(
    diagnose(evidence({ pods: [now], events: [event(before, 'Unhealthy', 'Readiness probe failed: x')] })),
  ).toBeUndefined();
});
