/**
 * The port between the HTTP server and what it serves: the shape of a route, the health report, and who is at the other end.
 */

import type { Breaker, Upstream } from '../domain/breaker.ts';
import type { ChannelHealth, ChannelName } from './channel.ts';

/** null: not mine, ask the next. */
export type Route = (request: Request) => Promise<Response | null>;

export interface HealthReport {
  /** `degraded`: answers, but a channel is down or no orders are taken. `failing`: nothing can be promised, answered as 503. */
  readonly status: 'ok' | 'degraded' | 'failing';
  /** Before each upstream; unless it is closed, no new orders are taken that need it. */
  readonly breakers: Readonly<Record<Upstream, Breaker['kind']>>;
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

const oldHttp = new WeakSet<Request>();

/** Called by the server for HTTP/1.0. */
export function setOldHttp(request: Request): void {
  oldHttp.add(request);
}

export function isOldHttp(request: Request): boolean {
  return oldHttp.has(request);
}
