import { Construct } from 'constructs';
import type { LoggingConfig } from '../../config/schema/logging';
import { k8s } from '../k8s';
import { labels } from '../labels';

export interface OpenHandsLoggingProps {
  readonly namespace: string;
  readonly logging: LoggingConfig;
  /** `core.debug`: DEBUG, whatever the level is. */
  readonly debug: boolean;
}

const FORMAT = '%(asctime)s %(name)-15s %(levelname)-8s %(processName)-10s %(message)s';

/** Where the OpenHands app's image has its logs. */
const FILE = '/app/logs/openhands.log';

const console = { class: 'logging.StreamHandler', stream: 'ext://sys.stderr', formatter: 'plain' };

const file = ({ rotate_when, keep }: LoggingConfig['file']) => ({
  class: 'logging.handlers.TimedRotatingFileHandler',
  filename: FILE,
  when: rotate_when,
  backupCount: keep,
  encoding: 'utf-8',
  delay: true,
  formatter: 'plain',
});

/**
 * The logging configuration for the OpenHands app to mount and run with, `uvicorn --log-config`: Python's dictConfig, as
 * JSON. The sandboxes' own programs take theirs from variables.
 */
export class OpenHandsLogging extends Construct {
  constructor(scope: Construct, id: string, { namespace, logging, debug }: OpenHandsLoggingProps) {
    super(scope, id);
    const handlers = { console, ...(logging.handlers.includes('file') && { file: file(logging.file) }) };
    const logger = { level: debug ? 'DEBUG' : logging.level, handlers: Object.keys(handlers) };
    const named = { ...logger, propagate: false };
    const config = {
      version: 1,
      disable_existing_loggers: false,
      formatters: { plain: { format: FORMAT } },
      handlers,
      loggers: { openhands: named, uvicorn: named },
      root: logger,
    };
    new k8s.KubeConfigMap(this, 'config-map', {
      metadata: { name: 'openhands-logging', namespace, labels: labels({ component: 'logging' }) },
      data: { 'logging.json': `${JSON.stringify(config, null, 2)}\n` },
    });
  }
}
