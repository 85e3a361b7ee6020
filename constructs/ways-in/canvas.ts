import { Construct } from 'constructs';
import { imageFrom } from '../../config/image-reference';
import { CANVAS_IMAGE } from '../../config/images';
import { k8s } from '../k8s';
import { CANVAS, canvasSelector, labels, RUNTIME, sessionSelector, signInSelector } from '../labels';
import { dns, peerOf, tcp } from '../network/network-rules';
import { EDITOR_PATH } from '../sandbox/agent-server';
import type { Program, SandboxTables } from '../sandbox/program';
import { canvasResources } from '../sandbox/resources';
import { containerSecurityContext, podSecurityContext, restricted } from '../sandbox/security-context';
import { systemPlacement } from '../scheduling/system-pod';
import { SESSION_KEYS } from '../secrets/session-keys';

export interface CanvasProps {
  readonly session: string;
  readonly tables: SandboxTables;
  /** What runs in the session's sandbox. */
  readonly program: Pick<Program, 'apiPort' | 'editorPort'>;
}

/** The image's user `openhands`; `runAsNonRoot` needs the number. */
const USER = 10001;
const SECURITY = restricted(USER);

const PORT = 8000;
/** The path for which the image's page was built. */
const PAGE = '/canvas';

/** What of the agent-server the page calls, and no more: not its own description of its API. */
export const API_PATHS = ['/api', '/sockets', '/server_info', '/alive', '/health', '/ready'];

/** The variable with the session's key, where the page carries it. */
const KEY = 'SESSION_API_KEY';

/** The Service of a session's Canvas. */
export const canvasService = (session: string) => ({ name: `${CANVAS}-${session}`, port: PORT });

/** The Pod of a session's Canvas. */
export function canvasPod(props: CanvasProps): k8s.PodSpec {
  return {
    serviceAccountName: CANVAS,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    // Node.js does not hear SIGTERM as a container's first process: what is waited for is the end of this time.
    terminationGracePeriodSeconds: 5,
    ...systemPlacement(props.tables.deploy.system_pods),
    securityContext: podSecurityContext(SECURITY),
    containers: [container(props)],
  };
}

function container(props: CanvasProps): k8s.Container {
  const httpGet = (path: string): k8s.HttpGetAction => ({ path, port: k8s.IntOrString.fromString('http') });
  const page = httpGet(`${PAGE}/`);
  return {
    name: 'canvas',
    image: imageFrom(props.tables.deploy.images, CANVAS_IMAGE),
    // The image's own entrypoint starts an agent-server and an automation server beside it.
    command: ['node', '/opt/agent-canvas/static-server.mjs'],
    args: args(props),
    ...(props.tables.deploy.sign_in && {
      env: [{ name: KEY, valueFrom: { secretKeyRef: { name: SESSION_KEYS, key: `${props.session}.api-key` } } }],
    }),
    ports: [{ name: 'http', containerPort: PORT }],
    resources: canvasResources(),
    // Of the page alone: a Canvas is well while its sandbox is suspended or starts anew.
    startupProbe: { httpGet: page, periodSeconds: 1, failureThreshold: 30 },
    readinessProbe: { httpGet: page, periodSeconds: 5 },
    livenessProbe: { httpGet: httpGet('/'), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
    securityContext: containerSecurityContext(SECURITY),
  };
}

/**
 * The page asks for the session's key: written into the page it would be everybody's who can load it. Behind a sign-in
 * those are the session's owners, and the page carries it. The proxy could hand it on in the page's place, but then a
 * request would need the cookie alone, which a browser sends along from any host below the same domain: what runs in one
 * session could use another that the same person is signed in to. It cannot send the key, which it cannot read.
 */
const keyArgs = ({ deploy }: SandboxTables): string[] =>
  deploy.sign_in ? ['--session-api-key', `$(${KEY})`] : ['--auth-required'];

function args({ session, tables, program }: CanvasProps): string[] {
  const service = `${RUNTIME}-${session}-svc`;
  const api = `http://${service}:${program.apiPort}`;
  const editor = ['--route', `${EDITOR_PATH}=http://${service}-code:${program.editorPort}`];
  return [
    ...['--host', '0.0.0.0', '--port', String(PORT)],
    ...['--dir', '/opt/agent-canvas/frontend', '--base-path', PAGE],
    '--disable-telemetry',
    ...keyArgs(tables),
    ...API_PATHS.flatMap((path) => ['--route', `${path}=${api}`]),
    ...(tables.deploy.canvas?.editor
      ? // The editor's address carries the session's key.
        [...editor, '--vscode-base-path', EDITOR_PATH, '--no-referrer-prefix', EDITOR_PATH]
      : []),
  ];
}

/**
 * OpenHands in the browser for one session: a server of files that passes the API on to the session's sandbox, and to no
 * other. Without a sign-in it holds no key: whoever opens the page types the session's.
 */
export class Canvas extends Construct {
  private readonly name: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: CanvasProps,
  ) {
    super(scope, id);
    this.name = canvasService(props.session).name;
    this.networkPolicy();
    this.service();
    this.deployment();
  }

  private metadata(): { name: string; namespace: string; labels: Record<string, string> } {
    return {
      name: this.name,
      namespace: this.props.tables.kubernetes.namespace,
      labels: labels({ component: 'canvas', name: CANVAS, instance: this.name, image: CANVAS_IMAGE }),
    };
  }

  /** The ports of the sandbox that it needs. */
  private sandboxPorts(): number[] {
    const { tables, program } = this.props;
    return [program.apiPort, ...(tables.deploy.canvas?.editor ? [program.editorPort] : [])];
  }

  private controllers(): k8s.NetworkPolicyPeer[] {
    const { kubernetes, deploy } = this.props.tables;
    if (deploy.ingress.kind === 'none') return [];
    return deploy.network.ingress_controllers.map((it) => peerOf(it, kubernetes.namespace));
  }

  private networkPolicy() {
    const { session, tables } = this.props;
    const { network, sign_in } = tables.deploy;
    const from = sign_in ? [{ podSelector: { matchLabels: signInSelector(session) } }] : this.controllers();
    new k8s.KubeNetworkPolicy(this, 'network-policy', {
      metadata: {
        ...this.metadata(),
        annotations: {
          'kubernetes.io/description':
            `${sign_in ? "A session's sign-in" : 'The ingress controller'} may reach a Canvas, ` +
            'and a Canvas the sandbox of its own session, by name.',
        },
      },
      spec: {
        podSelector: { matchLabels: canvasSelector(session) },
        policyTypes: ['Ingress', 'Egress'],
        ...(from.length > 0 && { ingress: [{ from, ports: tcp([PORT]) }] }),
        egress: [
          { to: [{ podSelector: { matchLabels: sessionSelector(session) } }], ports: tcp(this.sandboxPorts()) },
          // A Service's address is the cluster's choice, so that its name is all that can be written down here.
          dns(network).egress!,
        ],
      },
    });
  }

  private service() {
    new k8s.KubeService(this, 'service', {
      metadata: this.metadata(),
      spec: {
        type: 'ClusterIP',
        selector: canvasSelector(this.props.session),
        ports: [{ name: 'http', port: PORT, targetPort: k8s.IntOrString.fromString('http') }],
      },
    });
  }

  private deployment() {
    const selector = canvasSelector(this.props.session);
    new k8s.KubeDeployment(this, 'deployment', {
      metadata: this.metadata(),
      spec: {
        replicas: 1,
        selector: { matchLabels: selector },
        template: { metadata: { labels: { ...selector, ...this.metadata().labels } }, spec: canvasPod(this.props) },
      },
    });
  }
}
