/**
 * Owns what setting and removing a threshold changes, what happens when one is looked at again, and what becomes of an alert of which
 * a send failed. Crossings themselves are found where the balance moves, in decide-wallet.ts.
 */

import { setAnew, crossingAt, afterQuietHours, REMINDER_MS } from '../domain/threshold.ts';
import { messagesOf } from '../domain/wallet.ts';
import { SET_IN_CHAT, type OwnWallet } from '../domain/wallet-owner.ts';
import { OWN_ADDRESSES } from '../domain/alert.ts';
import type { Actor } from '../domain/order.ts';
import type { Instant } from '../lib/clock.ts';
import { assert, assertNever } from '../lib/assert.ts';
import { idsFrom } from '../lib/ids.ts';
import type { AlertTimer, SetThreshold, ThresholdWish } from '../ports/alert.ts';
import type { Change, Known, Turn, TurnEvent } from '../ports/store.ts';
import type { KnownWallet } from '../ports/wallet.ts';
import { crossed, lookAgain, timerKey, together, told, toldInstead, type Told } from './alert-changes.ts';
import type { Rules } from './decide.ts';
import { walletCounted } from '../ports/counted.ts';
import { restsOn } from './rests-on.ts';

type ThresholdTurnEvent = Extract<TurnEvent, { kind: 'threshold' }>;
type TimerEvent = Extract<TurnEvent, { kind: 'timer' }>;

export function decideThreshold(known: Known, event: ThresholdTurnEvent, rules: Rules): Turn {
  const { wallet: about } = known;
  assert(about?.wallet != null, 'a threshold belongs to a wallet that somebody opened');
  const { request, actor, owner } = event;
  switch (request.kind) {
    case 'set':
      return ofWallet(known, about, event, set(about, event, request.wish, rules));
    case 'remove': {
      const gone = about.thresholds.find(({ createdBy }) => createdBy === request.createdBy);
      if (gone === undefined) return { event, read: {}, touched: [], changes: [] };
      const subject = idsFrom(JSON.stringify(owner)).id('u');
      return ofWallet(known, about, event, { changes: removed(gone, subject, actor), rests: [] });
    }
    default:
      return assertNever(request);
  }
}

/** Low already: told at once, unless whoever sets it sees the balance anyway; and not a second time when it was told before. */
function set(about: KnownWallet, event: ThresholdTurnEvent, wish: ThresholdWish, rules: Rules): Told {
  assert(about.wallet !== null && event.request.kind === 'set', 'a threshold belongs to a wallet');
  const { wallet, thresholds } = about;
  const balance = messagesOf(about.balances);
  const before = thresholds.find(({ createdBy }) => createdBy === wish.createdBy) ?? null;
  const id = before?.id ?? idsFrom(`${wallet.id}/${wish.createdBy}`).id('t');
  const threshold: SetThreshold = { ...wish, ...setAnew(before, wish.units, balance), id, setAt: event.at };
  const subject = idsFrom(JSON.stringify(event.owner)).id('u');
  const changes: Change[] = [
    { kind: 'set_threshold', walletId: wallet.id, threshold },
    { kind: 'audit', actor: event.actor, what: 'threshold_set', subject, detail: `${wish.units} SMS, ${wish.alertType}` },
  ];
  const scene = { event, rules };
  if (crossingAt(threshold, balance) !== 'alert') {
    // Armed by being set lower: nothing is low any more.
    const calmed: Change[] = threshold.armed && before?.armed === false ? [{ kind: 'clear_timer', key: timerKey(id) }] : [];
    return { changes: [...changes, ...calmed], rests: [] };
  }
  if (event.request.tellsNow) return together([{ changes, rests: [] }, crossed(about, threshold, balance, 0, scene)]);
  const seen: Change = { kind: 'mark_threshold', thresholdId: id, armed: false, alertedAt: event.at };
  return { changes: [...changes, seen, lookAgain(threshold, afterQuietHours(event.at + REMINDER_MS, wish.quiet))], rests: [] };
}

/** By the wallet's own person in the chat, who sees the balance beside it. `units` null: no more. */
export function ownAlertChanges(
  { alerts, balances, owner }: OwnWallet,
  walletId: string,
  units: number | null,
  { at, actor }: { readonly at: Instant; readonly actor: Actor },
): Change[] {
  const before = alerts.find(({ createdBy }) => createdBy === SET_IN_CHAT) ?? null;
  const subject = idsFrom(JSON.stringify(owner)).id('u');
  if (units === null) return before === null ? [] : removed(before, subject, actor);
  const balance = messagesOf(balances);
  const set = setAnew(before, units, balance);
  const low = crossingAt(set, balance) === 'alert';
  const id = before?.id ?? idsFrom(`${walletId}/${SET_IN_CHAT}`).id('t');
  const threshold: SetThreshold = {
    createdBy: SET_IN_CHAT,
    alertType: 'chat',
    method: 'chat',
    message: null,
    quiet: null,
    recipients: OWN_ADDRESSES,
    ...(low ? { units, armed: false, alertedAt: at } : set),
    id,
    setAt: at,
  };
  const calmed: Change[] = threshold.armed ? [{ kind: 'clear_timer', key: timerKey(id) }] : [];
  return [
    { kind: 'set_threshold', walletId, threshold },
    ...(low ? [lookAgain(threshold, at + REMINDER_MS)] : calmed),
    { kind: 'audit', actor, what: 'threshold_set', subject, detail: `${units} SMS, chat` },
  ];
}

function removed({ id, units }: Pick<SetThreshold, 'id' | 'units'>, subject: string, actor: Actor): Change[] {
  return [
    { kind: 'remove_threshold', thresholdId: id },
    { kind: 'clear_timer', key: timerKey(id) },
    { kind: 'audit', actor, what: 'threshold_removed', subject, detail: `${units} SMS` },
  ];
}

/** A day after it was told, or when the quiet hours have ended. While it is not armed it is looked at every day. */
export function decideThresholdDue(known: Known, event: TimerEvent, timer: AlertTimer, rules: Rules): Turn {
  const nothing: Turn = { event, read: {}, touched: [], changes: [] };
  if (timer.kind === 'alert_failed') {
    if (known.alert === null) return nothing;
    const { changes, rests } = toldInstead(known.alert, { event, rules });
    return { event, read: restsOn(known, rests), touched: [], changes };
  }
  const { wallet: about } = known;
  const threshold = about?.thresholds.find(({ id }) => id === timer.thresholdId);
  // Removed, or armed again, since the timer was set.
  if (about == null || threshold === undefined || threshold.armed) return nothing;
  const balance = messagesOf(about.balances);
  if (balance >= threshold.units) {
    const later = lookAgain(threshold, afterQuietHours(event.at + REMINDER_MS, threshold.quiet));
    return ofWallet(known, about, event, { changes: [later], rests: [] });
  }
  const kind = threshold.alertedAt === null ? 'crossing' : 'reminder';
  return ofWallet(known, about, event, told(kind, about, threshold, balance, 0, { event, rules }));
}

/** What is decided about a wallet rests on it, and whoever else is deciding about it decides again. */
function ofWallet(known: Known, { wallet }: KnownWallet, event: TurnEvent, { changes, rests }: Told): Turn {
  assert(wallet !== null, 'there is a wallet');
  const name = walletCounted(wallet.owner);
  return { event, read: restsOn(known, [name, ...rests]), touched: [name], changes };
}
