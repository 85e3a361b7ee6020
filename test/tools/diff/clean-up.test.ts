import { cleanUpLines } from '../../../tools/diff/clean-up';
import type { Rendered } from '../../render';

const object = (kind: string, name: string, more: object = {}): Rendered => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'a' },
  ...more,
});

const commands = (...left: Rendered[]) => cleanUpLines(left).filter((it) => it.includes('kubectl delete'));

test('what no file has is one command', () => {
  expect(cleanUpLines([object('Service', 'old'), object('ConfigMap', 'older')])).toEqual([
    'In the cluster, but in no file (kubectl apply does not delete). To delete it:',
    '  kubectl delete --namespace=a service/old configmap/older',
    '',
  ]);
});

test('each namespace has a command of its own', () => {
  const elsewhere = object('Service', 'old', { metadata: { name: 'old', namespace: 'b' } });
  expect(commands(object('Service', 'old'), elsewhere)).toEqual([
    '  kubectl delete --namespace=a service/old',
    '  kubectl delete --namespace=b service/old',
  ]);
});

test('a kind is named with its group, so that it is no other kind of that name', () => {
  const ingress = object('Ingress', 'old', { apiVersion: 'networking.k8s.io/v1' });
  expect(commands(ingress)).toEqual(['  kubectl delete --namespace=a ingress.networking.k8s.io/old']);
});

test('the context that was asked is the one in which it is deleted', () => {
  expect(cleanUpLines([object('Service', 'old')], 'prod')).toContain(
    '  kubectl delete --context=prod --namespace=a service/old',
  );
});

test.each([
  object('PersistentVolumeClaim', 'files'),
  object('Sandbox', 'demo', { spec: { volumeClaimTemplates: [{}] } }),
])('no command deletes a $kind that holds files', (left) => {
  expect(cleanUpLines([left])).toEqual([
    'In no file either, but it holds files. Delete it by hand, once nobody needs them:',
    `  ${left.kind}/${left.metadata.name} in a`,
    '',
  ]);
});

test('a Sandbox without a volume is deleted like anything else', () => {
  expect(commands(object('Sandbox', 'demo', { spec: {} }))).toHaveLength(1);
});

test('nothing is said when nothing is left', () => {
  expect(cleanUpLines([])).toEqual([]);
});
