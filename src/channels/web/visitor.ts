/**
 * Owns who a web visitor is: a random token in a cookie that scripts cannot read. The token itself is never stored; `chat` is
 * its keyed hash. Tokens are signed, so that nobody can make up thousands of visitors without asking us.
 */

import { createHmac, timingSafeEqual } from 'node:crypto';
import { randomToken } from '../../lib/random.ts';

/** Browsers keep a cookie for 400 days at most; every visit starts them anew. */
const MAX_AGE_S = 400 * 24 * 3600;
const COOKIE = 'jaza_visitor';

export interface Visitors {
  /** The chat of the visitor whose cookie came with the request, or null: none, or not one of ours. */
  chatOf(request: Request): string | null;
  /** The Set-Cookie line that keeps the visitor, or makes a new one. */
  keepOrMake(request: Request): { readonly setCookie: string; readonly isNew: boolean };
}

/** Throws when `publicUrl` is no address: better at the start than at the first visit. */
export function createVisitors(secretKey: string | Uint8Array, publicUrl: string | null): Visitors {
  const known = publicUrl === null ? null : new URL(publicUrl);
  const keyed = (purpose: string, token: string): string =>
    createHmac('sha256', secretKey).update(`web-${purpose}/${token}`).digest('base64url').slice(0, 22);

  const tokenOf = (request: Request): string | null => {
    const value = cookie(request, cookieName(isSecure(request, known)));
    const parts = /^([\w-]{22})\.([\w-]{22})$/.exec(value ?? '');
    const [, token, signature] = parts ?? [];
    if (token === undefined || signature === undefined) return null;
    return timingSafeEqual(Buffer.from(signature), Buffer.from(keyed('signature', token))) ? token : null;
  };

  return {
    chatOf(request) {
      const token = tokenOf(request);
      return token === null ? null : keyed('chat', token);
    },
    keepOrMake(request) {
      const kept = tokenOf(request);
      const token = kept ?? randomToken(16);
      const secure = isSecure(request, known);
      const attributes = `Path=/; Max-Age=${MAX_AGE_S}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
      return { setCookie: `${cookieName(secure)}=${token}.${keyed('signature', token)}; ${attributes}`, isNew: kept === null };
    },
  };
}

/** The `__Host-` prefix keeps a neighbouring subdomain from setting it; browsers accept it over https only. */
function cookieName(secure: boolean): string {
  return secure ? `__Host-${COOKIE}` : COOKIE;
}

/** The server itself speaks http; https is known by the public address that the person used. */
function isSecure(request: Request, known: URL | null): boolean {
  const url = new URL(request.url);
  if (url.protocol === 'https:') return true;
  return known?.protocol === 'https:' && known.host === (request.headers.get('host') ?? url.host);
}

export function cookie(request: Request, name: string): string | null {
  for (const pair of (request.headers.get('cookie') ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return null;
}
