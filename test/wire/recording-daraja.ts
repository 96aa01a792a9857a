/**
 * M-Pesa's STK push as Safaricom describes it, written from that alone and not from our sandbox: it records every request and answers
 * as the test wants. No phone rings, and it never calls back.
 */

import {
  openRecordingServer,
  outcomeOf,
  type Answer,
  type Asked,
  type RecordingServer,
  type Trouble,
} from './recording-server.ts';

export interface RecordedRequest {
  /** "POST /mpesa/stkpush/v1/processrequest" */
  readonly line: string;
  readonly authorization: string;
  readonly contentType: string;
  /** Of a JSON body. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export type DarajaBehaviour = Trouble | { readonly kind: 'usual' };

export interface RecordingDaraja extends RecordingServer {
  readonly tokens: readonly RecordedRequest[];
  readonly pushes: readonly RecordedRequest[];
  readonly questions: readonly RecordedRequest[];
  /** Of the named endpoint from now on. */
  behave(endpoint: 'token' | 'push' | 'question', behaviour: DarajaBehaviour): void;
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
    token: { kind: 'usual' },
    push: { kind: 'usual' },
    question: { kind: 'usual' },
  };
  const server = await openRecordingServer((asked) => {
    const endpoint = Object.hasOwn(ENDPOINTS, asked.line) ? ENDPOINTS[asked.line as keyof typeof ENDPOINTS] : null;
    if (endpoint === null) return { kind: 'answer', answer: { status: 404 } };
    const request = requestOf(asked);
    const count = recorded[endpoint].push(request);
    return outcomeOf(behaviours[endpoint], json(document(endpoint, count, request.fields)));
  });
  return {
    ...server,
    tokens: recorded.token,
    pushes: recorded.push,
    questions: recorded.question,
    behave: (endpoint, behaviour) => (behaviours[endpoint] = behaviour),
  };
}

function requestOf({ line, headers, body }: Asked): RecordedRequest {
  return {
    line,
    authorization: headers.authorization ?? '',
    contentType: headers['content-type'] ?? '',
    fields: body === '' ? {} : (JSON.parse(body) as Record<string, unknown>),
  };
}

function json(body: object): Answer {
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
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
