/**
 * Owns the flow "buy airtime": whose phone gets how much, who pays with what, and the order it ends in. How each value is read
 * and asked stands in buy-airtime-people.ts and buy-airtime-slots.ts; the words stand in locales/<language>/buy-airtime.json.
 */

import type { Parties } from '../../domain/limits.ts';
import { kes } from '../../domain/money.ts';
import { msisdn } from '../../domain/msisdn.ts';
import { PAYMENT_NETWORKS, RECIPIENT_NETWORKS, type PaymentNetwork } from '../../domain/networks.ts';
import type { AirtimeOrder } from '../../domain/order.ts';
import { slotMsisdn, slotText, type Completion, type Flow } from '../flow.ts';
import type { Phrase } from '../reply.ts';
import type { Draft } from '../session.ts';
import type { Surroundings } from '../surroundings.ts';
import { recipientSlot } from './buy-airtime-people.ts';
import { amountSlot, paymentNetworkSlot, recipientNetworkSlot } from './buy-airtime-slots.ts';
import { goAhead, placedPhrase, sameBefore, worthKnowing } from './buying-confirm.ts';
import { awayFor, obstacle } from './buying-guards.ts';
import { networkName } from './buying-options.ts';
import { payerSlot } from './buying-payer.ts';
import { newOrder } from './new-order.ts';

export const buyAirtime: Flow = {
  name: 'buy-airtime',
  version: 1,
  slots: [recipientSlot, recipientNetworkSlot, amountSlot, payerSlot, paymentNetworkSlot],

  parties(draft): Parties | null {
    const payer = slotMsisdn(draft, 'payer');
    const recipient = slotMsisdn(draft, 'recipient');
    return payer === null || recipient === null ? null : { payer, recipient };
  },

  closed: ({ salesStopped, airtimeOff }) => ((airtimeOff ?? salesStopped) === null ? null : { key: 'buying:closed' }),

  confirm(draft, around, repeated) {
    const wanted = values(draft);
    const { recipient, payer, amountKes, paymentNetwork } = wanted;
    const same = sameBefore(
      around,
      (order) => order.kind === 'airtime' && order.recipient === recipient && order.amountKes === amountKes,
    );
    const why = notNow(wanted, around);
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
      ...worthKnowing({ payer, paymentNetwork, same }, around),
    ];
    if (why === null) parts.push(goAhead(payer, around.business.simulated, repeated));
    const other: PaymentNetwork = paymentNetwork === 'M-Pesa' ? 'Airtel Money' : 'M-Pesa';
    return {
      obstacle: why,
      parts,
      yes: { key: yesKey(why !== null, same !== null), params: { amount: { kes: amountKes } } },
      quick: [
        { slot: 'paymentNetwork', value: other, label: { key: 'buy-airtime:pay-with', params: { paymentNetwork: other } } },
      ],
    };
  },

  complete(draft, around): Completion {
    const wanted = values(draft);
    if (notNow(wanted, around) !== null) return { kind: 'refused' };
    const order: AirtimeOrder = {
      ...newOrder(draft, around),
      kind: 'airtime',
      recipientName: null,
      ...wanted,
    };
    return {
      kind: 'done',
      effects: [{ kind: 'place_order', order }],
      said: placedPhrase(order),
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
  return again ? 'buying:yes-again' : 'buy-airtime:yes';
}

/** Why it cannot be bought now, or null. */
function notNow(wanted: ReturnType<typeof values>, around: Surroundings): Phrase | null {
  if (around.airtimeOff !== null) return { key: 'buying:sales-stopped' };
  const count = around.salesStopped === null ? awayFor(around.breakers.topups, around) : null;
  if (count !== null) return { key: 'buy-airtime:supplier-away', params: { count } };
  return obstacle({ ...wanted, leastKes: around.business.limits.airtimeMinKes }, around);
}
