/**
 * Owns the flow "buy airtime": whose phone gets how much, who pays with what, and the order it ends in. How each value is read
 * and asked stands in buy-airtime-people.ts and buy-airtime-slots.ts; the words stand in locales/<language>/buy-airtime.json.
 */

import { mayPrompt, type PromptRefusal } from '../../domain/limits.ts';
import { kes } from '../../domain/money.ts';
import { msisdn, type Msisdn } from '../../domain/msisdn.ts';
import { networkOf, paymentNetworkOf, PAYMENT_NETWORKS, RECIPIENT_NETWORKS, type PaymentNetwork } from '../../domain/networks.ts';
import { PROMPT_LIVE_MS, type Order } from '../../domain/order.ts';
import { slotText, type Completion, type Flow } from '../flow.ts';
import { isUnsettled } from '../order-talk.ts';
import type { Phrase } from '../reply.ts';
import type { Draft } from '../session.ts';
import type { Surroundings } from '../surroundings.ts';
import { networkName } from './buy-airtime-options.ts';
import { payerSlot, recipientSlot } from './buy-airtime-people.ts';
import { amountSlot, paymentNetworkSlot, recipientNetworkSlot } from './buy-airtime-slots.ts';

/** The same purchase again within this time is said to be one, and allowed. */
const SAME_AGAIN_MS = 10 * 60_000;

export const buyAirtime: Flow = {
  name: 'buy-airtime',
  version: 1,
  slots: [recipientSlot, recipientNetworkSlot, amountSlot, payerSlot, paymentNetworkSlot],

  closed: ({ salesStopped }) => (salesStopped === null ? null : { key: 'buy-airtime:closed' }),

  confirm(draft, around, repeated) {
    const { recipient, payer, amountKes, paymentNetwork } = values(draft);
    const same = sameBefore(draft, around);
    const parts: Phrase[] = [
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
    parts.push(goAhead(payer, around, repeated));
    const other: PaymentNetwork = paymentNetwork === 'M-Pesa' ? 'Airtel Money' : 'M-Pesa';
    return {
      parts,
      yes: { key: same === null ? 'buy-airtime:yes' : 'buy-airtime:yes-again', params: { amount: { kes: amountKes } } },
      quick: [
        { slot: 'paymentNetwork', value: other, label: { key: 'buy-airtime:pay-with', params: { paymentNetwork: other } } },
      ],
    };
  },

  complete(draft, around): Completion {
    const wanted = values(draft);
    if (around.salesStopped !== null) return { kind: 'refused', why: { key: 'buy-airtime:sales-stopped' }, ask: null };
    const use = around.payerUse;
    if (use !== null && use.payer === wanted.payer) {
      const asked = { now: around.now, customerId: around.customerId, knownPayer: around.channel.trusted };
      const allowed = mayPrompt(use, around.business.limits, asked);
      if (!allowed.ok) return { kind: 'refused', why: refusalPhrase(allowed.error, draft, around), ask: null };
    }
    const order: Order = {
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
function values(draft: Draft): Pick<Order, 'recipient' | 'recipientNetwork' | 'amountKes' | 'payer' | 'paymentNetwork'> {
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

function goAhead(payer: Msisdn, around: Surroundings, repeated: boolean): Phrase {
  const { simulated } = around.business;
  if (repeated) return { key: simulated ? 'buy-airtime:go-ahead-again-simulated' : 'buy-airtime:go-ahead-again' };
  return { key: simulated ? 'buy-airtime:go-ahead-simulated' : 'buy-airtime:go-ahead', params: { payer: { msisdn: payer } } };
}

/** An order just like this draft that may still be paid for, or was delivered a short while ago. */
function sameBefore(draft: Draft, around: Surroundings): Order | null {
  const { recipient, amountKes } = values(draft);
  const same = around.orders.filter((order) => order.recipient === recipient && order.amountKes === amountKes);
  const recent = ({ state, createdAt }: Order): boolean => state === 'delivered' && around.now - createdAt < SAME_AGAIN_MS;
  return same.find((order) => isUnsettled(order)) ?? same.find((order) => recent(order)) ?? null;
}

function refusalPhrase(refusal: PromptRefusal, draft: Draft, around: Surroundings): Phrase {
  const payer = { msisdn: msisdn(slotText(draft, 'payer') ?? '') };
  if (refusal.kind === 'ringing') {
    const minutes = Math.max(1, Math.ceil((refusal.until - around.now) / 60_000));
    if (refusal.reference === null) return { key: 'buy-airtime:payer-ringing', params: { payer, count: minutes } };
    return { key: 'buy-airtime:payer-ringing-yours', params: { payer, count: minutes, reference: refusal.reference } };
  }
  if (refusal.kind === 'too_often') return { key: `buy-airtime:payer-too-often-${refusal.per}`, params: { payer } };
  return { key: 'buy-airtime:payer-not-approved', params: { payer } };
}
