import type { SandboxTables } from '../sandbox/program';

/** Editor and API hold web sockets open; one that is silent for so long is cut. */
const WEB_SOCKET_SECONDS = 3600;

/** Time that one request, or a web socket's silence, may take on its way to a sandbox, seconds. */
export const requestSeconds = ({ sandbox }: SandboxTables): number => Math.max(sandbox.timeout, WEB_SOCKET_SECONDS);

/** Where a browser finds a session. */
export const hostOf = ({ kubernetes }: SandboxTables, session: string): string =>
  `${session}.${kubernetes.ingress_domain}`;
