import { Construct } from 'constructs';
import { COLLECTOR_IMAGE } from '../../config/images';
import type { ElasticsearchConfig } from '../../config/schema/logging';
import { k8s } from '../k8s';
import { COLLECTOR, labels } from '../labels';
import type { SandboxTables } from '../sandbox/program';
import { sidecarResources } from '../sandbox/resources';
import { restricted } from '../sandbox/security-context';
import { collectorConfig } from './collector-config';
import { collectorContainer, collectorVolumes, CONFIG_FILE } from './collector-container';
import { logFolder } from './program-logging';
import { logFiles, type Part } from './reading';

/** Like the agent-server's user, whose files it reads; it needs no more than that others may read them. */
const USER = 10001;

/** Where a record is from: attributes of the resource, and the fields of the Pod that they are. */
const ORIGIN = [
  ['k8s.namespace.name', 'POD_NAMESPACE', 'metadata.namespace'],
  ['k8s.pod.name', 'POD_NAME', 'metadata.name'],
  ['k8s.pod.uid', 'POD_UID', 'metadata.uid'],
  ['k8s.node.name', 'NODE_NAME', 'spec.nodeName'],
  ['openhands.session', 'SESSION', "metadata.labels['session']"],
  ['openhands.pool', 'POOL', "metadata.labels['pool']"],
] as const;

/** Said last, over whatever a record says of itself: who writes the files must not speak for another. */
const origin = (): Part => ({
  'transform/origin': {
    log_statements: [
      {
        context: 'resource',
        statements: [
          'set(resource.attributes, {"k8s.container.name": "runtime"})',
          ...ORIGIN.map(
            ([attribute, variable]) =>
              `set(resource.attributes["${attribute}"], "\${env:${variable}}") where "\${env:${variable}}" != ""`,
          ),
        ],
      },
    ],
  },
});

/** `[deploy.logging.elasticsearch]` of a profile whose sandboxes have a collector each. */
export function sidecarOf({ deploy }: SandboxTables): ElasticsearchConfig | undefined {
  const elasticsearch = deploy.logging?.elasticsearch;
  return elasticsearch?.collector === 'Sidecar' ? elasticsearch : undefined;
}

/** The collector beside a sandbox's program: it starts first and stops last. `volumeMounts`: the program's. */
export function collectorSidecar(tables: SandboxTables, volumeMounts: readonly k8s.VolumeMount[]) {
  const elasticsearch = sidecarOf(tables);
  if (elasticsearch === undefined) return undefined;
  const workspace = volumeMounts.find(({ mountPath }) => mountPath === tables.core.workspace_mount_path_in_sandbox)!;
  const container = collectorContainer({
    images: tables.deploy.images,
    security: restricted(USER),
    resources: sidecarResources(elasticsearch.queue_size),
    env: ORIGIN.map(([, name, fieldPath]) => ({ name, valueFrom: { fieldRef: { fieldPath } } })),
    volumeMounts: [{ ...workspace, readOnly: true }],
  });
  return {
    initContainers: [{ ...container, restartPolicy: 'Always' }],
    volumes: collectorVolumes(elasticsearch, COLLECTOR, { emptyDir: {} }),
  };
}

export interface SidecarConfigProps {
  readonly namespace: string;
  readonly tables: SandboxTables;
  readonly elasticsearch: ElasticsearchConfig;
}

/** The configuration of every sandbox's collector. A sandbox takes a change of it at its next start. */
export class SidecarConfig extends Construct {
  constructor(scope: Construct, id: string, { namespace, tables, elasticsearch }: SidecarConfigProps) {
    super(scope, id);
    new k8s.KubeConfigMap(this, 'config', {
      metadata: {
        name: COLLECTOR,
        namespace,
        labels: labels({ name: COLLECTOR, component: 'logging', image: COLLECTOR_IMAGE }),
      },
      data: {
        [CONFIG_FILE]: collectorConfig({
          contract: 'agent-server',
          elasticsearch,
          files: { file_log: logFiles(logFolder(tables)) },
          timeSource: 'program',
          beforeQueue: {},
          afterQueue: origin(),
        }),
      },
    });
  }
}
