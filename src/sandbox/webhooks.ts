/**
 * Owns the webhooks and callbacks that the simulated upstreams send: how they leave, and which are still on their way. One that fails
 * is logged and not repeated, because nothing is known of the real upstreams repeating any.
 */

import type { Log } from '../lib/log.ts';
import { singlePost } from '../lib/single-post.ts';
import { isLoopback } from './push-fields.ts';

/** Resolves when it was answered; rejects when it was not taken. */
export type SendWebhook = (raw: string, contentType: string) => Promise<void>;

/** To the address that the push named. Resolves when it was answered; rejects when it was not taken. */
export type SendCallback = (url: string, raw: string) => Promise<void>;

export interface Webhooks {
  /** Resolves when all of them were answered, one after the other. Never rejects. */
  send(raws: readonly string[], deliver: (raw: string) => Promise<void>): Promise<void>;
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

/** The request names where to call, so it calls this machine alone. Rejects unless the answer is 2xx. */
export const postCallback: SendCallback = async (url, raw) => {
  if (!isLoopback(url)) throw new Error('the simulated M-Pesa calls back to this machine alone');
  await postWebhook(url)(raw, 'application/json');
};

export function createWebhooks(log: Log): Webhooks {
  const inFlight = new Set<Promise<void>>();

  const deliverAll = async (raws: readonly string[], deliver: (raw: string) => Promise<void>): Promise<void> => {
    for (const raw of raws) {
      try {
        await deliver(raw);
      } catch (error) {
        log.warn({ error }, 'sandbox: a webhook was lost');
      }
    }
  };

  return {
    send: async (raws, deliver) => {
      const delivery = deliverAll(raws, deliver);
      inFlight.add(delivery);
      await delivery;
      inFlight.delete(delivery);
    },
    settled: async () => {
      while (inFlight.size > 0) await Promise.all(inFlight);
    },
  };
}
