/**
 * Owns the flow "buy SMS": how many messages for which wallet, who pays for them with M-Pesa, and the order it ends in. How each value
 * is read and asked stands in buy-sms-slots.ts, what it comes to in buy-sms-quote.ts, the words in locales/<language>/buy-sms.json.
 */

import type { Parties } from '../../domain/limits.ts';
import { kes, MILLIKES_PER_KES } from '../../domain/money.ts';
import { msisdn, type Msisdn } from '../../domain/msisdn.ts';
import type { SmsOrder } from '../../domain/order.ts';
import { unitsFor, type PriceInForce } from '../../domain/tariff.ts';
import { isEstimated } from '../../domain/wallet-owner.ts';
import { slotMsisdn, slotText, type Completion, type Flow } from '../flow.ts';
import type { Param, Phrase } from '../reply.ts';
import type { Draft } from '../session.ts';
import type { Surroundings } from '../surroundings.ts';
import { askedOf, quoteNow, quoteOf, quoteText, walletOf, type Quote } from './buy-sms-quote.ts';
import { smsPriceSlot } from './buy-sms-price.ts';
import { outOfLimits, smsAmountSlot, smsPayerSlot, smsPaymentNetworkSlot, smsQuoteSlot, smsWalletSlot } from './buy-sms-slots.ts';
import { goAhead, placedPhrase, sameBefore, worthKnowing } from './buying-confirm.ts';
import { awayFor, obstacle } from './buying-guards.ts';
import { newOrder } from './new-order.ts';
import { unitsParam } from '../sms-units.ts';
import { walletName } from '../wallet-name.ts';

export const buySms: Flow = {
  name: 'buy-sms',
  version: 1,
  slots: [smsWalletSlot, smsPriceSlot, smsAmountSlot, smsPayerSlot, smsPaymentNetworkSlot, smsQuoteSlot],
  needsWallets: true,

  waitsFor: (draft, around) =>
    draft.asking === smsPriceSlot.name ? { kind: 'ask_price', owner: walletOf(draft, around).owner } : null,

  parties(draft): Parties | null {
    const payer = slotMsisdn(draft, 'payer');
    return payer === null ? null : { payer, recipient: null };
  },

  closed({ business, salesStopped }) {
    if (!business.sellsSms) return { key: 'buy-sms:not-sold' };
    return salesStopped === null ? null : { key: 'buying:closed' };
  },

  confirm(draft, around, repeated) {
    const { payer, quote } = values(draft);
    const { units, amountKes, price } = quote;
    const wallet = walletOf(draft, around);
    const same = sameBefore(
      around,
      (order) =>
        order.kind === 'sms' &&
        order.amountKes === amountKes &&
        order.wallet.userId === wallet.owner.userId &&
        order.wallet.appId === wallet.owner.appId,
    );
    const why = notNow(draft, around);
    const isEstimate = isEstimated({ price, walletAt: around.business.walletsAt });
    const counted = { units: unitsParam(units, isEstimate) };
    const params = {
      ...counted,
      price: isEstimate ? { key: 'buy-sms:price-about', params: { price: { milliKes: price.milliKes } } } : pricePhrase(price),
      amount: { kes: kes(amountKes) },
      payer: { msisdn: payer },
      paymentNetwork: 'M-Pesa',
    };
    const parts: Phrase[] = [
      (around.wallets?.length ?? 0) > 1
        ? { key: 'buy-sms:confirm-wallet', params: { ...params, wallet: walletName(wallet) } }
        : { key: 'buy-sms:confirm', params },
      ...(isEstimate ? [{ key: 'buy-sms:exact-later' }] : []),
      ...leftOver(quote, wallet.balances.milliKes),
      ...(isEstimate || around.business.walletsAt !== 'own' ? [] : rest(quote, wallet.balances.milliKes)),
      ...worthKnowing({ payer, paymentNetwork: 'M-Pesa', same }, around),
    ];
    if (why === null) parts.push(goAhead(payer, around.business.smsSimulated, repeated));
    const yes = why !== null ? 'buy-sms:yes-retry' : same !== null ? 'buying:yes-again' : 'buy-sms:yes';
    return { obstacle: why, parts, yes: { key: yes, params: counted }, quick: [] };
  },

  complete(draft, around): Completion {
    const { payer, quote } = values(draft);
    const now = quoteNow(draft, around);
    // The price or what was left over is another by now: nobody said yes to that.
    if (now === null || quoteText(now) !== quoteText(quote)) return { kind: 'refused', why: { key: 'buy-sms:quote-changed' } };
    if (notNow(draft, around) !== null) return { kind: 'refused' };
    const order: SmsOrder = {
      ...newOrder(draft, around),
      kind: 'sms',
      amountKes: kes(quote.amountKes),
      payer,
      paymentNetwork: 'M-Pesa',
      wallet: walletOf(draft, around).owner,
      units: quote.units,
      price: quote.price,
      walletAt: around.business.walletsAt,
      paidAt: null,
      restoredAt: null,
      takenBackAt: null,
      paymentNamedBy: null,
    };
    return { kind: 'done', effects: [{ kind: 'place_order', order }], said: placedPhrase(order), choices: [] };
  },
};

/** A draft at its confirmation holds every value; anything else is a broken invariant. */
function values(draft: Draft): { readonly payer: Msisdn; readonly quote: Quote } {
  const quote = quoteOf(slotText(draft, 'quote') ?? '');
  if (quote === null) throw new Error('invariant broken: a confirmed draft has a quote');
  return { payer: msisdn(slotText(draft, 'payer') ?? ''), quote };
}

/** Why it cannot be bought now, or null. */
function notNow(draft: Draft, around: Surroundings): Phrase | null {
  const { payer, quote } = values(draft);
  if (!around.business.sellsSms) return { key: 'buying:sales-stopped' };
  const away = around.salesStopped === null ? upstreamAway(around) : null;
  if (away !== null) return away;
  const asked = askedOf(slotText(draft, 'amount') ?? '');
  const why = asked === null ? null : outOfLimits(asked, quote, around);
  const { smsMinKes } = around.business.limits;
  return why ?? obstacle({ payer, recipient: null, amountKes: quote.amountKes, leastKes: smsMinKes }, around);
}

/** Money is asked for only where what it buys can be delivered. */
function upstreamAway(around: Surroundings): Phrase | null {
  const mpesa = awayFor(around.breakers.daraja, around);
  if (mpesa !== null) return { key: 'buy-sms:mpesa-away', params: { count: mpesa } };
  const wallets = around.business.walletsAt === 'own' ? null : awayFor(around.breakers[around.business.walletsAt], around);
  return wallets === null ? null : { key: 'buy-sms:wallets-away', params: { count: wallets } };
}

/** "KES 0.8 each", and whose price it is where it is no ordinary one. */
function pricePhrase({ milliKes, source }: PriceInForce): Param {
  const params = { price: { milliKes } };
  if (source === 'customer') return { key: 'buy-sms:price-yours', params };
  return { key: source === 'app' ? 'buy-sms:price-app' : 'buy-sms:price', params };
}

/** Messages are whole: what the amount does not divide into is not lost. */
function rest({ amountKes, price }: Quote, milliKes: number): Phrase[] {
  const { remainderMilliKes } = unitsFor(milliKes + amountKes * MILLIKES_PER_KES, price.milliKes);
  return remainderMilliKes === 0 ? [] : [{ key: 'buy-sms:rest', params: { rest: { milliKes: remainderMilliKes } } }];
}

/** Said only where it makes a message more. */
function leftOver({ units, amountKes, price }: Quote, milliKes: number): Phrase[] {
  const without = unitsFor(amountKes * MILLIKES_PER_KES, price.milliKes).units;
  return units > without ? [{ key: 'buy-sms:left-over', params: { left: { milliKes } } }] : [];
}
