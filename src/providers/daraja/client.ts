/**
 * Owns M-Pesa's STK push (Daraja) behind the port: one POST for each prompt, a question that moves nothing, and the reading of
 * callbacks. It never repeats a push; all that it keeps is the access token.
 */

import { probe, singlePost, type PostOutcome } from '../../lib/single-post.ts';
import type { PaymentAnswer, PaymentProvider, PaymentReport, PaymentStatus } from '../../ports/payment-provider.ts';
import { readPush, readStatus, tokenRefused } from './answer.ts';
import { readCallback } from './callback.ts';
import { pushBody, queryBody, signatureOf, type Merchant, type Signature } from './request.ts';
import { withoutSecrets } from './secrets.ts';
import { createTokens, type TokenOptions } from './token.ts';

/** `timeoutMs`: for fetching the token, and again for the request itself. */
export interface DarajaOptions extends TokenOptions, Merchant {}

/** A push without a token is `not_sent`: nothing of it left. */
export function createDaraja(options: DarajaOptions): PaymentProvider {
  const baseUrl = options.baseUrl.replace(/\/+$/, '');
  const { clock, timeoutMs } = options;
  const tokens = createTokens({ ...options, baseUrl });

  const post = async (path: string, token: string, written: (signature: Signature) => string): Promise<PostOutcome> => {
    const signature = signatureOf(options, clock.now());
    const headers = { Accept: 'application/json', Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
    const outcome = withoutSecrets(await singlePost({ url: `${baseUrl}${path}`, headers, body: written(signature), timeoutMs }), {
      token,
      password: signature.Password,
      passkey: options.passkey,
      'consumer secret': options.consumerSecret,
    });
    if (outcome.kind === 'answered' && tokenRefused(outcome)) tokens.takeAway(token);
    return outcome;
  };

  return {
    name: 'daraja',
    async request(payment): Promise<PaymentReport<PaymentAnswer>> {
      const held = await tokens.get();
      if (held.kind === 'refused')
        return { answer: { kind: 'refused', code: held.code, message: held.message, ours: true }, raw: null };
      if (held.kind === 'none') return { answer: { kind: 'not_sent', why: held.why }, raw: null };
      const posted = await post('/mpesa/stkpush/v1/processrequest', held.token, (signature) =>
        pushBody(options, payment, signature),
      );
      if (posted.kind === 'not_sent') return { answer: { kind: 'not_sent', why: posted.why }, raw: null };
      if (posted.kind === 'lost') return { answer: { kind: 'unknown', why: posted.why }, raw: null };
      return { answer: readPush(posted, held.fresh), raw: posted.body };
    },
    async status(upstreamReference): Promise<PaymentReport<PaymentStatus>> {
      const held = await tokens.get();
      if (held.kind !== 'token')
        return { answer: { kind: 'unknown', why: held.kind === 'none' ? held.why : held.message }, raw: null };
      const posted = await post('/mpesa/stkpushquery/v1/query', held.token, (signature) =>
        queryBody(upstreamReference, signature),
      );
      if (posted.kind !== 'answered') return { answer: { kind: 'unknown', why: posted.why }, raw: null };
      return { answer: readStatus(upstreamReference, posted), raw: posted.body };
    },
    parseCallback: readCallback,
    probe: () => probe(baseUrl, timeoutMs),
  };
}
