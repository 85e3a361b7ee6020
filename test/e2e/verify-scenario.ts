import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import { objectsOfToml, type Rendered } from '../render';
import { command, type CommandProps, type Ended } from './command';
import { kubectl } from './kubectl';

/** Run `npm run verify`, without npm. */
export const verify = (folder: string, args: readonly string[], props?: CommandProps): Promise<Ended> =>
  command('verify', folder, args, props);

/**
 * One sandbox in a namespace of its own. It has no policy about IPv6: a network plugin without IPv6 may give up all
 * policies for one of these.
 */
const profile = (namespace: string, canvas: boolean) => `
[kubernetes]
namespace = "${namespace}"
resource_cpu_request = "50m"
ingress_domain = "${namespace}.localhost"
[deploy]
extends = "local"
devbox = false
${canvas ? '' : 'canvas = false'}
[deploy.network]
egress = "none"
clients = [{ namespace = "${namespace}-client" }]
`;

/** The objects of a healthy sandbox, to be changed. With a Canvas it needs its keys. */
export const sandbox = (namespace: string, { canvas }: { canvas: boolean }): Rendered[] =>
  structuredClone(objectsOfToml(profile(namespace, canvas)));

/** The namespace of those who may call it. Where there is none, verify makes it and takes it away again. */
export const clientNamespace = (namespace: string): Rendered => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: `${namespace}-client` },
});

export const deploymentOf = (objects: readonly Rendered[]): Rendered =>
  objects.find(({ kind }) => kind === 'Deployment');

const SERVE = 'mkdir -p /tmp/www && cd /tmp/www && touch alive health ready && exec httpd -f -p 8000 -h /tmp/www';

/**
 * The same objects around a server that starts at once and answers the probes: enough for what breaks before a command
 * is run.
 */
export function standIn(namespace: string): Rendered[] {
  const objects = sandbox(namespace, { canvas: false }).filter(({ kind }) => kind !== 'PersistentVolumeClaim');
  const { spec } = deploymentOf(objects).spec.template;
  const workspace = { name: 'workspace-volume' };
  Object.assign(spec.containers[0], {
    image: 'busybox:1.35',
    command: ['sh', '-c', SERVE],
    args: [],
    volumeMounts: [{ ...workspace, mountPath: '/workspace' }],
  });
  Object.assign(spec, {
    initContainers: [],
    volumes: [{ ...workspace, emptyDir: {} }],
    terminationGracePeriodSeconds: 1,
  });
  return objects;
}

/** A namespace with what is applied to it. */
export class Scenario {
  readonly folder = mkdtempSync(join(tmpdir(), 'openhands-verify-'));

  constructor(readonly namespace: string) {}

  /** `kubectl apply`, and nothing else. */
  async apply(objects: readonly Rendered[]): Promise<void> {
    writeFileSync(join(this.folder, 'all.yaml'), objects.map((it) => stringify(it)).join('---\n'));
    await kubectl('apply', '-f', this.folder);
  }

  /** What was applied. */
  objects(): Rendered[] {
    const texts = readdirSync(this.folder).map((file) => readFileSync(join(this.folder, file), 'utf8'));
    return texts.flatMap((text) => parseAllDocuments(text).map((it) => it.toJS() as Rendered));
  }

  async rolledOut(seconds = 60): Promise<void> {
    const { name } = deploymentOf(this.objects()).metadata;
    await kubectl('rollout', 'status', `deployment/${name}`, '-n', this.namespace, `--timeout=${seconds}s`);
  }

  /** Names of Pods that are Ready. */
  async readyPods(): Promise<string[]> {
    const { stdout } = await kubectl('get', 'pods', '-n', this.namespace, '-l', 'app=openhands-runtime', '-o', 'json');
    return JSON.parse(stdout)
      .items.filter((pod: Rendered) => !pod.metadata.deletionTimestamp)
      .filter((pod: Rendered) =>
        pod.status.conditions?.some((it: Rendered) => it.type === 'Ready' && it.status === 'True'),
      )
      .map((pod: Rendered) => pod.metadata.name);
  }

  /** What verify made for itself and has not taken away. */
  async traces(): Promise<string[]> {
    const label = '--selector=app.kubernetes.io/managed-by=openhands-verify';
    const { stdout } = await kubectl('get', 'pods,namespaces', '--all-namespaces', label, '-o', 'json');
    // Other namespaces' may be another test's.
    return JSON.parse(stdout)
      .items.filter(({ metadata }: Rendered) => (metadata.namespace ?? metadata.name).startsWith(this.namespace))
      .filter(({ metadata }: Rendered) => !metadata.deletionTimestamp)
      .map(({ kind, metadata }: Rendered) => `${kind}/${metadata.name}`);
  }

  async cleanUp(): Promise<void> {
    rmSync(this.folder, { recursive: true, force: true });
    await kubectl(
      'delete',
      'namespace',
      this.namespace,
      `${this.namespace}-client`,
      '--ignore-not-found',
      '--wait=false',
    );
  }
}
