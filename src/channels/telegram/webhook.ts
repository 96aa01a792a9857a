/**
 * Owns the webhook: sets it, watches over it, and takes its deliveries in. Telegram hears 200 only when the update is durable;
 * to anything else it delivers again, so no update is ever confirmed unsaved.
 */

import { timingSafeEqual, createHash } from 'node:crypto';
import type { Log } from '../../lib/log.ts';
import type { ChannelHealth } from '../../ports/channel.ts';
import { ALLOWED_UPDATES, forGrammy } from './api.ts';
import { updateIdOf } from './intake.ts';
import { delayAfter, pause } from './pause.ts';
import type { LoopDeps } from './polling.ts';
import { CANNOT_SAVE, healthOf, troubleOf } from './trouble.ts';

export const WEBHOOK_PATH = '/webhooks/telegram';

/**
 * The largest update holds two texts of 4,096 characters (the message and the one it answers), six bytes each when escaped,
 * with up to a hundred entities each; four times that is left as room.
 */
const LARGEST_BODY_BYTES = 256 * 1024;

export interface WebhookAddress {
  readonly url: string;
  readonly secret: string;
}

export type KeeperDeps = Omit<LoopDeps, 'intake'> & { readonly health: () => ChannelHealth };

/** Sets the webhook, then looks after it until the signal aborts; never rejects. It stays set when we stop: Telegram keeps what comes. */
export async function keepWebhook(deps: KeeperDeps, address: WebhookAddress, signal: AbortSignal): Promise<void> {
  const { clock, timing, log } = deps;
  let set = false;
  let failures = 0;
  while (!signal.aborted) {
    try {
      const api = await deps.apis.caller();
      if (!set) {
        await api.setWebhook(address.url, { secret_token: address.secret, allowed_updates: ALLOWED_UPDATES }, forGrammy(signal));
        set = true;
        deps.onReached();
        deps.report({ state: 'up' });
      } else {
        set = await check(deps, address, signal);
        if (!set) continue;
      }
      failures = 0;
      await pause(clock, timing.webhookCheckMs, signal);
    } catch (error) {
      if (signal.aborted) return;
      const trouble = troubleOf(error);
      failures += 1;
      log.warn({ trouble, failures }, 'telegram: the webhook could not be set or checked');
      deps.report(healthOf(trouble));
      await pause(clock, delayAfter(trouble, failures, timing), signal);
    }
  }
}

/** False: it is no longer ours. Deliveries that fail while others wait are the operator's business: DNS, certificate, proxy. */
async function check(deps: KeeperDeps, address: WebhookAddress, signal: AbortSignal): Promise<boolean> {
  const info = await (await deps.apis.caller()).getWebhookInfo(forGrammy(signal));
  if (info.url !== address.url) {
    deps.log.error({}, 'telegram: another program has changed the webhook, setting it again');
    return false;
  }
  // Only a message that was saved proves the contrary; and Telegram's error is then our own 503.
  if (deps.health() === CANNOT_SAVE) return true;
  if (info.pending_update_count > 0 && info.last_error_message !== undefined) {
    deps.report({
      state: 'down',
      why: `Telegram cannot deliver: ${info.last_error_message}`,
      remedy: 'Check that PUBLIC_URL leads here from the internet, with a valid certificate.',
    });
  } else deps.report({ state: 'up' });
  return true;
}

/** Resolves when the updates are durable; rejects when they could not be saved. */
export type Receiver = (updates: readonly unknown[]) => Promise<void>;

/**
 * Null: not for us. 401 for a wrong secret, before a byte of the body is read; 405, 413 and 400 for what Telegram never sends;
 * 503 when the update could not be saved or we are not running, so that it is delivered again.
 */
export async function receive(request: Request, secret: string, receiver: Receiver | null, log: Log): Promise<Response | null> {
  if (new URL(request.url).pathname !== WEBHOOK_PATH) return null;
  if (request.method !== 'POST') return answer(405, 'POST only');
  if (!equalInConstantTime(request.headers.get('x-telegram-bot-api-secret-token') ?? '', secret))
    return answer(401, 'wrong secret');
  const body = await readCapped(request, LARGEST_BODY_BYTES);
  if (body === null) return answer(413, 'too large');
  const update = parse(body);
  if (updateIdOf(update) === null) return answer(400, 'not an update');
  if (receiver === null) return answer(503, 'not running');
  try {
    await receiver([update]);
  } catch (error) {
    log.error({ error }, 'telegram: an update could not be saved, it will come again');
    return answer(503, 'not saved');
  }
  return answer(200, 'ok');
}

function answer(status: number, text: string): Response {
  return new Response(text, { status, headers: { 'content-type': 'text/plain; charset=utf-8' } });
}

/** Hashes first: the compare then takes the same time whatever the lengths are. */
function equalInConstantTime(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** Null when the body is longer than allowed, whatever its header says, or breaks off. */
async function readCapped(request: Request, mostBytes: number): Promise<string | null> {
  if (request.body === null) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of request.body) {
      size += chunk.byteLength;
      if (size > mostBytes) return null;
      chunks.push(chunk);
    }
  } catch {
    return null;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
