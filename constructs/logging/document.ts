import type { Contract } from '../../config/schema/deploy';
import { COLOUR, LEVELS, type Part } from './reading';

/** Version of the Elastic Common Schema whose fields these are. https://www.elastic.co/guide/en/ecs/8.17/index.html */
const ECS_VERSION = '8.17.0';

/** A text of OTTL, the language of the transform processor. */
const quoted = (text: string) => JSON.stringify(text);

/** A field of the document, or of what was read so far. */
const at = (base: string, path: string) =>
  `${base}${path
    .split('.')
    .map((it) => `["${it}"]`)
    .join('')}`;
const field = (path: string) => at('log.body', path);
const read = (path: string) => at('log.cache', path);

/** `set` leaves a field out whose value is not there. */
const set = (path: string, value: string, where?: string) =>
  `set(${field(path)}, ${value})${where === undefined ? '' : ` where ${where}`}`;
const extract = (target: string, from: string, pattern: string, where: string) =>
  `set(${read(target)}, ExtractPatterns(${from}, ${quoted(pattern)})) where ${where}`;

const isEmpty = (path: string) => `Len(${read(path)}) == 0`;

/** python-json-logger's keys and those of a request, which have fields; and two that say nothing more. */
const KNOWN_KEYS = String.raw`^(asctime|levelname|name|filename|lineno|message|exc_info|http\..+|color_message|litellm_redacted)$`;

/** The agent-server's JSON. What is not JSON is a message as it is. */
const AGENT_SERVER: readonly string[] = [
  `set(${read('json')}, ParseJSON(${read('text')})) where IsMatch(${read('text')}, ${quoted('^\\{')})`,
  set('message', read('json.message'), `IsString(${read('json.message')})`),
  set('log.level', read('json.levelname')),
  set('log.logger', read('json.name')),
  set('log.origin.file.name', read('json.filename')),
  set('log.origin.file.line', `Int(${read('json.lineno')})`),
  set('error.stack_trace', read('json.exc_info')),
  set('client.address', `${read('json')}["http.client_ip"]`),
  set('http.request.method', `${read('json')}["http.method"]`),
  set('http.version', `${read('json')}["http.version"]`),
  set('http.response.status_code', `Int(${read('json')}["http.status_code"])`),
  set('url.original', `${read('json')}["http.url"]`),
  `delete_matching_keys(${read('json')}, ${quoted(KNOWN_KEYS)})`,
  // A key without a field of its own would get one of any type: the line is kept instead.
  set('event.original', read('text'), `Len(${read('json')}) > 0`),
];

/** A column of Python's `%-15s`: as wide as that, or as the text when it is longer. */
const column = (name: string, width: number) => String.raw`(?P<${name}>\S{${width},}|\S.{${width - 1}})`;

/** `%(asctime)s %(name)-15s %(levelname)-8s %(processName)-10s %(message)s` */
const FORMAT = [
  String.raw`(?s)^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2},\d{3}`,
  column('logger', 15),
  column('level', 8),
  column('process', 10),
  '(?P<message>.*)$',
].join(' ');

/** What 0.62 prints instead: its own logger, a kind of event and its text, its editor's logger, and Python's default. */
const OWN_FORMATS = [
  String.raw`(?s)^\d{2}:\d{2}:\d{2} - (?P<logger>[^\s:]+):(?P<level>[A-Z]+): (?P<file>[^\s:]+):(?P<line>\d+)(?: - |\n)(?P<message>.*)$`,
  String.raw`(?s)^\d{2}:\d{2}:\d{2} - (?P<action>[A-Z_]+)\n(?P<message>.*)$`,
  String.raw`(?s)^\d{4}-\d{2}-\d{2} \d{2}:\d{2} - (?P<logger>[^\s:]+):(?P<level>[A-Z]+) - (?P<message>.*)$`,
  String.raw`(?s)^(?P<level>${LEVELS}):(?P<logger>[^\s:]+):(?P<message>.*)$`,
];

/** uvicorn's own lines. */
const UVICORN = String.raw`(?s)^(?P<level>${LEVELS}): +(?P<message>.*)$`;
const REQUEST = String.raw`^(?P<client>\S+) - "(?P<method>[A-Z]+) (?P<url>\S+) HTTP/(?P<version>[\d.]+)" (?P<status>\d{3})`;

/** The action execution server's records, in the formats that are known. */
const ACTION_EXECUTION_SERVER: readonly string[] = [
  `replace_pattern(${read('text')}, ${quoted(COLOUR)}, "")`,
  set('message', read('text')),
  `set(${read('record')}, {})`,
  ...[FORMAT, ...OWN_FORMATS].map((it) => extract('record', read('text'), it, isEmpty('record'))),
  `set(${read('uvicorn')}, {})`,
  extract('uvicorn', read('text'), UVICORN, isEmpty('record')),
  set('log.logger', '"uvicorn"', `Len(${read('uvicorn')}) > 0`),
  `merge_maps(${read('record')}, ${read('uvicorn')}, "upsert")`,
  set('message', read('record.message'), `IsString(${read('record.message')})`),
  set('log.level', `Trim(${read('record.level')})`, `IsString(${read('record.level')})`),
  set('log.logger', `Trim(${read('record.logger')})`, `IsString(${read('record.logger')})`),
  set('process.name', `Trim(${read('record.process')})`, `IsString(${read('record.process')})`),
  set('log.origin.file.name', read('record.file')),
  set('log.origin.file.line', `Int(${read('record.line')})`),
  set('event.action', read('record.action')),
  extract('request', field('message'), REQUEST, `Len(${read('uvicorn')}) > 0`),
  set('log.logger', '"uvicorn.access"', `IsString(${read('request.method')})`),
  set('client.address', read('request.client')),
  set('http.request.method', read('request.method')),
  set('http.version', read('request.version')),
  set('http.response.status_code', `Int(${read('request.status')})`),
  set('url.original', read('request.url')),
];

const TRACEBACK = String.raw`(?s)^(?P<message>.*?)\n*(?P<stack>Traceback \(most recent call last\):\n.*)$`;
/** The line after the last frame, and what it says to the end: a name, and often a text of several lines. */
const RAISED = String.raw`(?s)^.*\n[ \t][^\n]*\n(?P<last>(?P<type>[A-Za-z_][\w.]*)(?:: (?P<message>.*?))?)\s*$`;

/** What was raised, out of a message that ends in a traceback, or of the traceback that was logged by itself. */
const EXCEPTION: readonly string[] = [
  extract('traceback', field('message'), TRACEBACK, `${field('error.stack_trace')} == nil`),
  set('error.stack_trace', read('traceback.stack')),
  set('message', read('traceback.message'), `IsString(${read('traceback.message')})`),
  extract('raised', field('error.stack_trace'), RAISED, `IsString(${field('error.stack_trace')})`),
  set('error.type', read('raised.type')),
  set('error.message', read('raised.message'), `${read('raised.message')} != ""`),
  set('message', read('raised.last'), `${field('message')} == ""`),
  set('message', field('error.stack_trace'), `${field('message')} == ""`),
];

/** The Pod that it comes from; an attribute that is not there leaves its field out. */
const ORIGIN: Readonly<Record<string, string>> = {
  'kubernetes.namespace': 'k8s.namespace.name',
  'kubernetes.pod.name': 'k8s.pod.name',
  'kubernetes.pod.uid': 'k8s.pod.uid',
  'kubernetes.container.name': 'k8s.container.name',
  'kubernetes.node.name': 'k8s.node.name',
  'kubernetes.deployment.name': 'k8s.deployment.name',
  'kubernetes.statefulset.name': 'k8s.statefulset.name',
  'openhands.session': 'openhands.session',
  'openhands.pool': 'openhands.pool',
};

const DATASET = {
  'agent-server': 'openhands.agent_server',
  'action-execution-server': 'openhands.action_execution_server',
} as const;

/** Where a record has its time from: the container runtime wrote it down, or the program did, in UTC. */
export type TimeSource = 'runtime' | 'program';

const ASCTIME = `Time(${read('json.asctime')}, "%Y-%m-%d %H:%M:%S,%L", "UTC")`;

/**
 * Makes a record into the document that is stored: the record's body becomes the document as it is, so that what is
 * stored is decided here and nowhere else.
 */
export function documentOf(contract: Contract, timeSource: TimeSource): Part {
  const [first, ...rest] = contract === 'agent-server' ? AGENT_SERVER : ACTION_EXECUTION_SERVER;
  const statements = [
    // The exporter's mapping mode: the body is the document.
    'set(scope.attributes["elastic.mapping.mode"], "bodymap")',
    `set(${read('text')}, log.body)`,
    // Empty lines at the end.
    `replace_pattern(${read('text')}, ${quoted(String.raw`\s+$`)}, "")`,
    `set(${read('json')}, {})`,
    `set(log.body, {"message": ${read('text')}})`,
    first!,
    ...(timeSource === 'program'
      ? [`set(log.time, ${ASCTIME})`, 'set(log.time, log.observed_time) where log.time_unix_nano == 0']
      : []),
    ...rest,
    ...EXCEPTION,
    set('@timestamp', 'FormatTime(log.time, "%Y-%m-%dT%H:%M:%S.%sZ")'),
    set('ecs.version', quoted(ECS_VERSION)),
    set('event.dataset', quoted(DATASET[contract])),
    set('service.name', '"openhands-runtime"'),
    set('stream', 'log.attributes["log.iostream"]'),
    ...Object.entries(ORIGIN).map(([path, attribute]) => set(path, `resource.attributes["${attribute}"]`)),
    documentId(),
  ];
  return { log_statements: [{ context: 'log', error_mode: 'silent', statements }] };
}

/** The same record has the same id each time that it is sent: Elasticsearch stores it once. */
function documentId(): string {
  const parts = [
    'resource.attributes["k8s.pod.uid"]',
    'resource.attributes["k8s.container.restart_count"]',
    'log.attributes["log.iostream"]',
    'log.time_unix_nano',
    'log.attributes["log.file.record_offset"]',
    read('text'),
  ];
  return `set(log.attributes["elasticsearch.document_id"], SHA256(Concat([${parts.join(', ')}], " ")))`;
}
