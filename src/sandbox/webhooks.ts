/**
 * Owns the webhooks that the simulated upstream sends: how they leave, and which are still on their way. One that fails is
 * logged and not repeated, because nothing is known of the real upstream repeating any.
 */

import type { Log } from '../lib/log.ts';
import { singlePost } from '../lib/single-post.ts';

/** Resolves when it was answered; rejects when it was not taken. */
export type SendWebhook = (raw: string, contentType: string) => Promise<void>;

export interface Webhooks {
  /** Resolves when all of them were answered, one after the other. Never rejects. */
  send(raws: readonly string[], contentType: string): Promise<void>;
  /** Resolves when none is on its way. */
  settled(): Promise<void>;
}

const TIMEOUT_MS = 10_000;

/** Sends by HTTP, as the real upstream does. Rejects unless the answer is 2xx. */
export function postWebhook(url: string): SendWebhook {
  return async (raw, contentType) => {
    const outcome = await singlePost({ url, headers: { 'Content-Type': contentType }, body: raw, timeoutMs: TIMEOUT_MS });
    if (outcome.kind !== 'answered') throw new Error(`the webhook was not taken: ${outcome.why}`);
    if (outcome.status < 200 || outcome.status > 299) throw new Error(`the webhook was answered HTTP ${outcome.status}`);
  };
}

/** Null: the shop has no address for webhooks, and none are sent. */
export function createWebhooks(sendWebhook: SendWebhook | null, log: Log): Webhooks {
  const inFlight = new Set<Promise<void>>();

  const deliver = async (raws: readonly string[], contentType: string): Promise<void> => {
    for (const raw of sendWebhook === null ? [] : raws) {
      try {
        await sendWebhook?.(raw, contentType);
      } catch (error) {
        log.warn({ error }, 'sandbox: a webhook was lost');
      }
    }
  };

  return {
    send: async (raws, contentType) => {
      const delivery = deliver(raws, contentType);
      inFlight.add(delivery);
      await delivery;
      inFlight.delete(delivery);
    },
    settled: async () => {
      while (inFlight.size > 0) await Promise.all(inFlight);
    },
  };
}
