import { COLLECTOR_IMAGE } from '../../config/images';
import type { ElasticsearchConfig } from '../../config/schema/logging';
import { k8s } from '../k8s';
import { collectorResources } from '../resources';
import { containerSecurityContext, type SecurityContextProps } from '../security-context';
import { HEALTH_PORT } from './collector-config';
import { CA_FILE, PASSWORD, STORAGE_FOLDER, USERNAME } from './delivery';

const CONFIG_FOLDER = '/etc/otelcol';
/** Entry of the ConfigMap. */
export const CONFIG_FILE = 'config.yaml';

/** The entries of Elasticsearch's Secret. */
export const elasticsearchEntries = ({ own_ca }: ElasticsearchConfig): string[] => [
  'username',
  'password',
  ...(own_ca ? ['ca.crt'] : []),
];

const probe = (failureThreshold: number, periodSeconds: number): k8s.Probe => ({
  httpGet: { path: '/', port: k8s.IntOrString.fromString('health') },
  periodSeconds,
  timeoutSeconds: 5,
  failureThreshold,
});

export interface CollectorContainerProps {
  readonly elasticsearch: ElasticsearchConfig;
  readonly security: SecurityContextProps;
  /** Variables beside Elasticsearch's. */
  readonly env: k8s.EnvVar[];
  /** What it reads. */
  readonly volumeMounts: k8s.VolumeMount[];
}

/** The collector's container: its volumes are `config`, `storage`, with an authority of one's own `ca`, and what it reads. */
export function collectorContainer({
  elasticsearch,
  security,
  env,
  volumeMounts,
}: CollectorContainerProps): k8s.Container {
  const entry = (name: string, key: string) => ({
    name,
    valueFrom: { secretKeyRef: { name: elasticsearch.secret, key } },
  });
  return {
    name: 'collector',
    image: COLLECTOR_IMAGE,
    args: [`--config=${CONFIG_FOLDER}/${CONFIG_FILE}`],
    ports: [{ name: 'health', containerPort: HEALTH_PORT }],
    env: [entry(USERNAME, 'username'), entry(PASSWORD, 'password'), ...env],
    resources: collectorResources(),
    startupProbe: probe(30, 2),
    readinessProbe: probe(3, 10),
    livenessProbe: probe(6, 10),
    securityContext: containerSecurityContext(security),
    volumeMounts: [
      { name: 'config', mountPath: CONFIG_FOLDER, readOnly: true },
      { name: 'storage', mountPath: STORAGE_FOLDER },
      ...(elasticsearch.own_ca
        ? [{ name: 'ca', mountPath: CA_FILE.slice(0, CA_FILE.lastIndexOf('/')), readOnly: true }]
        : []),
      ...volumeMounts,
    ],
  };
}

/** The volumes that the container needs for itself. */
export const collectorVolumes = (
  { secret, own_ca }: ElasticsearchConfig,
  configMap: string,
  storage: Omit<k8s.Volume, 'name'>,
): k8s.Volume[] => [
  { name: 'config', configMap: { name: configMap } },
  { name: 'storage', ...storage },
  ...(own_ca ? [{ name: 'ca', secret: { secretName: secret, items: [{ key: 'ca.crt', path: 'ca.crt' }] } }] : []),
];
