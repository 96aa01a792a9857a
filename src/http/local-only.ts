/**
 * Owns the fence around pages that are for this machine alone: the pairing page, the simulated phone, a web chat that was not
 * opened to the world. A proxy in front of us makes every request come from loopback, so what a proxy adds counts as foreign.
 */

import type { Route } from '../ports/http.ts';
import { clientIp, isOldHttp } from '../ports/http.ts';
import { isLoopback } from './hosts.ts';

/** What proxies, tunnels and content networks add, by name or by habit. */
const PROXIED = /^(?:x-forwarded.*|x-original-.*|forwarded|via|x-real-ip|x-scheme|true-client-ip|cf-.*|cdn-loop|.*-client-ip)$/;

/** Answers as if the page did not exist, to everyone but this machine. */
export function localOnly(route: Route): Route {
  return (request) => (isLocal(request) ? route(request) : Promise.resolve(null));
}

function isLocal(request: Request): boolean {
  const ip = clientIp(request);
  const host = new URL(request.url).hostname;
  return (ip === null || isLoopback(ip)) && isLoopback(host) && !isProxied(request);
}

/** HTTP/1.0, which the server marks, is what a proxy speaks by default; no browser does. */
function isProxied(request: Request): boolean {
  return isOldHttp(request) || [...request.headers.keys()].some((header) => PROXIED.test(header));
}
