/**
 * Owns Fast Message, an SMS gateway of the `/api/services/` family, behind the port of notifiers: one POST per SMS, never repeated.
 * It never uses GET, which would put the API key into addresses and so into the logs of others.
 */

import { parseMsisdn } from '../../domain/msisdn.ts';
import { probe, singlePost, type PostOutcome } from '../../lib/single-post.ts';
import { err, type Result } from '../../lib/result.ts';
import type { Notifier } from '../../ports/notifier.ts';
import { readCreditAnswer, readSmsAnswer } from './answer.ts';

export interface FastMessageOptions {
  /** Scheme, host, and path up to `/api`, as in `https://sms.example.co.ke`. */
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly partnerId: string;
  /** The sender id that recipients see; the gateway calls it shortcode. */
  readonly sender: string;
  /** For a whole call, from name look-up to the last byte of the answer. */
  readonly timeoutMs: number;
}

export interface FastMessage extends Notifier {
  /** What is left on the account, in thousandths of a shilling; the error says why it is not known. */
  credit(): Promise<Result<number, string>>;
}

const HEADERS = { Accept: 'application/json', 'Content-Type': 'application/json' };

/** A `send` may be repeated only after `retry`: nothing of it left, or the gateway said that it took nothing. */
export function createFastMessage({ baseUrl, apiKey, partnerId, sender, timeoutMs }: FastMessageOptions): FastMessage {
  const services = `${baseUrl.replace(/\/+$/, '')}/api/services`;
  const post = (service: string, fields: Readonly<Record<string, string>>): Promise<PostOutcome> => {
    const body = JSON.stringify({ apikey: apiKey, partnerID: partnerId, ...fields });
    return singlePost({ url: `${services}/${service}`, headers: HEADERS, body, timeoutMs });
  };
  return {
    kind: 'sms',
    name: 'fast-message',
    send: async ({ to, text }) => {
      const mobile = parseMsisdn(to);
      if (!mobile.ok) return { kind: 'refused', why: 'not a Kenyan mobile number', ours: false };
      if (text.trim() === '') return { kind: 'refused', why: 'an SMS without words', ours: false };
      const outcome = await post('sendsms', { message: text, shortcode: sender, mobile: mobile.value });
      if (outcome.kind === 'not_sent') return { kind: 'retry', why: outcome.why, afterMs: null };
      if (outcome.kind === 'lost') return { kind: 'unknown', why: outcome.why };
      return readSmsAnswer(mobile.value, outcome.status, outcome.body, apiKey);
    },
    probe: () => probe(services, timeoutMs),
    credit: async () => {
      const outcome = await post('getbalance', {});
      return outcome.kind === 'answered' ? readCreditAnswer(outcome.status, outcome.body, apiKey) : err(outcome.why);
    },
  };
}
