import type { Contract } from '../../config/schema/deploy';
import { EGRESS } from '../labels';

/** A part of the collector's configuration, as its documentation has it. */
export type Part = Record<string, unknown>;

/** Lines of a text that belong to the one before: what Python prints of an exception. */
const CONTINUES = [
  String.raw`\s`,
  String.raw`$`,
  String.raw`Traceback \(`,
  'During handling of the above ',
  'The above exception was ',
  // An exception's name: one of Python's own, or one with its module.
  String.raw`[A-Z]\w*(Error|Exception|Exit|Group|Interrupt|Iteration|Warning)(:|$)`,
  String.raw`(\w+\.)+[A-Z]\w*(:|$)`,
].join('|');

/** Python's levels, and uvicorn's own. */
export const LEVELS = 'TRACE|DEBUG|INFO|WARNING|ERROR|CRITICAL';
/** Colours of a terminal. */
export const COLOUR = String.raw`\x1b\[[0-9;]*m`;

/** How a record of the action execution server begins, in the formats that `document.ts` knows. */
const BEGINS = [
  String.raw`\d{4}-\d{2}-\d{2} \d{2}:\d{2}(:\d{2},\d{3} | - )`,
  String.raw`(${COLOUR})*\d{2}:\d{2}:\d{2} - `,
  `(${COLOUR})*(${LEVELS})(${COLOUR})*:`,
  // Python's warnings.
  String.raw`\S+:\d+: \w+Warning: `,
].join('|');

/** A condition in the collector's expression language. */
const matches = (pattern: string) => `body matches ${JSON.stringify(`^(${pattern})`)}`;

/** A record longer than this is cut in pieces, bytes. */
const LONGEST = 1024 * 1024;

/** Puts the lines of a record together again, tracebacks above all; a record waits so long for its next line. */
function joinLines(contract: Contract, source: string): Part {
  return {
    id: 'lines',
    type: 'recombine',
    combine_field: 'body',
    source_identifier: `attributes[${JSON.stringify(source)}]`,
    // The agent-server's JSON is a record a line: only what is not JSON is put together.
    ...(contract === 'agent-server'
      ? { if: 'not (body startsWith "{")', is_first_entry: `not (${matches(CONTINUES)})` }
      : { is_first_entry: matches(BEGINS) }),
    force_flush_period: '5s',
    max_batch_size: 0,
    max_unmatched_batch_size: 0,
    max_log_size: LONGEST,
  };
}

const PATH = 'attributes["log.file.path"]';
/** A file and one of its two streams: a line is never put behind one of the other stream. */
const STREAM = 'stream';

const COMMON: Part = {
  // What was read is written down: after a restart it goes on there. A file that is new is read from its first line.
  storage: 'file_storage',
  start_at: 'beginning',
  // A line that was cut may end in a space, which the next piece does not have.
  preserve_leading_whitespaces: true,
  preserve_trailing_whitespaces: true,
  include_file_name: false,
  include_file_path: true,
  include_file_record_offset: true,
  // When the queue is full the files wait.
  retry_on_failure: { enabled: true, max_elapsed_time: '0s' },
};

/** Reads the files into which the node's container runtime writes what the sandboxes print. */
export function consoleFiles(namespace: string, contract: Contract): Part {
  const folder = `/var/log/pods/${namespace}_*/runtime`;
  return {
    ...COMMON,
    // The kubelet renames a full file, then packs the older ones.
    include: [`${folder}/*.log`, `${folder}/*.log.*`],
    exclude: [`${folder}/*.gz`, `${folder}/*.tmp`],
    operators: [
      // Takes the runtime's time and stream off, puts cut lines together, reads Pod and container from the path.
      { id: 'container', type: 'container', max_log_size: LONGEST },
      {
        id: 'stream',
        type: 'add',
        field: `attributes.${STREAM}`,
        value: `EXPR(${PATH} + " " + attributes["log.iostream"])`,
      },
      joinLines(contract, STREAM),
    ],
  };
}

/** How the egress proxy's line of a refusal begins: see `constructs/egress/squid-config.ts`. */
const REFUSAL = `body matches ${JSON.stringify('^\\{"asctime":"[^"]*","levelname":"WARNING","name":"egress"')}`;

/** Reads what the egress proxy prints: what it refused, or all else. */
export function egressFiles(namespace: string, of: 'refused' | 'others'): Part {
  const folder = `/var/log/pods/${namespace}_${EGRESS}-*/squid`;
  return {
    ...COMMON,
    include: [`${folder}/*.log`, `${folder}/*.log.*`],
    exclude: [`${folder}/*.gz`, `${folder}/*.tmp`],
    operators: [
      { id: 'container', type: 'container', max_log_size: LONGEST },
      { id: 'of', type: 'filter', expr: of === 'refused' ? `not (${REFUSAL})` : REFUSAL },
    ],
  };
}

/**
 * Reads the handler `file`'s files. The agent writes the folder: a link in it to a file of the collector's own, such as
 * Elasticsearch's password, must not be read, so what is not a file of the folder itself is dropped.
 */
export function logFiles(folder: string): Part {
  const own = `^\\Q${folder}\\E/app\\.log(\\.[^/]*)?$`;
  return {
    ...COMMON,
    include: [`${folder}/app.log`, `${folder}/app.log.*`],
    include_file_path_resolved: true,
    operators: [
      {
        id: 'own',
        type: 'filter',
        expr: `not (attributes["log.file.path_resolved"] matches ${JSON.stringify(own)})`,
      },
      joinLines('agent-server', 'log.file.path'),
    ],
  };
}
