import type { Contract } from '../../config/schema/deploy';
import { EGRESS } from '../labels';
import { actionExecutionServerRecord } from './action-execution-server-record';
import { agentServerRecord, type TimeSource } from './agent-server-record';
import type { Part } from './reading';
import { extract, field, quoted, read, set } from './statements';

/** Version of the Elastic Common Schema whose fields these are. https://www.elastic.co/guide/en/ecs/8.17/index.html */
const ECS_VERSION = '8.17.0';

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

const IS_EGRESS = 'resource.attributes["k8s.container.name"] == "squid"';

/**
 * Makes a record into the document that is stored: the record's body becomes the document as it is, so that what is
 * stored is decided here and nowhere else.
 */
export function documentOf(contract: Contract, timeSource: TimeSource): Part {
  const statements = [
    // The exporter's mapping mode: the body is the document.
    'set(scope.attributes["elastic.mapping.mode"], "bodymap")',
    `set(${read('text')}, log.body)`,
    // Empty lines at the end.
    `replace_pattern(${read('text')}, ${quoted(String.raw`\s+$`)}, "")`,
    `set(log.body, {"message": ${read('text')}})`,
    ...(contract === 'agent-server' ? agentServerRecord(timeSource) : actionExecutionServerRecord()),
    ...EXCEPTION,
    set('@timestamp', 'FormatTime(log.time, "%Y-%m-%dT%H:%M:%S.%sZ")'),
    set('ecs.version', quoted(ECS_VERSION)),
    set('event.dataset', quoted(DATASET[contract])),
    set('service.name', '"openhands-runtime"'),
    // Beside the sandboxes' own, the collector reads what their egress proxy prints.
    set('event.dataset', '"openhands.egress"', IS_EGRESS),
    set('service.name', quoted(EGRESS), IS_EGRESS),
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
