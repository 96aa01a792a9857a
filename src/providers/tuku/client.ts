/**
 * Owns a remote SMS wallet (sms-wallet-api.txt) behind the port: one request for each call, what its answer means, and no state. A
 * top-up carries the order's reference as its transactionId; it is never repeated from here.
 */

import type { Buyer } from '../../domain/tariff.ts';
import { probe, singleGet, singlePost, type PostOutcome } from '../../lib/single-post.ts';
import type { RemoteThresholds, WalletServer } from '../../ports/wallet-server.ts';
import { readBalance, readPrice, readThreshold, readTopUp } from './answer.ts';

export interface TukuOptions {
  /** Scheme, host, and path up to `/api`. */
  readonly baseUrl: string;
  readonly apiKey: string;
  /** For a whole call, from name look-up to the last byte of the answer. */
  readonly timeoutMs: number;
}

export function createTuku({ baseUrl, apiKey, timeoutMs }: TukuOptions): WalletServer & RemoteThresholds {
  const api = `${baseUrl.replace(/\/+$/, '')}/api`;
  const root = `${api}/sms-wallet`;
  const headers = { Accept: 'application/json, application/problem+json', Authorization: `Bearer ${apiKey}` };
  const post = async (path: string, fields: object): Promise<PostOutcome> =>
    withoutKey(
      await singlePost({
        url: `${root}/${path}`,
        headers: { ...headers, 'Content-Type': 'application/json' },
        body: JSON.stringify(fields),
        timeoutMs,
      }),
    );
  // Some refusals repeat the key, and what is read here is told and kept.
  const withoutKey = (outcome: PostOutcome): PostOutcome =>
    outcome.kind === 'answered' ? { ...outcome, body: outcome.body.replaceAll(apiKey, '[key]') } : outcome;
  return {
    name: 'tuku',
    async balance(owner) {
      const query = new URLSearchParams(ownerFields(owner)).toString();
      const get = async (url: string) => withoutKey(await singleGet({ url: `${url}?${query}`, headers, timeoutMs }));
      const reading = readBalance(owner, await get(`${root}/balance`));
      if (reading.kind !== 'no_wallet') return reading;
      const priced = await get(`${api}/sms-costs/current`);
      return priced.kind === 'answered'
        ? { kind: 'no_wallet', milliKes: readPrice(owner, priced) }
        : { kind: 'unknown', why: priced.why };
    },
    async topUp(paid) {
      const outcome = await post('topup', {
        ...ownerFields(paid.owner),
        purchaseAmount: paid.amountKes,
        paymentMethod: paid.paymentMethod,
        paymentReference: paid.paymentReference,
        paymentStatus: 'success',
        transactionId: paid.reference,
        topupDate: new Date(paid.orderedAt).toISOString(),
      });
      return { answer: readTopUp(paid, outcome), raw: outcome.kind === 'answered' ? outcome.body : null };
    },
    async setThreshold({ owner, units, ...how }) {
      return readThreshold(await post('set-threshold', { ...ownerFields(owner), thresholdAmount: units, ...how }));
    },
    probe: () => probe(root, timeoutMs),
  };
}

function ownerFields({ appId, userId }: Buyer): Record<string, string> {
  return appId === null ? { userId } : { userId, appId };
}
