/**
 * Owns the addresses at which upstreams tell us something: the airtime provider's webhooks, and M-Pesa's callbacks, which name their
 * order. The secret in each is the only lock (that of callbacks is another one for every order), so a wrong one looks like any path that does not exist. The body is handed on as it
 * came: what cannot be read is kept for a person to look at, never turned away.
 */

import { createHash, timingSafeEqual } from 'node:crypto';
import type { Log } from '../lib/log.ts';
import { readBody } from '../lib/body.ts';
import { orderOfCallback } from './callback-path.ts';
import { plainAnswer } from './plain-answers.ts';

export const MAX_WEBHOOK_BYTES = 64 * 1024;

/** Resolves when the webhook is durable; a rejection makes the provider send it again. */
export type OnWebhook = (raw: string, contentType: string | null) => Promise<void>;

/** The same for a callback about the payment of an order. Whether there is such an order is not known here. */
export type OnPaymentCallback = (reference: string, raw: string) => Promise<void>;

export interface WebhookSettings {
  readonly onWebhook: OnWebhook;
  /** Null: no address of webhooks at all. */
  readonly topupsWebhookSecret: string | null;
  /** Null: nobody wants to hear of payments, and there is no address for callbacks. */
  readonly onPaymentCallback: OnPaymentCallback | null;
  /** Makes the address of each order's callbacks; null: there is none. */
  readonly darajaCallbackSecret: string | null;
  readonly log: Log;
}

const WEBHOOKS = '/webhooks/topups/';

/** Null: the path leads to none of the addresses. */
export async function takeWebhook(request: Request, path: string, settings: WebhookSettings): Promise<Response | null> {
  const { topupsWebhookSecret, onWebhook, darajaCallbackSecret, onPaymentCallback, log } = settings;
  const pathname = path.replace(/\/$/, '');
  if (pathname.startsWith(WEBHOOKS)) {
    if (!isSecret(pathname.slice(WEBHOOKS.length), topupsWebhookSecret)) return null;
    return take(request, log, 'a webhook of the airtime provider', { ok: true }, (raw) =>
      onWebhook(raw, request.headers.get('content-type')),
    );
  }
  const reference = orderOfCallback(pathname, darajaCallbackSecret);
  if (reference === null || onPaymentCallback === null) return null;
  return take(request, log, 'a callback of M-Pesa', { ResultCode: 0, ResultDesc: 'Accepted' }, (raw) =>
    onPaymentCallback(reference, raw),
  );
}

/** Compares digests, so that neither content nor length shows in the time it takes. */
function isSecret(given: string, secret: string | null): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return secret !== null && timingSafeEqual(digest(given), digest(secret));
}

/** 200 when it is durable, 503 when it could not be written down, 413 over 64 KB, 405 for anything but POST. */
async function take(
  request: Request,
  log: Log,
  what: string,
  taken: object,
  handOn: (raw: string) => Promise<void>,
): Promise<Response> {
  if (request.method !== 'POST') return plainAnswer('wrong_method', request, { allow: 'POST' });
  const body = await readBody(request, MAX_WEBHOOK_BYTES);
  if (!body.ok) {
    log.warn({ problem: body.error }, `http: ${what} could not be read`);
    return plainAnswer(body.error === 'too_large' ? 'too_large' : 'malformed', request);
  }
  try {
    await handOn(body.value);
  } catch (error) {
    log.error({ error }, `http: ${what} could not be written down; it has to come again`);
    return plainAnswer('not_now', request, { 'retry-after': '30' });
  }
  return new Response(JSON.stringify(taken), { headers: { 'content-type': 'application/json; charset=utf-8' } });
}
