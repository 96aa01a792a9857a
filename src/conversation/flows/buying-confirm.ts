/**
 * Owns what every confirmation says beside its values: that the payer usually pays otherwise, that the same was bought before, and what
 * will happen at the yes.
 */

import type { Msisdn } from '../../domain/msisdn.ts';
import { networkOf, paymentNetworkOf, type PaymentNetwork } from '../../domain/networks.ts';
import type { Order } from '../../domain/order.ts';
import { isUnsettled } from '../order-talk.ts';
import type { Phrase } from '../reply.ts';
import type { Surroundings } from '../surroundings.ts';

/** The same purchase again within this time is said to be one, and allowed. */
const SAME_AGAIN_MS = 10 * 60_000;

/** An order like this one that may still be paid for, or was delivered a short while ago. */
export function sameBefore(around: Surroundings, isLike: (order: Order) => boolean): Order | null {
  const same = around.orders.filter(isLike);
  const recent = ({ state, createdAt }: Order): boolean => state === 'delivered' && around.now - createdAt < SAME_AGAIN_MS;
  return same.find((order) => isUnsettled(order)) ?? same.find((order) => recent(order)) ?? null;
}

/** What a person may want to know before the yes. `same`: see `sameBefore`. */
export function worthKnowing(
  {
    payer,
    paymentNetwork,
    same,
  }: { readonly payer: Msisdn; readonly paymentNetwork: PaymentNetwork; readonly same: Order | null },
  around: Surroundings,
): Phrase[] {
  const parts: Phrase[] = [];
  const usual = paymentNetworkOf(networkOf(payer, around.knowledge.ranges));
  if (usual !== null && usual !== paymentNetwork)
    parts.push({ key: 'buying:network-mismatch', params: { payer: { msisdn: payer }, usual, paymentNetwork } });
  if (same !== null && isUnsettled(same)) {
    parts.push({ key: 'buying:same-open', params: { reference: same.reference } });
  } else if (same !== null) {
    const minutes = Math.max(1, Math.round((around.now - same.createdAt) / 60_000));
    parts.push({ key: 'buying:same-again', params: { count: minutes } });
  }
  return parts;
}

/** `repeated`: shown before just as it is. */
export function goAhead(payer: Msisdn, simulated: boolean, repeated: boolean): Phrase {
  if (repeated) return { key: simulated ? 'buying:go-ahead-again-simulated' : 'buying:go-ahead-again' };
  return { key: simulated ? 'buying:go-ahead-simulated' : 'buying:go-ahead', params: { payer: { msisdn: payer } } };
}

/** What is said at the yes. */
export function placedPhrase({
  reference,
  payer,
  paymentNetwork,
}: Pick<Order, 'reference' | 'payer' | 'paymentNetwork'>): Phrase {
  return { key: 'buying:placed', params: { reference, payer: { msisdn: payer }, paymentNetwork } };
}
