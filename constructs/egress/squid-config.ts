import { namesOf, refusedRanges } from '../../config/egress';
import type { EgressNames } from '../../config/schema/egress-names';
import { EGRESS_PORT } from './port';
import { pageName, REFUSALS } from './refusals';

/** Connections that one sandbox may have at once, and file descriptors of all: a connection through the proxy takes two. */
const CONNECTIONS_OF_A_SANDBOX = 256;
const FILE_DESCRIPTORS = 8192;

const HOST = 'openhands-egress';
/** A page of its own that answers when it works. It lists the pages that nobody gets. */
export const READY_PATH = '/squid-internal-mgr/menu';

/** Seconds that connections may go on for when it is told to stop. */
export const SHUTDOWN_SECONDS = 30;

const isWildcard = (name: string) => name.startsWith('*.');

/** The names below one: not that one itself, which Squid's own `.example.com` would mean too. */
const below = (wildcard: string) => String.raw`^[a-z0-9._-]+${wildcard.slice(1).replaceAll('.', String.raw`\.`)}$`;

/** An ACL, a line each value; nothing where there is none. */
const acl = (name: string, type: string, values: readonly (string | number)[]): string[] =>
  values.map((value) => `acl ${name} ${type} ${value}`);

const FIELDS = '"http.client_ip":"%>a","http.method":"%#rm","http.url":"%#ru","http.status_code":%>Hs';

/** A line of the log, with the keys of the agent-server's, so that both are read alike. */
const logFormat = (name: string, level: string, message: string) =>
  `logformat ${name} {"asctime":"%{%Y-%m-%d %H:%M:%S}tg,%03tu","levelname":"${level}","name":"egress","message":"${message}",${FIELDS}}`;

/** Refuse, and keep the reason for the log and for the page. */
const deny = (refusal: keyof typeof REFUSALS, condition: string): string[] => [
  `acl because_${refusal} annotate_transaction refused=${REFUSALS[refusal].reason}`,
  `deny_info ${pageName(refusal)} because_${refusal}`,
  `http_access deny ${condition} because_${refusal}`,
];

/**
 * Squid's configuration: who may be asked for by name, and nothing that a name leads to but the internet and the ranges that
 * are let through out loud. Squid 5 and newer. https://www.squid-cache.org/Doc/config/
 *
 * @returns the text of squid.conf
 */
export function squidConfig(egress: EgressNames): string {
  const names = namesOf(egress);
  const lines = [
    `http_port ${EGRESS_PORT}`,
    `visible_hostname ${HOST}`,
    '',
    '# What may be asked for.',
    ...acl('ports', 'port', egress.ports),
    'acl tls port 443',
    // -n: an address is never looked up to find a name that is allowed.
    ...acl('addresses', 'dstdom_regex -n -i', [String.raw`^[0-9.]+$`, ':']),
    ...acl(
      'names',
      'dstdomain -n',
      names.filter((it) => !isWildcard(it)),
    ),
    ...acl('names_below', 'dstdom_regex -n -i', names.filter(isWildcard).map(below)),
    `acl listed any-of ${[
      ...(names.some((it) => !isWildcard(it)) ? ['names'] : []),
      ...(names.some(isWildcard) ? ['names_below'] : []),
    ].join(' ')}`,
    '# Where a name may not lead. One such address among several is enough.',
    ...acl('private', 'dst', refusedRanges(egress)),
    '',
    '# The first that holds decides. A name is looked up only when it is known to be listed: a question to a name server',
    '# would carry it out.',
    `acl itself dstdomain -n ${HOST}`,
    `acl probe urlpath_regex ^${READY_PATH}$`,
    'http_access allow itself probe',
    ...deny('manager', 'manager'),
    ...deny('port', '!ports'),
    ...deny('method', 'tls !CONNECT'),
    ...deny('address', 'addresses'),
    ...deny('name', '!listed'),
    ...deny('private', 'private'),
    'http_access allow listed',
    'http_access deny all',
    '',
    '# Who asked for what: on stdout, in JSON.',
    logFormat('refused', 'WARNING', 'refused %#rm %#ru: %{refused}note'),
    logFormat('passed', 'INFO', '%#rm %#ru: %<st bytes in %tr ms'),
    'acl was_refused note refused',
    // A connection that ends before it asks for anything is the kubelet's.
    'acl is_request has request',
    'access_log stdio:/dev/stdout logformat=refused is_request was_refused',
    'access_log stdio:/dev/stdout logformat=passed is_request !was_refused !probe',
    'cache_log /dev/stderr',
    'logfile_rotate 0',
    '',
    '# It keeps nothing, and has a bound.',
    'cache deny all',
    'cache_mem 0',
    'memory_pools off',
    `max_filedescriptors ${FILE_DESCRIPTORS}`,
    `client_ip_max_connections ${CONNECTIONS_OF_A_SANDBOX}`,
    'connect_timeout 15 seconds',
    `shutdown_lifetime ${SHUTDOWN_SECONDS} seconds`,
    'pid_filename none',
    'netdb_filename none',
    'coredump_dir none',
    'pinger_enable off',
    '',
    '# It says nothing of the sandboxes to whom they reach.',
    'via off',
    'forwarded_for delete',
  ];
  return `${lines.join('\n')}\n`;
}
