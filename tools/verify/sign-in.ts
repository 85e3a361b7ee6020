import type { Cluster } from '../cluster/cluster';
import { withForwardedPort } from '../cluster/streams';
import { Failure } from './failure';
import { apiPortOf, type Workload } from './plan';
import { readyPodsOf } from './ready';
import { API, expectStatus, PAGE, SOCKET, WEB_SOCKET } from './status';

/** Who comes through a proxy that believes headers. */
const SOMEBODY = {
  'X-Forwarded-User': 'root@example.com',
  'X-Forwarded-Email': 'root@example.com',
  'X-Auth-Request-Email': 'root@example.com',
};

/**
 * Ask a sign-in as somebody who is not signed in: for the page, the API, a WebSocket, and the way to the issuer.
 *
 * @throws Error in one line: what was asked, what was expected, and what came
 */
export async function askSignIn(url: string): Promise<void> {
  await expectStatus(url, 'the page, without a cookie', PAGE, 403);
  await expectStatus(url, 'the page, with headers that pretend', PAGE, 403, SOMEBODY);
  await expectStatus(url, 'the API, without a cookie', API, 401);
  await expectStatus(url, 'a WebSocket, without a cookie', SOCKET, 401, WEB_SOCKET);
  await expectStatus(url, 'the way to the issuer', '/oauth2/start', 302);
}

/**
 * Nobody gets past it who is not signed in.
 *
 * @throws Failure
 */
export async function checkSignIn(cluster: Cluster, workload: Workload): Promise<void> {
  const [pod] = await readyPodsOf(cluster, workload);
  if (pod === undefined) throw new Failure('functional', 'no Pod of it is ready any more', true);
  try {
    await withForwardedPort(cluster, pod, apiPortOf(workload), askSignIn);
  } catch (error) {
    throw new Failure('functional', `Pod ${pod.metadata.name}: ${(error as Error).message}`, true);
  }
}
