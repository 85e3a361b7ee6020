import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AGENT_SERVER_IMAGE } from '../../config/images';
import { containerSecurityContext, podSecurityContext, restricted } from '../../constructs/sandbox/security-context';
import { selfSigned } from './certificate';
import { kubectl } from './kubectl';
import { create, discard, namespace as namespaceObject, type Manifest } from './objects';

const PROGRAM = 'egress-host.py';
const NAME = 'host';
const PORTS = { http: 8080, https: 8443 };
const SECURITY = restricted(10001);

/**
 * A host that sandboxes ask for by several names, in a namespace of its own: a package index, a registry, a forge. What it
 * has is in `egress-host.py`.
 */
export class EgressHost {
  /** The certificate of its names, which is its own authority. */
  readonly certificate: string;
  private readonly secret: Manifest;

  constructor(
    private readonly namespace: string,
    /** Of its names, before the namespace: `headless` lead to its Pod's address, `inside` to a Service's own. */
    private readonly names: {
      readonly headless: readonly string[];
      /** Its Pod's own name is below this one. */
      readonly below: string;
      readonly inside: string;
      /** Leads to the cluster's API server, as a name of somebody else's may at any time. */
      readonly api: string;
    },
  ) {
    const hosts = [...names.headless, `${NAME}.${names.below}`, names.below].map((it) => this.host(it));
    ({ certificate: this.certificate, secret: this.secret } = selfSigned(hosts, 'tls', namespace));
  }

  /** A name of it as everybody asks for it. */
  host(name: string): string {
    return `${name}.${this.namespace}.svc.cluster.local`;
  }

  /** Wait until it answers. */
  async start(): Promise<void> {
    const { namespace, names } = this;
    await create(
      namespaceObject(namespace),
      this.secret,
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: NAME, namespace },
        data: { [PROGRAM]: readFileSync(join(__dirname, PROGRAM), 'utf8') },
      },
      this.pod(),
      ...[...names.headless, names.below].map((it) => this.service(it, { clusterIP: 'None' })),
      this.service(names.inside, {}),
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: names.api, namespace },
        spec: { type: 'ExternalName', externalName: 'kubernetes.default.svc.cluster.local' },
      },
    );
    await kubectl('wait', `pod/${NAME}`, `--namespace=${namespace}`, '--for=condition=Ready', '--timeout=120s');
  }

  async stop(): Promise<void> {
    await discard(namespaceObject(this.namespace));
  }

  /** Its Pod's address. */
  async address(): Promise<string> {
    const address = '-o=jsonpath={.status.podIP}';
    return (await kubectl('get', 'pod', NAME, `--namespace=${this.namespace}`, address)).stdout;
  }

  private service(name: string, more: Manifest): Manifest {
    const ports = Object.entries(PORTS).map(([port, number]) => ({ name: port, port: number }));
    return {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: this.namespace },
      spec: { selector: { app: NAME }, ports, ...more },
    };
  }

  private pod(): Manifest {
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: NAME, namespace: this.namespace, labels: { app: NAME } },
      spec: {
        hostname: NAME,
        subdomain: this.names.below,
        automountServiceAccountToken: false,
        terminationGracePeriodSeconds: 0,
        securityContext: { ...podSecurityContext(SECURITY), fsGroup: 10001 },
        containers: [
          {
            name: 'host',
            image: AGENT_SERVER_IMAGE,
            imagePullPolicy: 'IfNotPresent',
            command: ['python3', `/program/${PROGRAM}`],
            env: [{ name: 'HOST', value: this.host(this.names.headless[0]!) }],
            readinessProbe: { tcpSocket: { port: PORTS.https }, periodSeconds: 1 },
            securityContext: containerSecurityContext(SECURITY),
            volumeMounts: [
              { name: 'program', mountPath: '/program' },
              { name: 'tls', mountPath: '/tls' },
              { name: 'tmp', mountPath: '/tmp' },
            ],
          },
        ],
        volumes: [
          { name: 'program', configMap: { name: NAME } },
          { name: 'tls', secret: { secretName: 'tls' } },
          { name: 'tmp', emptyDir: {} },
        ],
      },
    };
  }
}
