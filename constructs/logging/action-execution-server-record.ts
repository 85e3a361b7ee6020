import { COLOUR, LEVELS } from './reading';
import { extract, field, quoted, read, set } from './statements';

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

const isEmpty = (path: string) => `Len(${read(path)}) == 0`;

/** The action execution server's records, in the formats that are known. */
export const actionExecutionServerRecord = (): string[] => [
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
