import http from 'node:http';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeConfig } from '@kubernetes/client-node';
import { ApiError, Unreachable, isTemporary, sentenceOf } from './api-error';

export interface RequestProps {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path and query, from `/api` or `/apis` on. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** @default application/json */
  readonly contentType?: string;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

export interface HttpProps {
  /** How long it goes on trying while nobody answers, in ms. */
  readonly patience: number;
  /** Told when the API server stops answering. */
  readonly onOutage: (text: string) => void;
}

/** How long one request may take, in ms. */
const LIMIT = 10_000;
/** Between two tries, in ms. */
const PAUSE = 500;
/** How long credentials are used before they are asked for again, in ms: a token may be short-lived. */
const CREDENTIALS = 60_000;

/**
 * Plain JSON from and to the API server, because the client's typed classes rename fields and drop those they do not
 * know. An API server that goes away is waited for.
 */
export class Http {
  private options: { readonly value: https.RequestOptions; readonly until: number } | undefined;

  constructor(
    private readonly config: KubeConfig,
    private readonly props: HttpProps,
  ) {}

  /** @throws ApiError for what the server refuses, Unreachable when it does not answer for as long as `patience` */
  async request(props: RequestProps, patience = this.props.patience): Promise<string> {
    const giveUp = Date.now() + patience;
    for (;;) {
      const answer = await this.send(props).catch((error: Error) => error);
      if (!(answer instanceof Error) && !isTemporary(answer.status)) {
        if (answer.status >= 400) throw new ApiError(answer.status, sentenceOf(answer.body, answer.status));
        return answer.body;
      }
      const reason = answer instanceof Error ? answer.message : sentenceOf(answer.body, answer.status);
      const server = this.config.getCurrentCluster()?.server;
      if (Date.now() >= giveUp) throw new Unreachable(`the API server ${server} does not answer: ${reason}`);
      this.props.onOutage(`the API server does not answer (${reason}), trying again`);
      await sleep(PAUSE);
    }
  }

  private async send({ method, path, body, contentType = 'application/json' }: RequestProps): Promise<Answer> {
    const url = new URL(this.config.getCurrentCluster()!.server.replace(/\/$/, '') + path);
    const options = await this.connection();
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      ...options.headers,
      Accept: 'application/json',
      ...(payload && { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(payload) }),
    };
    return new Promise((resolve, reject) => {
      const send = url.protocol === 'http:' ? http.request : https.request;
      const request = send(url, { ...options, method, headers }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode!, body: Buffer.concat(parts).toString() }));
      });
      request.setTimeout(LIMIT, () => request.destroy(new Error(`no answer within ${LIMIT / 1000} s`)));
      request.on('error', reject);
      request.end(payload);
    });
  }

  private async connection(): Promise<https.RequestOptions> {
    if (this.options && this.options.until > Date.now()) return this.options.value;
    const value: https.RequestOptions = {};
    await this.config.applyToHTTPSOptions(value as Parameters<KubeConfig['applyToHTTPSOptions']>[0]);
    this.options = { value, until: Date.now() + CREDENTIALS };
    return value;
  }
}
