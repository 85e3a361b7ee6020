import { Construct } from 'constructs';
import { createHash } from 'node:crypto';
import { internet, withoutMetadata } from '../../config/addresses';
import { imageFrom } from '../../config/image-reference';
import { SIGN_IN_IMAGE } from '../../config/images';
import { allowedFor } from '../../config/owners';
import type { SignInConfig } from '../../config/schema/sign-in';
import { urlAddress } from '../../config/url-address';
import { k8s } from '../k8s';
import { canvasSelector, labels, SIGN_IN, signInSelector } from '../labels';
import { dns, peerOf, tcp } from '../network/network-rules';
import { urlPeers } from '../network/url-peers';
import type { SandboxTables } from '../sandbox/program';
import { signInResources } from '../sandbox/resources';
import { containerSecurityContext, podSecurityContext, restricted } from '../sandbox/security-context';
import { ComponentDisruptionBudget, ofOneWorkload, podAvailability } from '../scheduling/availability';
import { systemPlacement } from '../scheduling/system-pod';
import { API_PATHS, canvasService } from './canvas';
import { hostOf, requestSeconds } from './entrance';

export interface SignInProps {
  readonly session: string;
  readonly tables: SandboxTables;
  readonly config: SignInConfig;
}

/** The user of the published image. */
const USER = 65532;
const SECURITY = restricted(USER);

const PORT = 4180;
const FOLDER = '/etc/openhands-sign-in';
const EMAILS = 'emails';

/** Below which path of the host oauth2-proxy has its own pages: where one signs in and out. */
const PREFIX = '/oauth2';

/**
 * A cookie is good for as long after its last refresh: whoever is away for longer signs in again. At each refresh the
 * issuer is asked whether it still knows the person.
 */
const COOKIE_EXPIRE = '1h';
const COOKIE_REFRESH = '5m';

/** The Service of a session's sign-in. */
export const signInService = (session: string) => ({ name: `${SIGN_IN}-${session}`, port: PORT });

/** One address a line, in oauth2-proxy's file. */
function emailsFile({ config, session }: SignInProps): string | undefined {
  const allowed = allowedFor(config, session);
  return 'emails' in allowed ? allowed.emails.map((it) => `${it}\n`).join('') : undefined;
}

/** Who is let in. oauth2-proxy wants an address of the file and one of the groups: it is told of one of the two. */
function allowedArgs({ config, session }: SignInProps): string[] {
  const allowed = allowedFor(config, session);
  return 'emails' in allowed
    ? [`--authenticated-emails-file=${FOLDER}/${EMAILS}/${EMAILS}`]
    : ['--email-domain=*', ...allowed.groups.map((it) => `--allowed-group=${it}`)];
}

const providerArgs = ({ issuer, scopes, own_ca }: SignInConfig): string[] => [
  '--provider=oidc',
  `--provider-display-name=${new URL(issuer).host}`,
  `--oidc-issuer-url=${issuer}`,
  `--scope=${scopes.join(' ')}`,
  `--client-secret-file=${FOLDER}/client/client-secret`,
  '--code-challenge-method=S256',
  // Off by default: an id token that was given to another browser would do.
  '--insecure-oidc-skip-nonce=false',
  ...(own_ca ? [`--provider-ca-file=${FOLDER}/client/ca.crt`] : []),
];

const cookieArgs = (session: string): string[] => [
  // A cookie's name is part of what is signed: one session's is none at another, which has the same secret. With
  // `__Host-` a browser takes it from this very host alone, over TLS.
  `--cookie-name=__Host-${SIGN_IN}-${session}`,
  `--cookie-secret-file=${FOLDER}/cookie/cookie-secret`,
  `--cookie-expire=${COOKIE_EXPIRE}`,
  `--cookie-refresh=${COOKIE_REFRESH}`,
  '--cookie-secure=true',
  '--cookie-httponly=true',
  '--cookie-samesite=lax',
  // Two tabs may sign in at the same time.
  '--cookie-csrf-per-request=true',
  '--cookie-csrf-per-request-limit=5',
];

/** A program and a page's script that are not signed in are told so, with 401; a person is shown where to. */
const apiRoute = `--api-route=^(${API_PATHS.join('|')})(/|\\?|$)`;

function args(props: SignInProps): string[] {
  const { session, tables, config } = props;
  const canvas = canvasService(session);
  return [
    `--http-address=:${PORT}`,
    `--upstream=http://${canvas.name}:${canvas.port}/`,
    `--upstream-timeout=${requestSeconds(tables)}s`,
    // Whole and fixed: whatever host or scheme a request claims, the issuer sends people back here alone.
    `--redirect-url=https://${hostOf(tables, session)}${PREFIX}/callback`,
    // No X-Forwarded-… of a request is believed. Those that say who comes are replaced by what the issuer said.
    '--reverse-proxy=false',
    '--pass-user-headers=true',
    '--pass-basic-auth=false',
    ...providerArgs(config),
    ...allowedArgs(props),
    ...cookieArgs(session),
    apiRoute,
    // The agent-server has a /ready of its own.
    `--ping-path=${PREFIX}/ping`,
    `--ready-path=${PREFIX}/ready`,
    '--banner=-',
    '--footer=-',
    '--custom-sign-in-logo=-',
    // Who signs in is logged, and who is refused. Not each request: the editor's address carries the session's key.
    '--request-logging=false',
  ];
}

/** With other owners there are other Pods: an open web socket of a former owner ends with the old one. */
export function signInPodAnnotations(props: SignInProps): Record<string, string> | undefined {
  const emails = emailsFile(props);
  return emails === undefined ? undefined : { 'checksum/config': createHash('sha256').update(emails).digest('hex') };
}

/** The Pod of a session's sign-in. */
export function signInPod(props: SignInProps): k8s.PodSpec {
  const { session, tables, config } = props;
  const { tolerations, spec } = podAvailability(tables, ofOneWorkload(signInSelector(session)));
  const placement = systemPlacement(tables.deploy.system_pods);
  const allTolerations = [...tolerations, ...(placement.tolerations ?? [])];
  return {
    serviceAccountName: SIGN_IN,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    ...spec,
    ...placement,
    ...(allTolerations.length > 0 && { tolerations: allTolerations }),
    securityContext: podSecurityContext(SECURITY),
    containers: [container(props)],
    volumes: [
      ...(emailsFile(props) === undefined ? [] : [{ name: EMAILS, configMap: { name: signInService(session).name } }]),
      {
        name: 'client',
        secret: {
          secretName: config.client.secret,
          items: [
            { key: config.client.secret_key, path: 'client-secret' },
            ...(config.own_ca ? [{ key: 'ca.crt', path: 'ca.crt' }] : []),
          ],
        },
      },
      {
        name: 'cookie',
        secret: { secretName: config.cookie.secret, items: [{ key: config.cookie.key, path: 'cookie-secret' }] },
      },
    ],
  };
}

function container(props: SignInProps): k8s.Container {
  const { tables, config } = props;
  const httpGet = (path: string): k8s.HttpGetAction => ({ path, port: k8s.IntOrString.fromString('http') });
  const mount = (name: string): k8s.VolumeMount => ({ name, mountPath: `${FOLDER}/${name}`, readOnly: true });
  return {
    name: 'sign-in',
    image: imageFrom(tables.deploy.images, SIGN_IN_IMAGE),
    args: args(props),
    env: [
      // No secret, and there is no flag that reads it from a file.
      {
        name: 'OAUTH2_PROXY_CLIENT_ID',
        valueFrom: { secretKeyRef: { name: config.client.secret, key: config.client.id_key } },
      },
    ],
    ports: [{ name: 'http', containerPort: PORT }],
    resources: signInResources(),
    // It asks the issuer for its addresses before it listens.
    startupProbe: { httpGet: httpGet(`${PREFIX}/ping`), periodSeconds: 1, failureThreshold: 60 },
    readinessProbe: { httpGet: httpGet(`${PREFIX}/ready`), periodSeconds: 5 },
    livenessProbe: { httpGet: httpGet(`${PREFIX}/ping`), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
    securityContext: containerSecurityContext(SECURITY),
    volumeMounts: [...(emailsFile(props) === undefined ? [] : [mount(EMAILS)]), mount('client'), mount('cookie')],
  };
}

/**
 * Who comes in to a session: oauth2-proxy in front of its Canvas, one for each session, because each has its owners and an
 * address of its own that the issuer sends them back to.
 */
export class SignIn extends Construct {
  private readonly name: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: SignInProps,
  ) {
    super(scope, id);
    this.name = signInService(props.session).name;
    this.networkPolicy();
    this.service();
    const emails = emailsFile(props);
    if (emails !== undefined) this.configMap(emails);
    this.deployment();
    if (props.tables.deploy.high_availability) {
      const selector = signInSelector(props.session);
      new ComponentDisruptionBudget(this, 'pod-disruption-budget', this.metadata(), selector);
    }
  }

  private metadata(): { name: string; namespace: string; labels: Record<string, string> } {
    return {
      name: this.name,
      namespace: this.props.tables.kubernetes.namespace,
      labels: labels({ component: 'sign-in', name: SIGN_IN, instance: this.name, image: SIGN_IN_IMAGE }),
    };
  }

  private networkPolicy() {
    const { session, tables, config } = this.props;
    const { network } = tables.deploy;
    const { namespace } = tables.kubernetes;
    const { issuer, issuer_cidr } = config;
    const outside = issuer_cidr === undefined ? internet(network.ip_families) : [withoutMetadata(issuer_cidr)];
    const controllers = network.ingress_controllers.map((it) => peerOf(it, namespace));
    new k8s.KubeNetworkPolicy(this, 'network-policy', {
      metadata: {
        ...this.metadata(),
        annotations: {
          'kubernetes.io/description':
            'The ingress controller may reach a sign-in, and a sign-in the Canvas of its own session and the issuer.',
        },
      },
      spec: {
        podSelector: { matchLabels: signInSelector(session) },
        policyTypes: ['Ingress', 'Egress'],
        ...(controllers.length > 0 && { ingress: [{ from: controllers, ports: tcp([PORT]) }] }),
        egress: [
          {
            to: [{ podSelector: { matchLabels: canvasSelector(session) } }],
            ports: tcp([canvasService(session).port]),
          },
          { to: urlPeers(issuer, outside), ports: tcp([urlAddress(issuer).port]) },
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
        selector: signInSelector(this.props.session),
        ports: [{ name: 'http', port: PORT, targetPort: k8s.IntOrString.fromString('http') }],
      },
    });
  }

  private configMap(emails: string) {
    new k8s.KubeConfigMap(this, 'config', { metadata: this.metadata(), data: { [EMAILS]: emails } });
  }

  private deployment() {
    const { session, tables } = this.props;
    const selector = signInSelector(session);
    new k8s.KubeDeployment(this, 'deployment', {
      metadata: this.metadata(),
      spec: {
        replicas: tables.deploy.high_availability ? 2 : 1,
        selector: { matchLabels: selector },
        template: {
          metadata: {
            labels: { ...selector, ...this.metadata().labels },
            annotations: signInPodAnnotations(this.props),
          },
          spec: signInPod(this.props),
        },
      },
    });
  }
}
