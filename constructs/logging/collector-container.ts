import { imageFrom } from '../../config/image-reference';
import { COLLECTOR_IMAGE } from '../../config/images';
import type { ImagesConfig } from '../../config/schema/images';
import type { ElasticsearchConfig } from '../../config/schema/logging';
import { k8s } from '../k8s';
import { containerSecurityContext, type SecurityContextProps } from '../sandbox/security-context';
import { HEALTH_PORT } from './collector-config';
import { SECRET_FOLDER, STORAGE_FOLDER } from './delivery';

const CONFIG_FOLDER = '/etc/otelcol';
/** Entry of the ConfigMap. */
export const CONFIG_FILE = 'config.yaml';

/** The entries of Elasticsearch's Secret. */
export const elasticsearchEntries = ({ own_ca }: ElasticsearchConfig): string[] => [
  'username',
  'password',
  ...(own_ca ? ['ca.crt'] : []),
];

const port = k8s.IntOrString.fromString('health');
const probe = { httpGet: { path: '/', port }, timeoutSeconds: 5 };

export interface CollectorContainerProps {
  readonly images: ImagesConfig;
  readonly security: SecurityContextProps;
  readonly resources: k8s.ResourceRequirements;
  readonly env: k8s.EnvVar[];
  /** What it reads. */
  readonly volumeMounts: k8s.VolumeMount[];
  /** Beside that of its health. @default none */
  readonly ports?: readonly k8s.ContainerPort[];
}

/** The collector's container. */
export const collectorContainer = ({
  images,
  security,
  resources,
  env,
  volumeMounts,
  ports = [],
}: CollectorContainerProps): k8s.Container => ({
  name: 'collector',
  image: imageFrom(images, COLLECTOR_IMAGE),
  args: [`--config=${CONFIG_FOLDER}/${CONFIG_FILE}`],
  ports: [{ name: 'health', containerPort: HEALTH_PORT }, ...ports],
  env,
  resources,
  startupProbe: { ...probe, periodSeconds: 2, failureThreshold: 30 },
  // Once it has started it is Ready while it is there: nothing is sent to it, and a sandbox must not wait for it.
  readinessProbe: { tcpSocket: { port }, periodSeconds: 10 },
  livenessProbe: { ...probe, periodSeconds: 10, failureThreshold: 6 },
  securityContext: containerSecurityContext(security),
  volumeMounts: [
    { name: 'config', mountPath: CONFIG_FOLDER, readOnly: true },
    { name: 'elasticsearch', mountPath: SECRET_FOLDER, readOnly: true },
    { name: 'storage', mountPath: STORAGE_FOLDER },
    ...volumeMounts,
  ],
});

/** The volumes that the container needs for itself. */
export const collectorVolumes = (
  elasticsearch: ElasticsearchConfig,
  configMap: string,
  storage: Omit<k8s.Volume, 'name'>,
): k8s.Volume[] => [
  { name: 'config', configMap: { name: configMap } },
  {
    name: 'elasticsearch',
    secret: {
      secretName: elasticsearch.secret,
      items: elasticsearchEntries(elasticsearch).map((key) => ({ key, path: key })),
    },
  },
  { name: 'storage', ...storage },
];
