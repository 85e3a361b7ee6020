import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { selfSigned } from './certificate';
import { kubectl } from './kubectl';
import { create, discard, namespace as namespaceObject, type Manifest } from './objects';
import type { Target } from './port-forward';
import type { IssuerSettings } from './stand-in-issuer-program';

/** The one image of the tests that brings Node 24. */
const IMAGE = 'ghcr.io/openhands/agent-canvas:1.20.0';
const NAME = 'issuer';
const PORT = 8443;
const PROGRAM = 'issuer.mjs';

/** The program with its packages in one file, as a ConfigMap can hold it: at most 1 MiB. */
function program(): string {
  const { outputFiles } = buildSync({
    entryPoints: [join(__dirname, 'stand-in-issuer-program.ts')],
    bundle: true,
    minify: true,
    // The provider keeps what it knows by the names of its classes.
    keepNames: true,
    write: false,
    platform: 'node',
    format: 'esm',
    // Some of its packages are CommonJS, and require Node's own modules.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  return outputFiles[0]!.text;
}

export type StandInIssuerProps = Pick<IssuerSettings, 'clients' | 'groups'> & { readonly namespace: string };

/** An OpenID provider in a namespace of its own, at an address that Pods and a test's browser both reach it by. */
export class StandInIssuer {
  readonly issuer: string;
  /** The certificate that it shows, its own authority. */
  readonly certificate: string;
  private readonly settings: IssuerSettings;

  constructor(private readonly props: StandInIssuerProps) {
    const host = `${NAME}.${props.namespace}.svc.cluster.local`;
    this.issuer = `https://${host}:${PORT}`;
    const { certificate, secret } = selfSigned([host], NAME, props.namespace);
    this.certificate = certificate;
    const key = (secret.stringData as Record<string, string>)['tls.key']!;
    this.settings = { issuer: this.issuer, port: PORT, certificate, key, clients: props.clients, groups: props.groups };
  }

  /** Where a browser is to be led for the port of its address. */
  get forward(): Readonly<Record<number, Target>> {
    return { [PORT]: { namespace: this.props.namespace, resource: `pod/${NAME}`, port: PORT } };
  }

  /** Wait until it answers. */
  async start(): Promise<void> {
    const { namespace } = this.props;
    const metadata = { name: NAME, namespace, labels: { app: NAME } };
    await create(
      namespaceObject(namespace),
      { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { [PROGRAM]: program() } },
      { apiVersion: 'v1', kind: 'Secret', metadata, stringData: { 'settings.json': JSON.stringify(this.settings) } },
      this.pod(metadata),
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata,
        spec: { selector: { app: NAME }, ports: [{ port: PORT, targetPort: 'https' }] },
      },
    );
    await kubectl('wait', `pod/${NAME}`, `--namespace=${namespace}`, '--for=condition=Ready', '--timeout=180s');
  }

  async stop(): Promise<void> {
    await discard(namespaceObject(this.props.namespace));
  }

  private pod(metadata: Manifest): Manifest {
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata,
      spec: {
        automountServiceAccountToken: false,
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: 'issuer',
            image: IMAGE,
            imagePullPolicy: 'IfNotPresent',
            command: ['node', `/program/${PROGRAM}`, '/settings/settings.json'],
            ports: [{ name: 'https', containerPort: PORT }],
            readinessProbe: {
              httpGet: { path: '/.well-known/openid-configuration', port: 'https', scheme: 'HTTPS' },
              periodSeconds: 1,
              timeoutSeconds: 5,
            },
            volumeMounts: [
              { name: 'program', mountPath: '/program' },
              { name: 'settings', mountPath: '/settings' },
            ],
          },
        ],
        volumes: [
          { name: 'program', configMap: { name: NAME } },
          { name: 'settings', secret: { secretName: NAME } },
        ],
      },
    };
  }
}
