import { eventually } from '../e2e/eventually';
import { stepsIn } from '../e2e/in-order';
import { kubectl } from '../e2e/kubectl';
import { Manifests } from '../e2e/manifests';
import { ArgoCd } from './gitops/argo-cd';
import { Flux } from './gitops/flux';
import { Repository } from './gitops/repository';

/** Two environments of one repository, and what is left of each when its session is in no file any more. */
const ENVIRONMENTS = [
  { name: 'pool', namespace: 'parts-gitops-pool', kept: 'persistentvolumeclaim/openhands-runtime-demo-pvc' },
  { name: 'sandbox', namespace: 'parts-gitops-sandbox', kept: 'sandbox.agents.x-k8s.io/openhands-runtime-demo' },
] as const;

type Environment = (typeof ENVIRONMENTS)[number];

const manifestsOf = (environment: Environment, suffix = '') =>
  Manifests.ofProfile(`${__dirname}/profiles/gitops-${environment.name}${suffix}.toml`);

/** Tries before a test gives up are for a machine that does something else beside it. */
const PATIENCE = 240;

const namesOf = async ({ namespace }: Environment, kinds: string, ...more: string[]) =>
  (await kubectl('get', kinds, '--namespace', namespace, '-o=name', ...more)).stdout.split('\n').filter(Boolean);

const created = async (kind: string, ...more: string[]): Promise<number[]> =>
  (await kubectl('get', kind, '-o=jsonpath={.items[*].metadata.creationTimestamp}', ...more)).stdout
    .split(' ')
    .filter(Boolean)
    .map((it) => Date.parse(it));

/** Every admission policy of an environment is older than every Pod. */
async function policiesAreOlder({ name, namespace }: Environment): Promise<boolean> {
  const { stdout } = await kubectl('get', 'validatingadmissionpolicybinding', '-o=name');
  const own = stdout.split('\n').filter((it) => it.endsWith(`.${namespace}`));
  const policies = await created('validatingadmissionpolicybinding', ...own.map((it) => it.split('/')[1]!));
  const pods = await created('pod', '--namespace', namespace);
  expect([name, policies.length, pods.length > 0]).toEqual([name, 3, true]);
  return Math.max(...policies) <= Math.min(...pods);
}

/** A session that no file has any more: nothing of it is left but what holds its files. */
const leftOfSession = async (environment: Environment) => {
  const workloads = environment.name === 'sandbox' ? 'sandbox' : 'deployment,pvc';
  const names = await namesOf(
    environment,
    `${workloads},service,ingress`,
    '-l=app.kubernetes.io/instance=openhands-runtime-demo',
  );
  return names.join(' ');
};

const denied = (environment: Environment) =>
  kubectl(
    'get',
    'networkpolicy',
    'openhands-runtime-default-deny',
    '--namespace',
    environment.namespace,
    '-o=name',
  ).then(
    () => true,
    () => false,
  );

const deleteDenial = ({ namespace }: Environment) =>
  kubectl('delete', 'networkpolicy', 'openhands-runtime-default-deny', '--namespace', namespace);

let repository: Repository;

beforeAll(async () => {
  repository = await Repository.start();
});

afterAll(() => repository.stop());

async function commitAll(suffix = ''): Promise<void> {
  for (const environment of ENVIRONMENTS) {
    const manifests = manifestsOf(environment, suffix);
    await repository.commit(environment.name, manifests.folder);
    await manifests.cleanUp();
  }
}

async function deleteAll(): Promise<void> {
  for (const environment of ENVIRONMENTS) {
    const manifests = manifestsOf(environment);
    await kubectl('delete', '-f', manifests.folder, '--ignore-not-found', '--timeout=240s');
    await manifests.cleanUp();
  }
}

describe('Argo CD', () => {
  const step = stepsIn(ENVIRONMENTS[0].namespace);
  let argo: ArgoCd;

  beforeAll(async () => {
    await commitAll();
    argo = await ArgoCd.start('parts-argocd');
  });
  afterAll(async () => {
    await argo?.stop();
    await deleteAll();
  });

  const stateOf = async ({ name }: Environment) => {
    const { sync, resources = [] } = await argo.status(name);
    return { sync: sync?.status, resources };
  };
  const synced = async (environment: Environment) => (await stateOf(environment)).sync;
  const healthOf = async (environment: Environment, kind: string) =>
    (await stateOf(environment)).resources.find((it) => it.kind === kind)?.health?.status;

  step('applies an environment as an Application, and finds no difference that stays', async () => {
    for (const { name } of ENVIRONMENTS) {
      await argo.apply(name, {
        source: { repoURL: repository.url, path: name, targetRevision: 'main' },
        syncPolicy: { automated: { prune: true, selfHeal: true } },
      });
    }
    for (const it of ENVIRONMENTS)
      expect([it.name, await eventually(() => synced(it), 'Synced', PATIENCE)]).toEqual([it.name, 'Synced']);
  });

  step('makes the admission policies before the Pods', async () => {
    for (const it of ENVIRONMENTS) expect([it.name, await policiesAreOlder(it)]).toEqual([it.name, true]);
  });

  step('says how the kinds of agent-sandbox are', async () => {
    for (const kind of ['Sandbox', 'SandboxWarmPool']) {
      const health = () => healthOf(ENVIRONMENTS[1], kind);
      expect([kind, await eventually(health, 'Healthy', PATIENCE)]).toEqual([kind, 'Healthy']);
    }
  });

  step('makes again what somebody deletes by hand', async () => {
    await deleteDenial(ENVIRONMENTS[0]);
    expect(await eventually(() => denied(ENVIRONMENTS[0]), true, PATIENCE)).toBe(true);
  });

  step('prunes a session that no file has any more, but for its files', async () => {
    await commitAll('-later');
    for (const it of ENVIRONMENTS) {
      expect(await eventually(() => leftOfSession(it), it.kept, PATIENCE)).toBe(it.kept);
      expect(await eventually(() => synced(it), 'Synced', PATIENCE)).toBe('Synced');
    }
  });

  step('leaves them also when the Application is deleted with all that it has made', async () => {
    for (const { name } of ENVIRONMENTS) await argo.deleteWithAll(name);
    for (const it of ENVIRONMENTS) {
      expect(await namesOf(it, 'deployment,networkpolicy')).toEqual([]);
      expect(await leftOfSession(it)).toBe(it.kept);
    }
  });
});

describe('Flux', () => {
  // Of the other, no Pod starts.
  const environment = ENVIRONMENTS[1];
  const step = stepsIn(environment.namespace);
  let flux: Flux;

  beforeAll(async () => {
    await commitAll();
    flux = await Flux.start('parts-flux');
  });
  afterAll(async () => {
    await flux?.stop();
    await deleteAll();
  });

  const ready = async () => {
    const { conditions = [], lastAppliedRevision } = await flux.status(environment.name);
    const condition = conditions.find((it) => it.type === 'Ready');
    return condition?.status === 'True' ? lastAppliedRevision : `not ready: ${condition?.message}`;
  };
  const untilReady = async () => {
    const wanted = `main@sha1:${await repository.head()}`;
    expect(await eventually(ready, wanted, PATIENCE)).toBe(wanted);
  };

  step('applies an environment as a Kustomization, and waits until all of it is well', async () => {
    await flux.source('openhands', repository.url);
    await flux.apply(environment.name);
    await untilReady();
    const { stdout } = await kubectl(
      'get',
      environment.kept,
      '--namespace',
      environment.namespace,
      '-o=jsonpath={..reason}',
    );
    expect(stdout).toContain('DependenciesReady');
  });

  step('makes again what somebody deletes by hand', async () => {
    await deleteDenial(environment);
    expect(await eventually(() => denied(environment), true, PATIENCE)).toBe(true);
  });

  step('prunes a session that no file has any more, but for its files', async () => {
    await commitAll('-later');
    await untilReady();
    expect(await eventually(() => leftOfSession(environment), environment.kept, PATIENCE)).toBe(environment.kept);
  });

  step('leaves them also when the Kustomization is deleted', async () => {
    await flux.delete(environment.name);
    const policies = async () => (await namesOf(environment, 'networkpolicy')).join();
    expect(await eventually(policies, '', PATIENCE)).toBe('');
    expect(await leftOfSession(environment)).toBe(environment.kept);
  });
});
