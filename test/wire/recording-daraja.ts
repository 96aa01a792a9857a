/**
 * M-Pesa's STK push as Safaricom describes it, written from that alone and not from our sandbox: it records every request and answers
 * as the test wants. No phone rings, and it never calls back.
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RecordedRequest {
  /** "POST /mpesa/stkpush/v1/processrequest" */
  readonly line: string;
  readonly authorization: string;
  readonly contentType: string;
  /** Of a JSON body. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export type DarajaBehaviour =
  | { readonly kind: 'answer' }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  | { readonly kind: 'drop' }
  /** Takes the request and answers when `release` is called, or never. */
  | { readonly kind: 'hold' };

export interface RecordingDaraja {
  readonly url: string;
  readonly tokens: readonly RecordedRequest[];
  readonly pushes: readonly RecordedRequest[];
  readonly questions: readonly RecordedRequest[];
  /** Of the named endpoint from now on. */
  behave(endpoint: 'token' | 'push' | 'question', behaviour: DarajaBehaviour): void;
  /** Answers what is held, in order. */
  release(): void;
  close(): Promise<void>;
}

export const TOKEN_LIFE_MS = 3_599_000;

const ENDPOINTS = {
  'GET /oauth/v1/generate?grant_type=client_credentials': 'token',
  'POST /mpesa/stkpush/v1/processrequest': 'push',
  'POST /mpesa/stkpushquery/v1/query': 'question',
} as const;

export async function openDaraja(): Promise<RecordingDaraja> {
  const recorded = { token: [] as RecordedRequest[], push: [] as RecordedRequest[], question: [] as RecordedRequest[] };
  const behaviours: Record<keyof typeof recorded, DarajaBehaviour> = {
    token: { kind: 'answer' },
    push: { kind: 'answer' },
    question: { kind: 'answer' },
  };
  const held: (() => void)[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
    request.on('end', () => {
      const line = `${request.method} ${request.url}`;
      const endpoint = Object.hasOwn(ENDPOINTS, line) ? ENDPOINTS[line as keyof typeof ENDPOINTS] : null;
      if (endpoint === null) return response.writeHead(404).end();
      const count = recorded[endpoint].push(record(line, request, body));
      const fields = recorded[endpoint][count - 1]?.fields ?? {};
      const reply = (): void => answer(response, document(endpoint, count, fields));
      const behaviour = behaviours[endpoint];
      if (behaviour.kind === 'drop') return request.socket.destroy();
      if (behaviour.kind === 'status') return response.writeHead(behaviour.status, behaviour.headers).end(behaviour.body ?? '');
      return behaviour.kind === 'hold' ? held.push(reply) : reply();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tokens: recorded.token,
    pushes: recorded.push,
    questions: recorded.question,
    behave: (endpoint, behaviour) => (behaviours[endpoint] = behaviour),
    release: () => {
      for (const reply of held.splice(0)) reply();
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function record(line: string, request: IncomingMessage, body: string): RecordedRequest {
  return {
    line,
    authorization: request.headers.authorization ?? '',
    contentType: request.headers['content-type'] ?? '',
    fields: body === '' ? {} : (JSON.parse(body) as Record<string, unknown>),
  };
}

function answer(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function document(
  endpoint: 'token' | 'push' | 'question',
  count: number,
  fields: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  if (endpoint === 'token') return { access_token: `token-${count}`, expires_in: String(TOKEN_LIFE_MS / 1000) };
  const taken = { MerchantRequestID: `29115-${count}-1`, ResponseCode: '0', ResponseDescription: 'Success' };
  return endpoint === 'push'
    ? { ...taken, CheckoutRequestID: `ws_CO_${count}`, CustomerMessage: 'Success' }
    : { ...taken, CheckoutRequestID: fields['CheckoutRequestID'], ResultCode: '0', ResultDesc: 'Processed successfully.' };
}
