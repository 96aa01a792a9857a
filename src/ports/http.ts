/**
 * The port between the HTTP server and what it serves: the shape of a route, the health report, who is at the other end, and
 * how a body is read without letting anyone fill the memory.
 */

import type { Breaker } from '../domain/breaker.ts';
import { err, ok, type Result } from '../lib/result.ts';
import type { ChannelHealth, ChannelName } from './channel.ts';

/** null: not mine, ask the next. */
export type Route = (request: Request) => Promise<Response | null>;

export interface HealthReport {
  /** `degraded`: answers, but a channel is down or no orders are taken. `failing`: nothing can be promised, answered as 503. */
  readonly status: 'ok' | 'degraded' | 'failing';
  /** The breaker before the airtime provider; unless it is closed, no new orders are taken. */
  readonly breaker: Breaker['kind'];
  readonly store: 'ok' | 'failing';
  /** `stopped`: by an operator; no new orders are taken. */
  readonly sales: 'open' | 'stopped';
  readonly channels: Readonly<Partial<Record<ChannelName, ChannelHealth['state']>>>;
  readonly version: string;
}

const addresses = new WeakMap<Request, string>();

/** Called by the server. Kept beside the request and not in a header, which anybody could have sent. */
export function setClientIp(request: Request, ip: string): void {
  addresses.set(request, ip);
}

/** The address of the person's side, or null when the request did not come over a socket. */
export function clientIp(request: Request): string | null {
  return addresses.get(request) ?? null;
}

export type BodyProblem = 'too_large' | 'broken_off';

/** Reads at most `maxBytes` as UTF-8 (a byte order mark is dropped); stops reading as soon as there is more. */
export async function readBody(request: Request, maxBytes: number): Promise<Result<string, BodyProblem>> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) return err('too_large');
  if (request.body === null) return ok('');
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of request.body as ReadableStream<Uint8Array>) {
      size += part.byteLength;
      if (size > maxBytes) return err('too_large');
      parts.push(part);
    }
  } catch {
    return err('broken_off');
  }
  return ok(new TextDecoder().decode(Buffer.concat(parts)));
}
