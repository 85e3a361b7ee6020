import { kubectl } from './kubectl';
import { sentence } from './sentence';

/** Without a cluster there is nothing to test, and a run that tested nothing must not look like one that passed. */
export default async function globalSetup(): Promise<void> {
  const { KUBECONFIG } = process.env;
  // Not kubectl's ~/.kube/config: these tests make and delete namespaces, so the cluster is chosen on purpose.
  if (!KUBECONFIG) throw sentence('The end-to-end tests need a cluster: set KUBECONFIG to the file that names it.');
  try {
    await kubectl('get', '--raw', '/readyz', '--request-timeout=10s');
  } catch (error) {
    throw sentence(`The cluster that KUBECONFIG=${KUBECONFIG} names does not answer: ${(error as Error).message}`);
  }
  await namespacesHaveEnded();
}

/** An earlier run did not wait for the end of its namespaces, which this one is going to make again. */
async function namespacesHaveEnded(): Promise<void> {
  const ending = ['get', 'namespaces', '--field-selector=status.phase=Terminating', '-o=name'];
  const names = (await kubectl(...ending)).stdout.trim().split('\n').filter(Boolean);
  if (names.length > 0) await kubectl('wait', '--for=delete', ...names, '--timeout=180s');
}
