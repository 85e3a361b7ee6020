/**
 * The program of the stand-in for the app server: one file that Node 24 runs as it is, so nothing but Node's own modules is
 * imported.
 *
 * It stands where the app server does, with its ServiceAccount's token and its address: it makes the request that a test
 * describes (`POST /ask`), and remembers the webhooks that sandboxes send (`GET /webhooks`).
 */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';

/** A request to make: one of the Kubernetes API by its path, or of a sandbox by its address. */
export interface Question {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** What came of it; status 0: nobody answered, and `text` is why. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** As every client in a cluster knows it. */
const API_SERVER = `https://${process.env.KUBERNETES_SERVICE_HOST}:${process.env.KUBERNETES_SERVICE_PORT}`;
const TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** How long a request may take, in ms. */
const LIMIT = 20_000;

/** The paths of the webhooks that came. */
const webhooks: string[] = [];

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

async function ask({ method, url, headers, body }: Question): Promise<Answer> {
  const isOfKubernetes = url.startsWith('/');
  try {
    const response = await fetch(isOfKubernetes ? API_SERVER + url : url, {
      method,
      headers: {
        'Content-Type': 'application/json',
        ...headers,
        ...(isOfKubernetes && { Authorization: `Bearer ${readFileSync(TOKEN, 'utf8')}` }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(LIMIT),
    });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    return { status: 0, text: String((error as Error).cause ?? error) };
  }
}

async function answerTo(request: IncomingMessage): Promise<unknown> {
  const { method, url = '/' } = request;
  const text = await textOf(request);
  if (method === 'POST' && url === '/ask') return ask(JSON.parse(text) as Question);
  if (method === 'POST' && url.startsWith('/api/v1/webhooks')) webhooks.push(url);
  return webhooks;
}

createServer((request, response) => {
  void answerTo(request).then((answer) => {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(answer));
  });
}).listen(Number(process.env.PORT));
