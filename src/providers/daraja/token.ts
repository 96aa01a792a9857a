/**
 * Owns the access token of Daraja: fetched when it is needed, by one request at a time, and kept until shortly before it expires or
 * until it is refused. It is never logged and never part of a report.
 */

import { z } from 'zod';
import type { Clock, Instant } from '../../lib/clock.ts';
import { singleGet } from '../../lib/single-post.ts';
import { failureOf } from './answer.ts';
import { readObject, word } from './document.ts';
import { withoutSecrets } from './secrets.ts';

export interface TokenOptions {
  readonly baseUrl: string;
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

export type TokenOutcome =
  /** `fresh`: fetched for whoever is asking now. */
  | { readonly kind: 'token'; readonly token: string; readonly fresh: boolean }
  /** A clear no: the consumer key and secret are not accepted. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | { readonly kind: 'none'; readonly why: string };

export interface Tokens {
  /** Never rejects. */
  get(): Promise<TokenOutcome>;
  /** The next call fetches another one. */
  takeAway(token: string): void;
}

/** A token must outlive the request that it is sent with. */
const MARGIN_MS = 60_000;

const grant = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]{1,4000}$/),
  // Without it the token serves once.
  expires_in: word.pipe(z.string().regex(/^\d{1,7}$/)).catch('0'),
});

export function createTokens(options: TokenOptions): Tokens {
  const { clock } = options;
  let kept: { readonly token: string; readonly from: Instant; readonly until: Instant } | null = null;
  let fetching: Promise<TokenOutcome> | null = null;

  const fetchOne = async (): Promise<TokenOutcome> => {
    const asked = clock.now();
    const outcome = await askForToken(options);
    if (outcome.kind !== 'token') return outcome;
    kept = { token: outcome.token, from: asked, until: asked + outcome.expiresInMs - MARGIN_MS };
    return { kind: 'token', token: outcome.token, fresh: true };
  };

  return {
    get: async () => {
      const now = clock.now();
      // A clock that was set back would keep it for too long.
      if (kept !== null && now >= kept.from && now < kept.until) return { kind: 'token', token: kept.token, fresh: false };
      fetching ??= fetchOne().finally(() => (fetching = null));
      return fetching;
    },
    takeAway: (token) => {
      if (kept?.token === token) kept = null;
    },
  };
}

type Grant =
  { readonly kind: 'token'; readonly token: string; readonly expiresInMs: number } | Exclude<TokenOutcome, { kind: 'token' }>;

async function askForToken({ baseUrl, consumerKey, consumerSecret, timeoutMs }: TokenOptions): Promise<Grant> {
  const credentials = Buffer.from(`${consumerKey}:${consumerSecret}`).toString('base64');
  const answer = await singleGet({
    url: `${baseUrl}/oauth/v1/generate?grant_type=client_credentials`,
    headers: { Accept: 'application/json', Authorization: `Basic ${credentials}` },
    timeoutMs,
  });
  const outcome = withoutSecrets(answer, { credentials, 'consumer secret': consumerSecret });
  if (outcome.kind !== 'answered') return { kind: 'none', why: `no access token: ${outcome.why}` };
  const document = readObject(outcome.body);
  // Wrong credentials are answered 400, and often without a word.
  if (outcome.status === 400 || outcome.status === 401) {
    const failed = failureOf(document);
    const message = failed === null || failed.message === '' ? 'The consumer key or secret was not accepted' : failed.message;
    return { kind: 'refused', code: failed?.code ?? String(outcome.status), message };
  }
  const granted = grant.safeParse(document);
  if (outcome.status !== 200 || !granted.success) return { kind: 'none', why: `no access token: HTTP ${outcome.status}` };
  return {
    kind: 'token',
    token: granted.data.access_token,
    expiresInMs: Number(granted.data.expires_in) * 1000,
  };
}
