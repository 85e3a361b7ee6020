import { quoted, read, set } from './statements';

/** python-json-logger's keys and those of a request, which have fields; and two that say nothing more. */
const KNOWN_KEYS = String.raw`^(asctime|levelname|name|filename|lineno|message|exc_info|http\..+|color_message|litellm_redacted)$`;

/** Where a record has its time from: the container runtime wrote it down, or the program did, in UTC. */
export type TimeSource = 'runtime' | 'program';

const ASCTIME = `Time(${read('json.asctime')}, "%Y-%m-%d %H:%M:%S,%L", "UTC")`;

const time = (source: TimeSource) =>
  source === 'program'
    ? [`set(log.time, ${ASCTIME})`, 'set(log.time, log.observed_time) where log.time_unix_nano == 0']
    : [];

/** The agent-server's JSON. What is not JSON is a message as it is. */
export const agentServerRecord = (timeSource: TimeSource): string[] => [
  `set(${read('json')}, {})`,
  `set(${read('json')}, ParseJSON(${read('text')})) where IsMatch(${read('text')}, ${quoted('^\\{')})`,
  ...time(timeSource),
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
