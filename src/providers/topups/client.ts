/**
 * Owns the airtime provider TopUps (airtime-api.txt) behind the port: one POST per purchase, what its answer means, and the
 * reading of webhooks. It never repeats a call, and it keeps no state.
 */

import { probe, singlePost } from '../../lib/single-post.ts';
import type { AirtimeProvider, PurchaseReport } from '../../ports/airtime-provider.ts';
import { readAnswer } from './answer.ts';
import { CONTENT_TYPES, requestBody, type WireFormat } from './request.ts';
import { readWebhook } from './webhook.ts';

export interface TopupsOptions {
  /** Scheme, host, and path up to `/api`, as in `https://app.topups.co.ke`. */
  readonly baseUrl: string;
  readonly token: string;
  readonly format: WireFormat;
  /** For the whole call, from name look-up to the last byte of the answer. */
  readonly timeoutMs: number;
}

/** `buy` is `not_sent` only when the failure came before the connection stood, see lib/single-post.ts. */
export function createTopups(options: TopupsOptions): AirtimeProvider {
  const url = `${options.baseUrl.replace(/\/+$/, '')}/api/buy_airtime`;
  const headers = {
    Accept: CONTENT_TYPES[options.format],
    Authorization: `Bearer ${options.token}`,
    'Content-Type': CONTENT_TYPES[options.format],
  };
  return {
    name: 'topups',
    buy: async (purchase): Promise<PurchaseReport> => {
      const body = requestBody(purchase, options.format);
      const outcome = await singlePost({ url, headers, body, timeoutMs: options.timeoutMs });
      if (outcome.kind === 'not_sent') return { answer: { kind: 'not_sent', why: outcome.why }, raw: null };
      if (outcome.kind === 'lost') return { answer: { kind: 'unknown', why: outcome.why }, raw: null };
      return { answer: readAnswer(purchase, outcome.status, outcome.body), raw: outcome.body };
    },
    parseWebhook: (raw) => Promise.resolve(readWebhook(raw)),
    probe: () => probe(url, options.timeoutMs),
  };
}
