/**
 * Owns the address of the airtime provider's webhooks. Its secret is the only lock, so a wrong one looks like any path that
 * does not exist. The body is handed on as it came: what cannot be read is kept for a person to look at, never turned away.
 */

import { createHash, timingSafeEqual } from 'node:crypto';
import type { Log } from '../lib/log.ts';
import { readBody } from '../lib/body.ts';
import { plainAnswer } from './plain-answers.ts';

export const MAX_WEBHOOK_BYTES = 64 * 1024;

/** Resolves when the webhook is durable; a rejection makes the provider send it again. */
export type OnWebhook = (raw: string, contentType: string | null) => Promise<void>;

const PREFIX = '/webhooks/topups/';

/** True when the path carries the secret. Compares digests, so that neither content nor length shows in the time it takes. */
export function isWebhookPath(pathname: string, secret: string | null): boolean {
  if (secret === null || !pathname.startsWith(PREFIX)) return false;
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(pathname.slice(PREFIX.length).replace(/\/$/, '')), digest(secret));
}

/** 200 when it is durable, 503 when it could not be written down, 413 over 64 KB, 405 for anything but POST. */
export async function takeWebhook(request: Request, onWebhook: OnWebhook, log: Log): Promise<Response> {
  if (request.method !== 'POST') return plainAnswer('wrong_method', request, { allow: 'POST' });
  const body = await readBody(request, MAX_WEBHOOK_BYTES);
  if (!body.ok) {
    log.warn({ problem: body.error }, 'http: a webhook of the airtime provider could not be read');
    return plainAnswer(body.error === 'too_large' ? 'too_large' : 'malformed', request);
  }
  try {
    await onWebhook(body.value, request.headers.get('content-type'));
  } catch (error) {
    log.error({ error }, 'http: a webhook of the airtime provider could not be written down; it has to come again');
    return plainAnswer('not_now', request, { 'retry-after': '30' });
  }
  return new Response(JSON.stringify({ ok: true }), { headers: { 'content-type': 'application/json; charset=utf-8' } });
}
