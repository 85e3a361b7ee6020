import { Construct } from 'constructs';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IpFamily } from '../../config/addresses';
import { imageFrom } from '../../config/image-reference';
import { CANVAS_IMAGE } from '../../config/images';
import type { IdleConfig } from '../../config/schema/idle';
import type { ImagesConfig } from '../../config/schema/images';
import type { SystemPodsConfig } from '../../config/schema/system-pods';
import { secondsOf } from '../../config/schema/values';
import { k8s } from '../k8s';
import { labels, IDLE_SUSPENDER as NAME, RUNTIME } from '../labels';
import { systemNamespace } from '../namespace/namespace';
import { pods, tcp, toApiServer } from '../network/network-rules';
import type { Program } from '../sandbox/program';
import { idleSuspenderResources } from '../sandbox/resources';
import { containerSecurityContext, podSecurityContext, restricted } from '../sandbox/security-context';
import { SystemCronJob } from '../scheduling/system-cron-job';
import { systemPlacement } from '../scheduling/system-pod';
import { IDLE_KEYS } from '../secrets/session-keys';

const PROGRAM_FOLDER = '/program';
const PROGRAM_FILES = ['main.ts', 'round.ts', 'decide.ts', 'sandbox-api.ts', 'kubernetes-api.ts', 'patience.ts'];
const KEYS_FOLDER = '/run/secrets/openhands-idle-keys';
const CA_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt';

/** A round of 50 sandboxes takes seconds; one in which nobody answers, a quarter of this. */
const LONGEST_ROUND_SECONDS = 240;

const USER = 10001;
/** The group owns the files with the keys, which nobody else may read. */
const SECURITY = { ...restricted(USER), fsGroup: USER };

export interface IdleSuspenderProps {
  /** The sandboxes'. */
  readonly namespace: string;
  readonly config: IdleConfig;
  /** What runs in a sandbox. */
  readonly program: Pick<Program, 'apiPort' | 'editorPort'>;
  /** Entries of the Secret with the keys that open the sandboxes' API. */
  readonly keys: readonly string[];
  /** Whether sandboxes start without their keys, too. */
  readonly isOptional: boolean;
  readonly ipFamilies: readonly IpFamily[];
  readonly images: ImagesConfig;
  readonly systemPods: SystemPodsConfig;
}

/**
 * Suspends sandboxes that neither a person nor a run uses. A CronJob and no Deployment: between two rounds there is nothing
 * to remember, so nothing runs; a round that hangs is ended, and one that fails says so in its Job.
 *
 * It lives in a namespace of its own, because it has the keys of all sandboxes.
 */
export class IdleSuspender extends Construct {
  private readonly labels = labels({ name: NAME, component: 'idle', image: CANVAS_IMAGE });
  private readonly system: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: IdleSuspenderProps,
  ) {
    super(scope, id);
    this.system = systemNamespace(props.namespace);
    new k8s.KubeServiceAccount(this, 'service-account', {
      metadata: this.metadata(this.system),
      automountServiceAccountToken: false,
    });
    this.rights();
    this.networkPolicy();
    new k8s.KubeConfigMap(this, 'config-map', {
      metadata: this.metadata(this.system),
      data: Object.fromEntries(PROGRAM_FILES.map((it) => [it, readFileSync(join(__dirname, 'program', it), 'utf8')])),
    });
    this.cronJob();
  }

  private metadata(namespace: string): k8s.ObjectMeta {
    return { name: NAME, namespace, labels: this.labels };
  }

  /** What it asks the API server, all of it; what it may change of a Sandbox is for the admission policy to say. */
  private rights() {
    const { namespace } = this.props;
    new k8s.KubeRole(this, 'role', {
      metadata: this.metadata(namespace),
      rules: [
        { apiGroups: ['agents.x-k8s.io'], resources: ['sandboxes'], verbs: ['list', 'patch'] },
        // Since when a sandbox is somebody's.
        { apiGroups: ['extensions.agents.x-k8s.io'], resources: ['sandboxclaims'], verbs: ['list'] },
        { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
        { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create'] },
      ],
    });
    new k8s.KubeRoleBinding(this, 'role-binding', {
      metadata: this.metadata(namespace),
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: NAME },
      subjects: [{ kind: 'ServiceAccount', name: NAME, namespace: this.system }],
    });
  }

  private networkPolicy() {
    const { namespace, program, ipFamilies } = this.props;
    new k8s.KubeNetworkPolicy(this, 'network-policy', {
      metadata: {
        ...this.metadata(this.system),
        annotations: {
          'kubernetes.io/description':
            'The idle suspender asks the API server, whose address differs, and the sandboxes, and nobody else.',
        },
      },
      spec: {
        podSelector: { matchLabels: { 'app.kubernetes.io/name': NAME } },
        policyTypes: ['Ingress', 'Egress'],
        egress: [
          { to: [pods({ namespace, pods: { app: RUNTIME } })], ports: tcp([program.apiPort]) },
          toApiServer(ipFamilies),
        ],
      },
    });
  }

  private cronJob() {
    new SystemCronJob(this, 'cron-job', {
      metadata: this.metadata(this.system),
      schedule: this.props.config.schedule,
      longestSeconds: LONGEST_ROUND_SECONDS,
      // The next round is the second try.
      retries: 0,
      pod: this.pod(),
    });
  }

  private pod(): k8s.PodSpec {
    const { keys, isOptional } = this.props;
    const items = keys.map((key) => ({ key, path: key }));
    return {
      serviceAccountName: NAME,
      // It lists and suspends Sandboxes.
      automountServiceAccountToken: true,
      enableServiceLinks: false,
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 5,
      ...systemPlacement(this.props.systemPods),
      securityContext: podSecurityContext(SECURITY),
      containers: [this.container()],
      volumes: [
        { name: 'program', configMap: { name: NAME } },
        { name: 'keys', secret: { secretName: IDLE_KEYS, items, optional: isOptional, defaultMode: 0o440 } },
      ],
    };
  }

  private container(): k8s.Container {
    const { namespace, config, program, images } = this.props;
    const settings = {
      SANDBOX_NAMESPACE: namespace,
      SUSPEND_AFTER_SECONDS: String(secondsOf(config.suspend_after)),
      DRY_RUN: String(config.dry_run),
      API_PORT: String(program.apiPort),
      EDITOR_PORT: String(program.editorPort),
      KEYS_FOLDER,
      NODE_EXTRA_CA_CERTS: CA_FILE,
    };
    return {
      name: 'idle-suspender',
      image: imageFrom(images, CANVAS_IMAGE),
      // Node.js 24 runs TypeScript as it is; it would say that no package.json tells what kind of module this is.
      command: ['node', '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', `${PROGRAM_FOLDER}/main.ts`],
      env: [
        ...Object.entries(settings).map(([name, value]) => ({ name, value })),
        { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      ],
      resources: idleSuspenderResources(),
      securityContext: containerSecurityContext(SECURITY),
      volumeMounts: [
        { name: 'program', mountPath: PROGRAM_FOLDER, readOnly: true },
        { name: 'keys', mountPath: KEYS_FOLDER, readOnly: true },
      ],
    };
  }
}
