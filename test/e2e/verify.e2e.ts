import { setTimeout as sleep } from 'node:timers/promises';
import type { Rendered } from '../render';
import { selfSigned } from './certificate';
import type { Ended } from './command';
import { stepsIn } from './in-order';
import { kubectl } from './kubectl';
import { create, namespace, sessionKeys } from './objects';
import { withDoor } from './verify-outage';
import { clientNamespace, deploymentOf, sandbox, Scenario, standIn, verify } from './verify-scenario';

/** What is further apart than this belongs to two applies, in ms. */
const ANOTHER_APPLY = 6_000;

interface Breakage {
  readonly namespace: string;
  /** What the second apply changes, for the worse. */
  readonly change: (objects: Rendered[]) => void;
  readonly status: number;
  /** In the one line that says what failed. */
  readonly cause: RegExp;
  /** In the lines that say what was done. */
  readonly done: RegExp;
}

const container = (objects: Rendered[]) => deploymentOf(objects).spec.template.spec.containers[0];

const RESTORED = /^rolled back Deployment\/openhands-runtime-demo: revision 1 serves again$/m;

const breakages: Record<string, Breakage> = {
  'an image that does not exist': {
    namespace: 'verify-image',
    change: (objects) => (container(objects).image = 'registry.invalid/no-such-image:1'),
    status: 3,
    cause:
      /ready: image pull: registry\.invalid\/no-such-image:1: (no such host|.*i\/o timeout|.*connection refused|not found)/,
    done: RESTORED,
  },
  'a probe on the wrong path': {
    namespace: 'verify-probe',
    change: (objects) => (container(objects).readinessProbe.httpGet.path = '/wrong'),
    status: 3,
    cause: /ready: probe: readiness GET \/wrong on port http of container runtime: HTTP 404/,
    done: RESTORED,
  },
  'a Service whose port misses': {
    namespace: 'verify-port',
    change: (objects) => {
      const { ports, readinessProbe, livenessProbe, startupProbe } = container(objects);
      ports[0].name = 'web';
      for (const { httpGet } of [readinessProbe, livenessProbe, startupProbe]) httpGet.port = 'web';
    },
    status: 3,
    cause: /exposed: Service\/openhands-runtime-demo-svc: its port http leads to "http", but the Pods' ports are web/,
    done: RESTORED,
  },
  'a missing TLS Secret': {
    namespace: 'verify-tls',
    change: (objects) => {
      const { spec } = objects.find(({ kind }) => kind === 'Ingress');
      spec.tls = [{ secretName: 'no-such-certificate', hosts: [spec.rules[0].host] }];
    },
    status: 1,
    cause: /exposed: TLS Secret no-such-certificate does not exist \(for demo\.verify-tls\.localhost\)/,
    done: /^changed by this apply, without revisions: Ingress\/openhands-runtime-demo-ingress-code/m,
  },
  'a policy that lets strangers in': {
    namespace: 'verify-stranger',
    change: (objects) =>
      objects.push({
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'everybody', namespace: 'verify-stranger' },
        spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ from: [{ namespaceSelector: {} }] }] },
      }),
    status: 1,
    cause: /connected: a stranger's Pod reaches .*:8000: let in by NetworkPolicy everybody/,
    done: /^created by this apply, and still there: NetworkPolicy\/everybody$/m,
  },
  'a volume that cannot bind': {
    namespace: 'verify-volume',
    change: (objects) => {
      objects.push({
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'unbound', namespace: 'verify-volume' },
        spec: {
          accessModes: ['ReadWriteOnce'],
          storageClassName: 'no-such-class',
          resources: { requests: { storage: '1Gi' } },
        },
      });
      const { spec } = deploymentOf(objects).spec.template;
      spec.volumes = [{ name: 'workspace-volume', persistentVolumeClaim: { claimName: 'unbound' } }];
    },
    status: 3,
    cause: /ready: volume: PersistentVolumeClaim unbound is not bound: .*"no-such-class" not found/,
    done: RESTORED,
  },
};

/** Apply what works, then what does not, and verify that. */
async function broken(scenario: Scenario, change: Breakage['change']): Promise<Ended> {
  const objects = standIn(scenario.namespace);
  await scenario.apply(objects);
  await scenario.rolledOut();
  await sleep(ANOTHER_APPLY);
  change(objects);
  await scenario.apply(objects);
  return verify(scenario.folder, ['--timeout', '30s', '--retries', '0', '--rollback']);
}

const failureLine = (output: string): string => output.split('\n').find((line) => line.startsWith('FAILED')) ?? output;

describe('verify, of a deployment that was fine before', () => {
  test.concurrent.each(Object.entries(breakages))('%s', async (_, { namespace, change, status, cause, done }) => {
    const scenario = new Scenario(namespace);
    try {
      const ended = await broken(scenario, change);

      expect(failureLine(ended.output)).toMatch(cause);
      expect(ended.output).toMatch(done);
      expect(ended.status).toBe(status);
      expect(await scenario.readyPods()).toHaveLength(1);
      expect(await scenario.traces()).toEqual([]);
    } finally {
      await scenario.cleanUp();
    }
  });
});

/** The certificate of an Ingress, which nobody makes: there is no cert-manager behind its kinds here. */
function withCertificate(objects: Rendered[]): { objects: Rendered[]; hosts: string[]; name: string } {
  const { metadata, spec } = objects.find(({ kind }) => kind === 'Ingress');
  const [hosts, name] = [spec.rules.map(({ host }: Rendered) => host), 'to-come'];
  spec.tls = [{ secretName: name, hosts }];
  const certificate = {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name, namespace: metadata.namespace, labels: metadata.labels },
    spec: { secretName: name, dnsNames: hosts, issuerRef: { kind: 'ClusterIssuer', name: 'nobody' } },
  };
  return { objects: [...objects, certificate], hosts, name };
}

describe('verify, of a sandbox', () => {
  const scenario = new Scenario('verify-good');
  const step = stepsIn(scenario.namespace);

  beforeAll(async () => {
    await create(namespace(scenario.namespace), sessionKeys(scenario.namespace, 'demo'));
    await scenario.apply([...sandbox(scenario.namespace, { canvas: true }), clientNamespace(scenario.namespace)]);
  });
  afterAll(() => scenario.cleanUp());

  step('waits through five seconds without an API server', async () => {
    let outage: Promise<void> | undefined;
    const { status, output } = await withDoor(({ kubeconfig, shutFor }) =>
      verify(scenario.folder, ['--timeout', '180s'], {
        kubeconfig,
        onLine: (line) => {
          if (/ready: 0 of 1/.test(line)) outage ??= shutFor(5_000);
        },
      }),
    );

    expect(outage).toBeDefined();
    expect(output).toMatch(/the API server does not answer/);
    expect(output).toMatch(/^verified: 2 workloads/m);
    expect(status).toBe(0);
  });

  step('gets over a Pod that is killed in the middle', async () => {
    let killed: Promise<unknown> | undefined;
    const [pod] = await scenario.readyPods();
    const { status, output } = await verify(scenario.folder, ['--timeout', '180s'], {
      onLine: (line) => {
        if (!/: connected: /.test(line)) return;
        killed ??= kubectl('delete', 'pod', pod!, '-n', scenario.namespace, '--force', '--grace-period=0');
      },
    });
    await killed;

    expect(output).toMatch(/^verified: 2 workloads/m);
    expect(status).toBe(0);
    expect(await scenario.readyPods()).not.toContain(pod);
  });

  step('leaves nothing behind when it is interrupted', async () => {
    const { status } = await verify(scenario.folder, [], {
      onLine: (line, interrupt) => /: connected: /.test(line) && interrupt(),
    });

    expect(status).toBe(130);
    expect(await scenario.traces()).toEqual([]);
  });

  step('finds a file again after its Pod was deleted, and leaves nothing behind', async () => {
    const { status, output } = await verify(scenario.folder, ['--deep', '--timeout', '180s']);

    expect(output).toMatch(/functional: Pod .* is deleted, another must take over its files/);
    expect(status).toBe(0);
    expect(await scenario.traces()).toEqual([]);
    const [pod] = await scenario.readyPods();
    const { stdout } = await kubectl('exec', '-n', scenario.namespace, pod!, '--', 'ls', '-A', '/workspace');
    expect(stdout).not.toMatch(/openhands-verify/);
  });

  step('waits for the certificate that cert-manager is to make', async () => {
    const { objects, hosts, name } = withCertificate(sandbox(scenario.namespace, { canvas: true }));
    await scenario.apply([...objects, clientNamespace(scenario.namespace)]);
    let made: Promise<unknown> | undefined;
    const { status, output } = await verify(scenario.folder, ['--timeout', '180s', '--retries', '0'], {
      onLine: (line) => {
        if (line.includes('exposed: TLS Secret')) made ??= create(selfSigned(hosts, name, scenario.namespace).secret);
      },
    });
    await made;

    expect(output).toContain(
      `exposed: TLS Secret ${name} does not exist (for ${hosts.join(', ')}); cert-manager says nothing of Certificate/${name}`,
    );
    expect(output).toMatch(/^verified: 2 workloads/m);
    expect(status).toBe(0);
  });
});
