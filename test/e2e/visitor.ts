import { request as http, type IncomingHttpHeaders } from 'node:http';
import { request as https } from 'node:https';
import { withPortForward } from './port-forward';

export interface Answer {
  /** 101 when a WebSocket opened. */
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

export interface Visit {
  /** The name in the address; the connection goes to the ingress controller. */
  readonly host: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  /** Certificate to trust: makes it https. */
  readonly certificate?: string;
}

/** The ingress controller that the tests expect. */
const CONTROLLER = { namespace: 'traefik', resource: 'deployment/traefik' };

/** Ask for an address as somebody outside the cluster does, through the ingress controller. */
export const visit = ({ host, path = '/', headers, certificate }: Visit): Promise<Answer> =>
  withPortForward({ ...CONTROLLER, port: certificate ? 443 : 80 }, (url) => {
    const { hostname, port } = new URL(url);
    const options = { hostname, port, path, headers: { host, ...headers }, timeout: 30_000 };
    return new Promise<Answer>((resolve, reject) => {
      const sent = certificate ? https({ ...options, servername: host, ca: certificate }) : http(options);
      sent.on('timeout', () => sent.destroy(new Error(`no answer from ${host}`)));
      sent.on('error', reject);
      sent.on('upgrade', ({ statusCode, headers }, socket) => {
        socket.destroy();
        resolve({ status: statusCode!, headers });
      });
      sent.on('response', (response) => {
        response.resume();
        response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers }));
      });
      sent.end();
    });
  });
