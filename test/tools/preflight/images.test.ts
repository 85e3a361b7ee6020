import type { Cluster } from '../../../tools/cluster/cluster';
import { images } from '../../../tools/preflight/images';
import { needsOf } from '../../../tools/preflight/needs';
import { renderToml } from '../../render';

const DIGEST = `sha256:${'0'.repeat(64)}`;

const node = (...names: string[]) => ({ status: { images: [{ names }] } });

const clusterOf = (...nodes: object[]) => ({ list: () => Promise.resolve(nodes) }) as unknown as Cluster;

const pod = (image: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a', namespace: 'b', labels: {} },
  spec: { containers: [{ name: 'c', image }] },
});

test.each([
  ['ubuntu:22.04', 'docker.io/library/ubuntu:22.04'],
  ['registry.example.com:5000/a:1', 'registry.example.com:5000/a:1'],
  [`ubuntu:22.04@${DIGEST}`, `docker.io/library/ubuntu@${DIGEST}`],
  [`registry.example.com:5000/a@${DIGEST}`, `registry.example.com:5000/a@${DIGEST}`],
])('%s is there when a node has %s', async (image, name) => {
  expect(await images(clusterOf(node(name), node('docker.io/library/other:1')), [pod(image)])).toEqual([
    { need: `image ${image}`, by: ['Pod/a'], state: 'ok', found: 'on 1 of 2 nodes' },
  ]);
});

test('an image that no node tells of may be there, or must be pulled', async () => {
  expect(
    await images(clusterOf(node('docker.io/library/ubuntu:24.04'), { status: {} }), [pod('ubuntu:22.04')]),
  ).toEqual([
    {
      need: 'image ubuntu:22.04',
      by: ['Pod/a'],
      state: 'unsure',
      found: 'on no node yet: nodes must reach docker.io',
    },
  ]);
});

test('manifests without Pods need none', async () => {
  expect(await images(clusterOf(), [{ kind: 'Namespace', metadata: { name: 'a' } }])).toEqual([]);
});

test('the pull secret of our own Pods is needed in each of their namespaces', () => {
  const { objects } = renderToml(
    '[deploy]\nextends = "production"\ncanvas = false\nsign_in = false\n[deploy.system_pods]\nimage_pull_secret = "registry"',
  );
  const needs = needsOf(objects).filter(({ reference }) => reference.metadata.name === 'registry');

  expect(needs.map(({ reference, by }) => [reference.kind, reference.metadata.namespace, by])).toEqual([
    [
      'Secret',
      'openhands-production-system',
      ['Deployment/openhands-exporter', 'CronJob/openhands-descheduler', 'Deployment/openhands-egress'],
    ],
    ['Secret', 'openhands-production-logging', ['DaemonSet/openhands-logs']],
  ]);
});

test('the PriorityClass of our own Pods is needed', () => {
  const { objects } = renderToml(
    '[deploy]\nextends = "local"\n[deploy.system_pods]\npriority_class = "infrastructure"',
  );

  expect(needsOf(objects).map(({ reference }) => `${reference.kind} ${reference.metadata.name}`)).toContain(
    'PriorityClass infrastructure',
  );
});
