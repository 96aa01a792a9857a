/** Owns the fake Bot API's front: addresses, bodies in every form the Bot API takes, injected failures, and the JSON envelope. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { METHODS } from './fake-bot-api-methods.ts';
import { isObject } from './fake-bot-api-text.ts';
import type { UpdateQueue } from './fake-bot-api-updates.ts';
import { Refusal, type World } from './fake-bot-api-world.ts';

export type Failure = (
  | {
      /** An error of the API, as 429 or 500. */ readonly code: number;
      readonly description?: string;
      readonly retryAfter?: number;
    }
  /** A gateway's answer, which is not JSON. */
  | { readonly garbage: string }
  /** The line breaks: before anything happened, or after it happened but before the answer. */
  | { readonly drop: 'request' | 'answer' }
  /** Nothing ever comes back. */
  | { readonly hang: true }
) & {
  /** How many calls it meets; 1 by default. */
  readonly times?: number;
};

export interface InjectedFailure {
  /** In lower case; `*` meets every method. */
  readonly method: string;
  readonly failure: Failure;
  left: number;
}

export interface FrontDeps {
  readonly world: World;
  readonly updates: UpdateQueue;
  readonly failures: InjectedFailure[];
}

export async function serve(deps: FrontDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const closed = new AbortController();
  response.on('close', () => closed.abort());
  const url = new URL(request.url ?? '/', 'http://localhost');
  const [, token = '', name = ''] = /^\/bot([^/]*)\/([^/]*)$/.exec(url.pathname) ?? [];
  const body = await readBody(request);
  const result = await answerOf(
    deps,
    url,
    decodeURIComponent(token),
    name,
    request.headers['content-type'] ?? '',
    body,
    closed.signal,
  );
  if (result === 'dropped') return void request.socket.destroy();
  if (result === 'hanging') return;
  const garbage = typeof result === 'string';
  response.writeHead(garbage ? 502 : (result.error_code ?? 200), { 'content-type': garbage ? 'text/html' : 'application/json' });
  response.end(garbage ? result : JSON.stringify(result));
}

interface Envelope {
  readonly ok: boolean;
  readonly result?: unknown;
  readonly error_code?: number;
  readonly description?: string;
  readonly parameters?: { readonly retry_after: number };
}

async function answerOf(
  { world, updates, failures }: FrontDeps,
  url: URL,
  token: string,
  name: string,
  contentType: string,
  body: Buffer,
  closed: AbortSignal,
): Promise<Envelope | string> {
  if (!/^\d+:[\w-]+$/.test(token)) return refuse(new Refusal(404, 'Not Found'));
  if (token !== world.token) return refuse(new Refusal(401, 'Unauthorized'));
  try {
    const params = { ...Object.fromEntries(url.searchParams), ...(await readParams(contentType, body)) };
    world.calls.push({ method: name, params });
    const failure = takeFailure(failures, name.toLowerCase());
    world.changed();
    if (failure !== null && 'hang' in failure) return 'hanging';
    if (failure !== null && 'garbage' in failure) return failure.garbage;
    if (failure !== null && 'code' in failure) {
      throw new Refusal(failure.code, failure.description ?? defaultDescription(failure), failure.retryAfter);
    }
    if (failure !== null && failure.drop === 'request') return 'dropped';
    const method = METHODS.get(name.toLowerCase());
    if (method === undefined) throw new Refusal(404, 'Not Found: method not found');
    const result: unknown = await method({ world, updates, closed }, params);
    return failure === null ? { ok: true, result } : 'dropped';
  } catch (error) {
    return refuse(error instanceof Refusal ? error : new Refusal(400, `Bad Request: ${String(error)}`));
  }
}

function takeFailure(failures: InjectedFailure[], method: string): Failure | null {
  const injected = failures.find((candidate) => candidate.left > 0 && (candidate.method === '*' || candidate.method === method));
  if (injected === undefined) return null;
  injected.left -= 1;
  return injected.failure;
}

function defaultDescription({ code, retryAfter }: { readonly code: number; readonly retryAfter?: number }): string {
  if (code === 429) return `Too Many Requests: retry after ${retryAfter ?? 1}`;
  return code >= 500 ? 'Internal Server Error' : 'Bad Request';
}

function refuse({ code, message, retryAfter }: Refusal): Envelope {
  return {
    ok: false,
    error_code: code,
    description: message,
    ...(retryAfter === undefined ? {} : { parameters: { retry_after: retryAfter } }),
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function readParams(contentType: string, body: Buffer): Promise<Record<string, unknown>> {
  if (body.length === 0) return {};
  if (contentType.includes('json')) {
    const value: unknown = JSON.parse(body.toString('utf8'));
    if (!isObject(value)) throw new Refusal(400, "Bad Request: can't parse JSON object");
    return value;
  }
  if (contentType.includes('form')) {
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
    return Object.fromEntries(form);
  }
  throw new Refusal(400, 'Bad Request: unsupported content type');
}
