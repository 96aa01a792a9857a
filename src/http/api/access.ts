/**
 * Owns who may use the API: a key in `Authorization: Bearer`, what that key may do, which app's wallets it reaches, and how often. Only
 * digests of keys are known here, so the time that a comparison takes tells nothing.
 */

import type { Buyer } from '../../domain/tariff.ts';
import type { Clock } from '../../lib/clock.ts';
import { digestOf } from '../../lib/ids.ts';
import { createLimiter } from '../../lib/limiter.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { ApiKey, ApiKeys, ApiScope } from '../../ports/api-keys.ts';
import { clientIp } from '../../ports/http.ts';
import { problem } from './problems.ts';

/** Requests of one key at once, and how long it takes until one more is allowed. */
const BURST = 200;
export const EVERY_MS = 20;
/** The same for an address without a valid key: somebody guesses. */
const GUESSES = 20;
const GUESS_EVERY_MS = 3_000;
const MAX_KEYS = 10_000;

export interface Access {
  /** The key that a request carries, if it may do all of this; otherwise the answer to send. */
  check(request: Request, scopes: readonly ApiScope[]): Promise<Result<ApiKey, Response>>;
}

export function createAccess(keys: Pick<ApiKeys, 'find'>, clock: Clock): Access {
  const uses = createLimiter({ clock, burst: BURST, everyMs: EVERY_MS, maxKeys: MAX_KEYS });
  const guesses = createLimiter({ clock, burst: GUESSES, everyMs: GUESS_EVERY_MS, maxKeys: MAX_KEYS });
  return {
    async check(request, scopes) {
      const token = /^Bearer ([\w-]{20,200})$/i.exec(request.headers.get('authorization') ?? '')?.[1];
      const key = token === undefined ? null : await keys.find(digestOf(token));
      if (key === null || key.revokedAt !== null) {
        const guess = guesses.take(clientIp(request) ?? '');
        return err(guess.ok ? unauthorized() : tooMany(guess.afterMs));
      }
      const use = uses.take(key.name);
      if (!use.ok) return err(tooMany(use.afterMs));
      const missing = scopes.filter((scope) => !key.scopes.includes(scope));
      if (missing.length > 0) return err(lacks(missing.join(', ')));
      return ok(key);
    },
  };
}

export function lacks(scope: string): Response {
  return problem('forbidden', `This API key lacks the scope ${scope}.`);
}

/** Whose wallet a request is about. A key of an app reaches that app's only; any other app in the request is refused. */
export function ownerOf(
  key: ApiKey,
  asked: { readonly userId: string; readonly appId?: string | undefined },
): Result<Buyer, Response> {
  const app = appOf(key, asked.appId);
  return app.ok ? ok({ appId: app.value, userId: asked.userId }) : app;
}

export function appOf(key: ApiKey, asked: string | undefined): Result<string | null, Response> {
  if (key.appId === null || asked === undefined || asked === key.appId) return ok(key.appId ?? asked ?? null);
  return err(problem('forbidden', 'This API key belongs to another app.'));
}

function unauthorized(): Response {
  return problem('unauthorized', 'Send the key that `jaza api-key create` printed, as Authorization: Bearer <key>.', {
    headers: { 'www-authenticate': 'Bearer' },
  });
}

function tooMany(afterMs: number): Response {
  const seconds = Math.max(1, Math.ceil(afterMs / 1_000));
  return problem('too_many_requests', `Try again in ${seconds} s.`, { headers: { 'retry-after': String(seconds) } });
}
