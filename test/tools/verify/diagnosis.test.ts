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

describe('nothing is said', () => {
  test('of Pods that only take their time', () => {
    expect(said(waiting('ContainerCreating'))).toBeUndefined();
    expect(said(podWith({ state: { running: {} }, started: false }))).toBeUndefined();
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
    const events: [string, string][] = [
      ['Failed', LONG],
      ['Failed', 'Error: ImagePullBackOff'],
    ];
    const backOff = waiting('ImagePullBackOff', 'Back-off pulling image');
    expect(said(backOff, events)).toBe('image pull: example.com/agent:1: no such host');
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

  test('of a StatefulSet is in its events', () => {
    const set = { kind: 'StatefulSet', metadata: { name: 'pool', uid: 'uid-of-pool' }, status: {} };
    const failed = event(
      set,
      'FailedCreate',
      'create Pod pool-0 failed: pods "pool-0" is forbidden: exceeded quota: q',
    );
    expect(diagnose(evidence({ workload: set, events: [failed] }))?.kind).toBe('quota');
  });
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
