import type { Contract } from '../../config/schema/deploy';
import type { ElasticsearchConfig } from '../../config/schema/logging';
import { yamlOf } from '../yaml';
import type { TimeSource } from './agent-server-record';
import { credentials, elasticsearch, fromQueue, queue, STORAGE_FOLDER } from './delivery';
import { documentOf } from './document';
import type { Part } from './reading';

/** The port on which it says whether it works. */
export const HEALTH_PORT = 13133;

export interface CollectorConfigProps {
  readonly contract: Contract;
  readonly elasticsearch: ElasticsearchConfig;
  /** The receiver `file_log`. */
  readonly files: Part;
  readonly timeSource: TimeSource;
  /** Processors, by their names, for what is read: what they ask for may be gone later. */
  readonly beforeQueue: Part;
  /** Processors for what comes out of the queue, before it is made into documents. */
  readonly afterQueue: Part;
}

/** The collector's configuration: from files into a queue on disk, and from there, as documents, to Elasticsearch. */
export function collectorConfig({
  contract,
  elasticsearch: target,
  files,
  timeSource,
  beforeQueue,
  afterQueue,
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
    receivers: { file_log: files, 'otlp/queue': fromQueue() },
    processors: { memory_limiter, ...beforeQueue, ...afterQueue, transform: documentOf(contract, timeSource) },
    exporters: { 'otlp_grpc/queue': queue(target.queue_size), elasticsearch: elasticsearch(target) },
    service: {
      extensions: ['basicauth', 'health_check', 'file_storage'],
      // Its own words are JSON on stderr, and nobody collects its metrics.
      telemetry: { logs: { encoding: 'json' }, metrics: { level: 'none' } },
      pipelines: {
        'logs/files': {
          receivers: ['file_log'],
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
