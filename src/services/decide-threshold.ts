/**
 * Owns what setting and removing a threshold changes, what happens when one is looked at again, and what becomes of an alert of which
 * a send failed. Crossings themselves are found where the balance moves, in decide-wallet.ts.
 */

import { afterQuietHours, crossingAt, REMINDER_MS, setAnew, type Threshold } from '../domain/threshold.ts';
import type { Buyer } from '../domain/tariff.ts';
import { messagesOf, type Balances } from '../domain/wallet.ts';
import { SET_IN_CHAT, type OwnWallet } from '../domain/wallet-owner.ts';
import { OWN_ADDRESSES } from '../domain/alert.ts';
import type { Actor } from '../domain/order.ts';
import type { Instant } from '../lib/clock.ts';
import { assert, assertNever } from '../lib/assert.ts';
import { idsFrom } from '../lib/ids.ts';
import type { AlertTimer, SetThreshold, ThresholdWish } from '../ports/alert.ts';
import type { Change, Known, Turn, TurnEvent } from '../ports/store.ts';
import type { KnownWallet, Wallet } from '../ports/wallet.ts';
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
      return ofWallet(known, about, event, setByOthers(about, event, request.wish, rules));
    case 'remove': {
      const gone = about.thresholds.find(({ createdBy }) => createdBy === request.createdBy);
      if (gone === undefined) return { event, read: {}, touched: [], changes: [] };
      return ofWallet(known, about, event, { changes: removed(gone, subjectOf(owner), actor), rests: [] });
    }
    default:
      return assertNever(request);
  }
}

/** By a program or an operator: who is low already is told at once, and not a second time when it was told before. */
function setByOthers(about: KnownWallet, event: ThresholdTurnEvent, wish: ThresholdWish, rules: Rules): Told {
  const { wallet, thresholds, balances } = about;
  assert(wallet !== null, 'a threshold belongs to a wallet');
  const before = thresholds.find(({ createdBy }) => createdBy === wish.createdBy) ?? null;
  const { changes, low } = set({ wallet, before, wish, balances }, event.at, event.actor);
  const written: Told = { changes, rests: [] };
  return low === null ? written : together([written, crossed(about, low, messagesOf(balances), 0, { event, rules })]);
}

/** By the wallet's own person in the chat, who sees the balance beside it, so that is how they are told. `units` null: no more. */
export function ownAlertChanges(
  { alerts, balances, owner }: OwnWallet,
  walletId: string,
  units: number | null,
  { at, actor }: { readonly at: Instant; readonly actor: Actor },
): readonly Change[] {
  const before = alerts.find(({ createdBy }) => createdBy === SET_IN_CHAT) ?? null;
  if (units === null) return before === null ? [] : removed(before, subjectOf(owner), actor);
  const { changes, low } = set({ wallet: { id: walletId, owner }, before, wish: { ...IN_CHAT, units }, balances }, at, actor);
  if (low === null) return changes;
  const seen: Change = { kind: 'mark_threshold', thresholdId: low.id, armed: false, alertedAt: at };
  return [...changes, seen, lookAgain(low, at + REMINDER_MS)];
}

const IN_CHAT: Omit<ThresholdWish, 'units'> = {
  createdBy: SET_IN_CHAT,
  alertType: 'chat',
  method: 'chat',
  message: null,
  quiet: null,
  recipients: OWN_ADDRESSES,
};

interface Setting {
  readonly wallet: Pick<Wallet, 'id' | 'owner'>;
  readonly before: (Threshold & Pick<SetThreshold, 'id'> & Partial<Pick<SetThreshold, 'reminders'>>) | null;
  readonly wish: ThresholdWish;
  readonly balances: Balances;
}

/** What is written, whoever sets it. `low`: the balance is below it, and nobody was told of that yet. */
function set(
  { wallet, before, wish, balances }: Setting,
  at: Instant,
  actor: Actor,
): { readonly changes: readonly Change[]; readonly low: SetThreshold | null } {
  const balance = messagesOf(balances);
  const id = before?.id ?? idsFrom(`${wallet.id}/${wish.createdBy}`).id('t');
  const threshold: SetThreshold = {
    ...wish,
    ...setAnew(before, wish.units, balance),
    id,
    setAt: at,
    reminders: before?.reminders ?? 0,
  };
  const low = crossingAt(threshold, balance) === 'alert' ? threshold : null;
  // Armed by being set lower: nothing is low any more.
  const calmed: Change[] =
    low === null && threshold.armed && before?.armed === false ? [{ kind: 'clear_timer', key: timerKey(id) }] : [];
  const subject = subjectOf(wallet.owner);
  const audit: Change = { kind: 'audit', actor, what: 'threshold_set', subject, detail: `${wish.units} SMS, ${wish.alertType}` };
  return { changes: [{ kind: 'set_threshold', walletId: wallet.id, threshold }, audit, ...calmed], low };
}

/** Names an owner where no number may stand. */
function subjectOf(owner: Buyer): string {
  return idsFrom(JSON.stringify(owner)).id('u');
}

function removed({ id, units }: Pick<SetThreshold, 'id' | 'units'>, subject: string, actor: Actor): readonly Change[] {
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
