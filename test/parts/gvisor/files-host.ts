import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AGENT_SERVER_IMAGE } from '../../../config/images';
import { containerSecurityContext, podSecurityContext, restricted } from '../../../constructs/sandbox/security-context';
import { kubectl } from '../../e2e/kubectl';
import { create, namespace as namespaceObject, remove } from '../../e2e/objects';

const PROGRAM = 'files-host.py';
const NAME = 'host';
const PORT = 8080;
const SECURITY = restricted(10001);

/** What `git clone` and `pip install` ask for, in a namespace of its own. What it has is in `files-host.py`. */
export class FilesHost {
  readonly url: string;

  constructor(private readonly namespace: string) {
    this.url = `http://${NAME}.${namespace}.svc.cluster.local:${PORT}`;
  }

  /** Wait until it answers. */
  async start(): Promise<void> {
    const { namespace } = this;
    const metadata = { name: NAME, namespace, labels: { app: NAME } };
    await create(
      namespaceObject(namespace),
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata,
        data: { [PROGRAM]: readFileSync(join(__dirname, PROGRAM), 'utf8') },
      },
      { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: { app: NAME }, ports: [{ port: PORT }] } },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata,
        spec: {
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: 0,
          securityContext: podSecurityContext(SECURITY),
          containers: [
            {
              name: 'host',
              image: AGENT_SERVER_IMAGE,
              imagePullPolicy: 'IfNotPresent',
              command: ['python3', `/program/${PROGRAM}`],
              readinessProbe: { tcpSocket: { port: PORT }, periodSeconds: 1 },
              securityContext: containerSecurityContext(SECURITY),
              volumeMounts: [
                { name: 'program', mountPath: '/program' },
                { name: 'tmp', mountPath: '/tmp' },
              ],
            },
          ],
          volumes: [
            { name: 'program', configMap: { name: NAME } },
            { name: 'tmp', emptyDir: {} },
          ],
        },
      },
    );
    await kubectl('wait', `pod/${NAME}`, `--namespace=${namespace}`, '--for=condition=Ready', '--timeout=240s');
  }

  async stop(): Promise<void> {
    await remove(namespaceObject(this.namespace));
  }
}
