import type { ElasticsearchConfig } from '../../config/schema/logging';
import { amount } from '../../config/schema/values';
import type { Part } from './reading';

/** Where the collector finds the entries of Elasticsearch's Secret. */
export const SECRET_FOLDER = '/etc/elasticsearch';
/** Where it keeps its queue and how far it has read. */
export const STORAGE_FOLDER = '/var/lib/otelcol';

/** A bulk request grows to about so much, bytes: Elasticsearch takes 100 MB by default. */
const LARGEST_REQUEST = 4 * 1024 * 1024;

/**
 * What comes out of the queue goes through a socket in the collector's own volume: a port would be the sandbox's too, whose
 * network a sidecar shares. A collector that is killed leaves the file, and could not listen there again: its name is that of
 * a temporary file of file_storage, which removes those before anything else starts (`cleanup_on_start`).
 */
const SOCKET = `${STORAGE_FOLDER}/tempdb-queue.sock`;

/**
 * The queue: on disk, bounded, and sent for ever. When it is full it takes nothing more, and the files wait.
 *
 * It is the collector's own, in front of the exporter for Elasticsearch and not that exporter's: that one gives up after
 * some tries and throws the batch away, queue or not. So the queue sends to the collector itself, where that exporter
 * has no queue: what it cannot deliver it hands back. https://github.com/open-telemetry/opentelemetry-collector-contrib/issues/45747
 */
export const queue = (size: string): Part => ({
  endpoint: `unix://${SOCKET}`,
  tls: { insecure: true },
  compression: 'none',
  // Longer than the exporter for Elasticsearch needs to give up.
  timeout: '5m',
  retry_on_failure: { enabled: true, initial_interval: '1s', max_interval: '30s', max_elapsed_time: '0s' },
  sending_queue: {
    storage: 'file_storage',
    sizer: 'bytes',
    queue_size: amount(size),
    block_on_overflow: true,
    num_consumers: 2,
    batch: { sizer: 'bytes', min_size: LARGEST_REQUEST / 4, max_size: LARGEST_REQUEST, flush_timeout: '2s' },
  },
});

/** Takes what comes out of the queue. */
export const fromQueue = (): Part => ({
  protocols: {
    grpc: { endpoint: SOCKET, transport: 'unix', max_recv_msg_size_mib: (4 * LARGEST_REQUEST) / 1024 ** 2 },
  },
});

/** What may pass: too much work, a restart, wrong credentials that somebody puts right. */
const PASSING = [401, 403, 408, 429, 500, 502, 503, 504];

/** User and password, read from files: a change is seen, and in a variable the collector would read $ as its own sign. */
export const credentials = (): Part => ({
  client_auth: { username_file: `${SECRET_FOLDER}/username`, password_file: `${SECRET_FOLDER}/password` },
});

/** Writes documents, each under its id, so that a request which is sent again stores nothing twice. */
export const elasticsearch = ({ url, data_stream, own_ca }: ElasticsearchConfig): Part => ({
  endpoints: [url],
  auth: { authenticator: 'basicauth' },
  ...(own_ca && { tls: { ca_file: `${SECRET_FOLDER}/ca.crt` } }),
  timeout: '20s',
  logs_index: data_stream,
  logs_dynamic_id: { enabled: true },
  sending_queue: { enabled: false },
  retry: { enabled: true, max_retries: 5, initial_interval: '1s', max_interval: '10s', retry_on_status: PASSING },
});
