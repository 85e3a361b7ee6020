import * as z from 'zod';
import { HttpsUrl } from './https-url';
import { amount, ByteQuantity, DnsSubdomain } from './values';

/** What is sent in one request, some times over. */
const LEAST_QUEUE = '16Mi';

/** `[deploy.logging.file]`: files in the workspace, under `logs/`. */
const FileConfig = z.strictObject({
  /** When a new file is begun, as Python's TimedRotatingFileHandler says it: `midnight`, `H`, `D`, `W0`. */
  rotate_when: z
    .string()
    .regex(/^(S|M|H|D|midnight|W[0-6])$/, { error: 'S, M, H, D, midnight or W0 to W6' })
    .default('midnight'),
  /** Old files that are kept. */
  keep: z.int().min(1, { error: 'at least 1' }).default(7),
});

/** `[deploy.logging.elasticsearch]`: an OpenTelemetry Collector reads the sandboxes' logs and writes them there. */
export const ElasticsearchConfig = z.strictObject({
  /**
   * Over TLS only, port 443 unless it says another. `name.namespace.svc` and `name.namespace.svc.cluster.local` are a
   * Service of the cluster, whose Pods listen on the same port; any other name is a host outside.
   */
  url: HttpsUrl('Elasticsearch', 'https://elasticsearch.logging.svc:9200'),
  /** Secret beside the collector with the entries `username` and `password`. */
  secret: DnsSubdomain.default('openhands-elasticsearch'),
  /** Whether that Secret has an entry `ca.crt` that signs Elasticsearch's certificate; false: the system's do. */
  own_ca: z.boolean().default(false),
  /** Data stream, or index, that the documents go to. */
  data_stream: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,254}$/, { error: 'the name of a data stream, in lower case' })
    .default('logs-openhands-default'),
  /**
   * DaemonSet: one on each node, in a namespace of its own, reads the node's files of the console. Sidecar: one in each
   * sandbox reads the handler `file`'s files, where access to the node is not wanted.
   */
  collector: z.enum(['DaemonSet', 'Sidecar']).default('DaemonSet'),
  /** Bytes of disk that hold what Elasticsearch has not taken yet; when they are used up, reading waits. */
  queue_size: ByteQuantity.refine((text) => amount(text) >= amount(LEAST_QUEUE), {
    error: `at least ${LEAST_QUEUE}`,
  }).default('512Mi'),
});
export type ElasticsearchConfig = z.infer<typeof ElasticsearchConfig>;

/** `[deploy.logging]`: where the sandboxes' logs go. */
export const LoggingConfig = z.strictObject({
  /** console: the container's stderr, always. file: in the workspace, too. elasticsearch: by a collector. */
  handlers: z
    .array(z.enum(['console', 'file', 'elasticsearch']))
    .min(1, { error: 'at least one of console, file, elasticsearch' })
    .default(['console']),
  /** What is too small to be logged is below this. */
  level: z.enum(['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL']).default('INFO'),
  file: FileConfig.prefault({}),
  /** With the handler `elasticsearch`. */
  elasticsearch: ElasticsearchConfig.optional(),
});
export type LoggingConfig = z.infer<typeof LoggingConfig>;
