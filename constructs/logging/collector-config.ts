import type { Contract } from '../../config/schema/deploy';
import type { ElasticsearchConfig } from '../../config/schema/logging';
import { yamlOf } from '../output/yaml';
import type { TimeSource } from './agent-server-record';
import { credentials, elasticsearch, fromQueue, queue, STORAGE_FOLDER } from './delivery';
import { documentOf } from './document';
import type { Part } from './reading';

/** The port on which it says whether it works. */
export const HEALTH_PORT = 13133;

/** The port on which it says how many records it has taken. */
export const METRICS_PORT = 8888;

const METRICS: Part = {
  level: 'basic',
  readers: [{ pull: { exporter: { prometheus: { host: '0.0.0.0', port: METRICS_PORT } } } }],
};

export interface CollectorConfigProps {
  readonly contract: Contract;
  readonly elasticsearch: ElasticsearchConfig;
  /** Receivers of the kind `file_log`, by their names. */
  readonly files: Readonly<Record<string, Part>>;
  readonly timeSource: TimeSource;
  /** Processors, by their names, for what is read: what they ask for may be gone later. */
  readonly beforeQueue: Part;
  /** Processors for what comes out of the queue, before it is made into documents. */
  readonly afterQueue: Part;
  /** Prometheus may ask how many records each receiver has taken. @default false */
  readonly isCounted?: boolean;
}

/** The collector's configuration: from files into a queue on disk, and from there, as documents, to Elasticsearch. */
export function collectorConfig({
  contract,
  elasticsearch: target,
  files,
  timeSource,
  beforeQueue,
  afterQueue,
  isCounted = false,
}: CollectorConfigProps): string {
  const memory_limiter = { check_interval: '1s', limit_percentage: 75, spike_limit_percentage: 20 };
  return yamlOf({
    extensions: {
      basicauth: credentials(),
      health_check: { endpoint: `:${HEALTH_PORT}` },
      file_storage: {
        directory: STORAGE_FOLDER,
        compaction: { on_start: true, on_rebound: true, cleanup_on_start: true, directory: STORAGE_FOLDER },
      },
    },
    receivers: { ...files, 'otlp/queue': fromQueue() },
    processors: { memory_limiter, ...beforeQueue, ...afterQueue, transform: documentOf(contract, timeSource) },
    exporters: { 'otlp_grpc/queue': queue(target.queue_size), elasticsearch: elasticsearch(target) },
    service: {
      extensions: ['basicauth', 'health_check', 'file_storage'],
      // Its own words are JSON on stderr.
      telemetry: { logs: { encoding: 'json' }, metrics: isCounted ? METRICS : { level: 'none' } },
      pipelines: {
        'logs/files': {
          receivers: Object.keys(files),
          processors: ['memory_limiter', ...Object.keys(beforeQueue)],
          exporters: ['otlp_grpc/queue'],
        },
        'logs/documents': {
          receivers: ['otlp/queue'],
          processors: ['memory_limiter', ...Object.keys(afterQueue), 'transform'],
          exporters: ['elasticsearch'],
        },
      },
    },
  });
}
