/**
 * Owns the fence around pages that are for this machine alone: the pairing page, the simulated phone, a web chat that was not
 * opened to the world. A proxy in front of us makes every request come from loopback, so what a proxy adds counts as foreign.
 */

import type { Route } from '../ports/http.ts';
import { clientIp } from '../ports/http.ts';
import { isLoopback } from './hosts.ts';

const PROXIED = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'forwarded', 'x-real-ip', 'via'];

/** Answers as if the page did not exist, to everyone but this machine. */
export function localOnly(route: Route): Route {
  return (request) => (isLocal(request) ? route(request) : Promise.resolve(null));
}

function isLocal(request: Request): boolean {
  const ip = clientIp(request);
  const host = new URL(request.url).hostname;
  return (ip === null || isLoopback(ip)) && isLoopback(host) && !PROXIED.some((header) => request.headers.has(header));
}
