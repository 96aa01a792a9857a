/**
 * Owns how each value of "buy airtime" is read from a message, asked for and shown. A value that cannot be used is said back
 * with what is wrong with it; of two readings neither is taken, both are offered. Who gets and who pays stands in
 * buy-airtime-people.ts.
 */

import { kes } from '../../domain/money.ts';
import { msisdn } from '../../domain/msisdn.ts';
import { networkOf, paymentNetworkOf, PAYMENT_NETWORKS, RECIPIENT_NETWORKS, type MobileNetwork } from '../../domain/networks.ts';
import { slotText, type Slot } from '../flow.ts';
import type { Draft } from '../session.ts';
import type { Surroundings } from '../surroundings.ts';
import { checkedAmount, withinLimits } from './buy-airtime-options.ts';
import { allAgree, amountOption, NOTHING, plainOption, showNumber } from './buying-options.ts';
import { amountProblem } from './problems.ts';

const USUAL_AMOUNTS = [20, 50, 100, 200, 500, 1000];

/**
 * The prefix is a hint, because numbers are ported: it is guessed, shown and can be changed; asked only where the range belongs to a
 * network that the upstream cannot load.
 */
export const recipientNetworkSlot: Slot = {
  name: 'recipientNetwork',
  label: { key: 'buy-airtime:slot-recipient-network' },
  follows: 'recipient',
  needed: (draft) => slotText(draft, 'recipient') !== null,
  ask(draft, around) {
    const usual = usualNetwork(draft, around);
    const recipient = showNumber(draft, 'recipient') ?? '';
    const text =
      usual === 'Equitel' || usual === 'Faiba'
        ? { key: 'buy-airtime:ask-recipient-moved', params: { recipient, usual } }
        : { key: 'buy-airtime:ask-recipient-network', params: { recipient } };
    return { text, options: RECIPIENT_NETWORKS.map((network) => plainOption(network)) };
  },
  /** Where this is the question, the brand of a network means that network and no way of paying. */
  read(said, _draft, _around, asked) {
    if (!asked || said.paymentNetwork === null) return NOTHING;
    const meant = RECIPIENT_NETWORKS.find((network) => paymentNetworkOf(network) === said.paymentNetwork);
    if (meant !== undefined) return { kind: 'value', value: meant };
    return { kind: 'problem', why: { key: 'buy-airtime:network-not-served', params: { network: said.paymentNetwork } } };
  },
  take: (value) => (RECIPIENT_NETWORKS.some((network) => network === value) ? { kind: 'value', value } : NOTHING),
  guess: (draft, around) => RECIPIENT_NETWORKS.find((network) => network === usualNetwork(draft, around)) ?? null,
  show: (draft) => slotText(draft, 'recipientNetwork'),
};

function usualNetwork(draft: Draft, around: Surroundings): MobileNetwork | null {
  const recipient = slotText(draft, 'recipient');
  return recipient === null ? null : networkOf(msisdn(recipient), around.knowledge.ranges);
}

export const amountSlot: Slot = {
  name: 'amount',
  label: { key: 'buying:slot-amount' },

  ask(draft, around) {
    const { airtimeMinKes: min, airtimeMaxKes: max } = around.business.limits;
    const usual = USUAL_AMOUNTS.filter((amount) => amount >= min && amount <= max);
    const limits = { min: { kes: kes(min) }, max: { kes: kes(max) } };
    const recipient = showNumber(draft, 'recipient');
    return {
      text:
        recipient === null
          ? { key: 'buy-airtime:ask-amount-bare', params: limits }
          : { key: 'buy-airtime:ask-amount', params: { ...limits, recipient } },
      options: usual.map((amount) => amountOption(amount)),
    };
  },

  read(said, draft, around, asked) {
    const two = said.problems.find((problem) => problem.kind === 'two_amounts');
    if (two !== undefined && said.amount === null) {
      const options = two.amounts.filter((amount) => withinLimits(amount, around)).map((amount) => amountOption(amount));
      if (options.length === 0) return checkedAmount(two.amounts[0] ?? 0, around);
      return { kind: 'choose', why: { key: 'buying:which-amount' }, options };
    }
    if (said.amount !== null) return checkedAmount(said.amount, around);
    const problem = amountProblem(said, asked);
    if (problem !== null) return { kind: 'problem', why: problem };
    if (said.denied.amounts.some((amount) => String(amount) === slotText(draft, 'amount'))) return { kind: 'denied' };
    return NOTHING;
  },

  take: (value, _draft, around) => (/^\d{1,9}$/.test(value) ? checkedAmount(Number(value), around) : NOTHING),
  show(draft) {
    const amount = slotText(draft, 'amount');
    return amount === null ? null : { kes: kes(Number(amount)) };
  },
};

export const paymentNetworkSlot: Slot = {
  name: 'paymentNetwork',
  label: { key: 'buying:slot-payment-network' },
  line: { key: 'buying:line-payment-network' },
  ask(draft) {
    const payer = showNumber(draft, 'payer');
    const text =
      payer === null
        ? { key: 'buy-airtime:ask-payment-network-bare' }
        : { key: 'buy-airtime:ask-payment-network', params: { payer } };
    return { text, options: PAYMENT_NETWORKS.map((network) => plainOption(network)) };
  },
  read(said, draft) {
    if (draft.asking === 'recipientNetwork') return NOTHING;
    const network = said.paymentNetwork ?? allAgree(said.orders, 'paymentNetwork');
    if (network !== null) return { kind: 'value', value: network };
    const two = said.problems.find((problem) => problem.kind === 'two_networks');
    if (two !== undefined) {
      const options = two.networks.map((one) => plainOption(one));
      return { kind: 'choose', why: { key: 'buy-airtime:which-network' }, options };
    }
    if (said.denied.networks.some((denied) => denied === slotText(draft, 'paymentNetwork'))) return { kind: 'denied' };
    return NOTHING;
  },
  take: (value) => (PAYMENT_NETWORKS.some((network) => network === value) ? { kind: 'value', value } : NOTHING),
  guess(draft, around) {
    const payer = slotText(draft, 'payer');
    return payer === null ? null : paymentNetworkOf(networkOf(msisdn(payer), around.knowledge.ranges));
  },
  show: (draft) => slotText(draft, 'paymentNetwork'),
};
