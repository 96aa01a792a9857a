/**
 * Owns the end of all that is kept about a customer: refused while something of theirs is under way, or while SMS that they paid for are
 * left, here or on another server.
 */

import { newSession } from '../conversation/session.ts';
import { itemId } from '../domain/attention.ts';
import { clockInNairobi } from '../domain/nairobi.ts';
import { isTerminal, mayRing } from '../domain/order.ts';
import { messagesOf } from '../domain/wallet.ts';
import type { Instant } from '../lib/clock.ts';
import { MINUTE_MS } from '../lib/durations.ts';
import { walletCounted, type Counted } from '../ports/counted.ts';
import type { Erasing, OperatorCommand } from '../ports/desk.ts';
import type { Change, Known, Turn, TurnEvent } from '../ports/store.ts';
import { wantBalance } from './decide-balance.ts';
import type { Rules } from './decide.ts';
import { restsOn } from './rests-on.ts';

type Command = Extract<OperatorCommand, { what: 'erase_customer' }>;

/** An older word that nothing is left is asked for again. */
const FRESH_MS = 10 * MINUTE_MS;

/**
 * All that says who the customer is goes, unless something of theirs is still under way: then the detail names it. What they wished of
 * a person is seen to with it.
 */
export function decideErasure(
  known: Known,
  event: Extract<TurnEvent, { kind: 'command' }>,
  { customerId, givesUpSms = false }: Command,
  { business }: Pick<Rules, 'business'>,
): Turn {
  const { operator } = event;
  const { erasing } = known;
  const actor = { kind: 'operator', name: operator } as const;
  const ends = (outcome: 'done' | 'refused', detail: string, changes: readonly Change[], audited = detail): Turn => ({
    event,
    read: restsOn(known, outcome === 'refused' ? [] : [`customer:${customerId}`, ...walletsOf(erasing)]),
    touched: [],
    changes: [
      {
        kind: 'audit',
        actor,
        what: outcome === 'done' ? 'erase_customer' : 'erase_refused',
        subject: customerId,
        detail: audited,
      },
      ...changes,
      { kind: 'answer_console', outcome, detail },
    ],
  });
  if (erasing === undefined) return ends('refused', 'there is no such customer any more', []);
  const open = erasing.orders.flatMap(({ reference, state, promptLiveUntil }) => {
    if (!isTerminal(state)) return [`${reference} is ${state.replaceAll('_', ' ')}`];
    return mayRing({ promptLiveUntil }, event.at) ? [`${reference} may still ring a phone for a payment`] : [];
  });
  const full = erasing.wallets.flatMap(({ userId, smsHundredths }) => {
    const messages = messagesOf({ smsHundredths, milliKes: 0 });
    // They are paid for: what becomes of them is said first, and stands in the books.
    return messages === 0
      ? []
      : [
          `${messages} SMS are left in their wallet: npx jaza wallet adjust ${userId} -${messages} --reason "given up by the customer before the deletion"`,
        ];
  });
  const asks = business.walletsAt !== 'own';
  const left = givesUpSms ? [] : erasing.elsewhere.flatMap((one) => leftElsewhere(one, event.at, asks));
  if (open.length > 0 || full.length > 0 || left.length > 0) {
    const wanted = asks ? left.map(({ userId }) => wantBalance({ appId: null, userId }, event.at)) : [];
    return ends('refused', [...open, ...full, ...left.map(({ why }) => why)].join(', '), wanted);
  }
  const seenTo = erasing.wishes.map((chat): Change => {
    return {
      kind: 'put_away',
      item: itemId('help', chat),
      until: event.at,
      operator,
      evidence: 'all that is kept of them was erased',
    };
  });
  const given = erasing.elsewhere.map(({ userId, sms }) => `gave up ${sms ?? 'unknown'} SMS elsewhere for ${userId}`);
  const audited = givesUpSms ? [customerId, ...given].join(', ') : customerId;
  return ends('done', customerId, [...seenTo, { kind: 'erase_customer', customerId, session: newSession('en') }], audited);
}

/** Of one that is known to be empty: nothing. `asks`: that server can be asked now, so an old word of it does not do. */
function leftElsewhere(
  { userId, sms, readAt }: Erasing['elsewhere'][number],
  now: Instant,
  asks: boolean,
): { readonly userId: string; readonly why: string }[] {
  if (sms === 0 && readAt !== null && (!asks || now - readAt <= FRESH_MS)) return [];
  const next = asks ? 'It is asked now: try again in a minute' : 'It cannot be asked while TUKU_BASE_URL is not set';
  const known =
    sms === null || readAt === null
      ? `it is not known how many SMS the other server keeps for ${userId}`
      : `the other server kept ${sms} SMS for ${userId} at ${clockInNairobi(readAt)}`;
  return [{ userId, why: `${known}. ${next}; or erase all the same with --give-up-sms` }];
}

/** Nothing may come into a wallet between the look and the end. */
function walletsOf(erasing: Known['erasing']): Counted[] {
  return (erasing?.wallets ?? []).map(({ userId }) => walletCounted({ appId: null, userId }));
}
