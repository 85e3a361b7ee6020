import { Construct } from 'constructs';
import type { IpFamily } from '../../config/addresses';
import { imageFrom } from '../../config/image-reference';
import { DESCHEDULER_IMAGE } from '../../config/images';
import type { ImagesConfig } from '../../config/schema/images';
import type { DeschedulerConfig } from '../../config/schema/recovery';
import type { SystemPodsConfig } from '../../config/schema/system-pods';
import { k8s } from '../k8s';
import { labels } from '../labels';
import { systemNamespace } from '../namespace/namespace';
import { toApiServer } from '../network/network-rules';
import { yamlOf } from '../output/yaml';
import { deschedulerResources } from '../sandbox/resources';
import { containerSecurityContext, podSecurityContext, restricted } from '../sandbox/security-context';
import { SystemCronJob } from '../scheduling/system-cron-job';
import { systemPlacement } from '../scheduling/system-pod';
import { deschedulerPolicy } from './descheduler-policy';

const NAME = 'openhands-descheduler';
const POLICY_FOLDER = '/policy';
const POLICY_FILE = 'policy.yaml';

/** A run takes seconds; one that cannot read what it must would wait for ever. */
const LONGEST_RUN_SECONDS = 120;

const SECURITY = restricted(10001);

export interface DeschedulerProps {
  /** The sandboxes'. */
  readonly namespace: string;
  readonly config: DeschedulerConfig;
  /** `sandbox.keep_runtime_alive`: what has ended is left as it is. */
  readonly keepFinished: boolean;
  readonly ipFamilies: readonly IpFamily[];
  readonly images: ImagesConfig;
  readonly systemPods: SystemPodsConfig;
}

/**
 * Evicts sandboxes that Kubernetes would leave failed or crashing. It asks by the eviction API, so a disruption budget
 * holds for it too, and it may do so in the sandboxes' namespace alone. It lives in another one: a manager of sandboxes
 * must not be able to borrow its account.
 */
export class Descheduler extends Construct {
  private readonly labels = labels({ name: NAME, component: 'recovery', image: DESCHEDULER_IMAGE });
  private readonly system: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: DeschedulerProps,
  ) {
    super(scope, id);
    this.system = systemNamespace(props.namespace);
    this.account();
    this.evictionRights();
    this.readingRights();
    this.networkPolicy();
    this.policy();
    this.cronJob();
  }

  private metadata(name: string, namespace?: string): k8s.ObjectMeta {
    return { name, namespace, labels: this.labels };
  }

  private get subjects() {
    return [{ kind: 'ServiceAccount', name: NAME, namespace: this.system }];
  }

  private account() {
    new k8s.KubeServiceAccount(this, 'service-account', {
      metadata: this.metadata(NAME, this.system),
      automountServiceAccountToken: false,
    });
  }

  /** What it changes, and says that it has changed. */
  private evictionRights() {
    const { namespace } = this.props;
    new k8s.KubeRole(this, 'role', {
      metadata: this.metadata(NAME, namespace),
      rules: [
        { apiGroups: [''], resources: ['pods/eviction'], verbs: ['create'] },
        { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create'] },
      ],
    });
    new k8s.KubeRoleBinding(this, 'role-binding', {
      metadata: this.metadata(NAME, namespace),
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: NAME },
      subjects: this.subjects,
    });
  }

  private readingRights() {
    const name = `${this.props.namespace}-descheduler`;
    new k8s.KubeClusterRole(this, 'cluster-role', {
      metadata: this.metadata(name),
      // Its informers are of the whole cluster and cannot be told otherwise: without one of these it waits for ever.
      rules: [{ apiGroups: [''], resources: ['nodes', 'pods', 'persistentvolumeclaims'], verbs: ['list', 'watch'] }],
    });
    new k8s.KubeClusterRoleBinding(this, 'cluster-role-binding', {
      metadata: this.metadata(name),
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      subjects: this.subjects,
    });
  }

  private networkPolicy() {
    new k8s.KubeNetworkPolicy(this, 'network-policy', {
      metadata: {
        ...this.metadata(NAME, this.system),
        annotations: {
          'kubernetes.io/description': "The descheduler asks the API server, whose address differs, and nobody else's.",
        },
      },
      spec: {
        podSelector: { matchLabels: { 'app.kubernetes.io/name': NAME } },
        policyTypes: ['Ingress', 'Egress'],
        egress: [toApiServer(this.props.ipFamilies)],
      },
    });
  }

  private policy() {
    new k8s.KubeConfigMap(this, 'config-map', {
      metadata: this.metadata(NAME, this.system),
      data: { [POLICY_FILE]: yamlOf(deschedulerPolicy(this.props)) },
    });
  }

  private cronJob() {
    new SystemCronJob(this, 'cron-job', {
      metadata: this.metadata(NAME, this.system),
      schedule: this.props.config.schedule,
      longestSeconds: LONGEST_RUN_SECONDS,
      retries: 1,
      pod: this.pod(),
    });
  }

  private pod(): k8s.PodSpec {
    return {
      serviceAccountName: NAME,
      // It speaks with the API server: that is all it does.
      automountServiceAccountToken: true,
      enableServiceLinks: false,
      restartPolicy: 'Never',
      ...systemPlacement(this.props.systemPods),
      securityContext: podSecurityContext(SECURITY),
      containers: [this.container()],
      volumes: [{ name: 'policy', configMap: { name: NAME } }],
    };
  }

  private container(): k8s.Container {
    return {
      name: 'descheduler',
      image: imageFrom(this.props.images, DESCHEDULER_IMAGE),
      command: ['/bin/descheduler'],
      args: [
        `--policy-config-file=${POLICY_FOLDER}/${POLICY_FILE}`,
        // It ends before anybody could ask its health or its metrics.
        '--secure-port=0',
        // Every eviction, and how many there were.
        '--v=1',
      ],
      resources: deschedulerResources(),
      securityContext: containerSecurityContext(SECURITY),
      volumeMounts: [{ name: 'policy', mountPath: POLICY_FOLDER, readOnly: true }],
    };
  }
}
