/**
 * Owns how an order begins, whatever it buys: from a confirmed draft, in the chat where the yes was said, before anybody was asked for
 * money.
 */

import { PROMPT_LIVE_MS, type Order } from '../../domain/order.ts';
import type { Draft } from '../session.ts';
import type { Surroundings } from '../surroundings.ts';

/** What it has besides the goods and who pays for them. */
type Beginning = Omit<Order, 'kind' | 'amountKes' | 'payer' | 'paymentNetwork'>;

export function newOrder(draft: Draft, { ids, now, customerId, conversationId }: Surroundings): Beginning {
  return {
    id: ids.id('o'),
    reference: ids.reference(),
    state: 'confirmed',
    customerId,
    conversationId,
    draft: draft.id,
    revision: draft.revision,
    triesNotSent: 0,
    upstreamReference: null,
    promptLiveUntil: now + PROMPT_LIVE_MS,
    createdAt: now,
    changedAt: now,
    version: 1,
  };
}
