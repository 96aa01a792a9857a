/**
 * Owns the flow "buy airtime": whose phone gets how much, who pays with what, and the order it ends in. How each value is read
 * and asked stands in buy-airtime-people.ts and buy-airtime-slots.ts; the words stand in locales/<language>/buy-airtime.json.
 */

import type { Parties } from '../../domain/limits.ts';
import { kes } from '../../domain/money.ts';
import { msisdn, type Msisdn } from '../../domain/msisdn.ts';
import { networkOf, paymentNetworkOf, PAYMENT_NETWORKS, RECIPIENT_NETWORKS, type PaymentNetwork } from '../../domain/networks.ts';
import { PROMPT_LIVE_MS, type AirtimeOrder, type Order } from '../../domain/order.ts';
import { slotText, type Completion, type Flow } from '../flow.ts';
import { isUnsettled } from '../order-talk.ts';
import type { Phrase } from '../reply.ts';
import type { Draft } from '../session.ts';
import type { Surroundings } from '../surroundings.ts';
import { obstacle } from './buy-airtime-guards.ts';
import { networkName } from './buy-airtime-options.ts';
import { payerSlot, recipientSlot } from './buy-airtime-people.ts';
import { amountSlot, paymentNetworkSlot, recipientNetworkSlot } from './buy-airtime-slots.ts';

/** The same purchase again within this time is said to be one, and allowed. */
const SAME_AGAIN_MS = 10 * 60_000;

export const buyAirtime: Flow = {
  name: 'buy-airtime',
  version: 1,
  slots: [recipientSlot, recipientNetworkSlot, amountSlot, payerSlot, paymentNetworkSlot],

  parties(draft): Parties | null {
    const payer = slotText(draft, 'payer');
    const recipient = slotText(draft, 'recipient');
    return payer === null || recipient === null ? null : { payer: msisdn(payer), recipient: msisdn(recipient) };
  },

  closed: ({ salesStopped }) => (salesStopped === null ? null : { key: 'buy-airtime:closed' }),

  confirm(draft, around, repeated) {
    const { recipient, payer, amountKes, paymentNetwork } = values(draft);
    const same = sameBefore(draft, around);
    const notNow = obstacle(values(draft), around);
    const parts: Phrase[] = [
      ...(notNow === null ? [] : [notNow]),
      {
        key: 'buy-airtime:confirm',
        params: {
          amount: { kes: amountKes },
          recipient: { msisdn: recipient },
          network: networkName(slotText(draft, 'recipientNetwork') ?? 'other'),
          payer: { msisdn: payer },
          paymentNetwork,
        },
      },
    ];
    const payersNetwork = paymentNetworkOf(networkOf(payer, around.knowledge.ranges));
    if (payersNetwork !== null && payersNetwork !== paymentNetwork) {
      parts.push({
        key: 'buy-airtime:network-mismatch',
        params: { payer: { msisdn: payer }, usual: payersNetwork, paymentNetwork },
      });
    }
    if (same !== null && isUnsettled(same)) {
      parts.push({ key: 'buy-airtime:same-open', params: { reference: same.reference } });
    } else if (same !== null) {
      const minutes = Math.max(1, Math.round((around.now - same.createdAt) / 60_000));
      parts.push({ key: 'buy-airtime:same-again', params: { count: minutes } });
    }
    if (notNow === null) parts.push(goAhead(payer, around, repeated));
    const other: PaymentNetwork = paymentNetwork === 'M-Pesa' ? 'Airtel Money' : 'M-Pesa';
    return {
      parts,
      yes: { key: yesKey(notNow !== null, same !== null), params: { amount: { kes: amountKes } } },
      quick: [
        { slot: 'paymentNetwork', value: other, label: { key: 'buy-airtime:pay-with', params: { paymentNetwork: other } } },
      ],
    };
  },

  complete(draft, around): Completion {
    const wanted = values(draft);
    if (obstacle(wanted, around) !== null) return { kind: 'refused' };
    const order: AirtimeOrder = {
      id: around.ids.id('o'),
      reference: around.ids.reference(),
      kind: 'airtime',
      state: 'confirmed',
      customerId: around.customerId,
      conversationId: '',
      recipientName: null,
      draft: draft.id,
      revision: draft.revision,
      triesNotSent: 0,
      upstreamReference: null,
      promptLiveUntil: around.now + PROMPT_LIVE_MS,
      createdAt: around.now,
      changedAt: around.now,
      version: 1,
      ...wanted,
    };
    return {
      kind: 'done',
      effects: [{ kind: 'place_order', order }],
      said: {
        key: 'buy-airtime:placed',
        params: { reference: order.reference, payer: { msisdn: order.payer }, paymentNetwork: order.paymentNetwork },
      },
      choices: [],
    };
  },
};

/** A draft at its confirmation holds every value; anything else is a broken invariant. */
function values(draft: Draft): Pick<AirtimeOrder, 'recipient' | 'recipientNetwork' | 'amountKes' | 'payer' | 'paymentNetwork'> {
  const paymentNetwork = PAYMENT_NETWORKS.find((network) => network === slotText(draft, 'paymentNetwork'));
  // A network that was only guessed from the number is no fact for the upstream: it finds out itself.
  const said = RECIPIENT_NETWORKS.find((network) => network === slotText(draft, 'recipientNetwork')) ?? null;
  if (paymentNetwork === undefined) throw new Error('invariant broken: a confirmed draft has a payment network');
  return {
    recipient: msisdn(slotText(draft, 'recipient') ?? ''),
    recipientNetwork: draft.slots['recipientNetwork']?.how === 'said' ? said : null,
    amountKes: kes(Number(slotText(draft, 'amount'))),
    payer: msisdn(slotText(draft, 'payer') ?? ''),
    paymentNetwork,
  };
}

/** What cannot be bought now may be tried again: the button still buys exactly what it shows, if it can be bought by then. */
function yesKey(notNow: boolean, again: boolean): string {
  if (notNow) return 'buy-airtime:yes-retry';
  return again ? 'buy-airtime:yes-again' : 'buy-airtime:yes';
}

function goAhead(payer: Msisdn, around: Surroundings, repeated: boolean): Phrase {
  const { simulated } = around.business;
  if (repeated) return { key: simulated ? 'buy-airtime:go-ahead-again-simulated' : 'buy-airtime:go-ahead-again' };
  return { key: simulated ? 'buy-airtime:go-ahead-simulated' : 'buy-airtime:go-ahead', params: { payer: { msisdn: payer } } };
}

/** An order just like this draft that may still be paid for, or was delivered a short while ago. */
function sameBefore(draft: Draft, around: Surroundings): Order | null {
  const { recipient, amountKes } = values(draft);
  const same = around.orders.filter(
    (order) => order.kind === 'airtime' && order.recipient === recipient && order.amountKes === amountKes,
  );
  const recent = ({ state, createdAt }: Order): boolean => state === 'delivered' && around.now - createdAt < SAME_AGAIN_MS;
  return same.find((order) => isUnsettled(order)) ?? same.find((order) => recent(order)) ?? null;
}
