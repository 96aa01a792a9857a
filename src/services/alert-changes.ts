/**
 * Owns how a balance that moved becomes alerts, in the same turn: which thresholds are crossed, who is told of it and where, and what is
 * told in place of a send that failed. A threshold that was told has a timer, which looks again a day later.
 */

import { alertInChat, alertNotice } from '../conversation/alert-words.ts';
import type { Spoken } from '../conversation/reply.ts';
import {
  addressKey,
  planSends,
  remindedEnough,
  toldEnough,
  topUpFor,
  type AlertAddress,
  type AlertFacts,
  type PlannedSend,
} from '../domain/alert.ts';
import { leadsElsewhere, nameForOthers } from '../domain/alert-text.ts';
import { isNoticeToOthers, noticesLeft, withinCeiling } from '../domain/notices.ts';
import { priceFor } from '../domain/tariff.ts';
import { afterQuietHours, crossingAt, daysLeft, fillAlertMessage, pace, REMINDER_MS } from '../domain/threshold.ts';
import { walletKey } from '../domain/wallet-owner.ts';
import { assert, assertNever } from '../lib/assert.ts';
import type { Instant } from '../lib/clock.ts';
import { idsFrom } from '../lib/ids.ts';
import type { Alerting, AlertChat, AlertSend, KnownAlert, SendRef, SetThreshold } from '../ports/alert.ts';
import type { Change, TurnEvent } from '../ports/store.ts';
import type { KnownWallet } from '../ports/wallet.ts';
import type { Rules } from './decide.ts';
import { interject } from './order-changes.ts';
import { type Counted } from '../ports/counted.ts';

export interface AlertScene {
  readonly event: Pick<TurnEvent, 'id' | 'at'>;
  readonly rules: Pick<Rules, 'salt' | 'business'>;
  /** Addresses, by `addressKey`, that this very event has told: of the other thresholds they hear nothing more. */
  readonly reached?: ReadonlySet<string>;
  /** What this very event has told others, and whether it holds some back. */
  readonly toOthers?: { readonly told: number; readonly held: boolean };
}

/** What is to be written, and the chats that it rests on. */
export interface Told {
  readonly changes: readonly Change[];
  readonly rests: readonly Counted[];
}

/**
 * What a movement to `balance` (whole messages) means for every threshold of the wallet. `spent`: by this very event, because the books
 * do not hold it yet. Of several thresholds that are crossed at once an address hears of the lowest.
 */
export function balanceMoved(about: KnownWallet, balance: number, spent: number, scene: AlertScene): Told {
  const lowestFirst = [...about.thresholds].sort((one, other) => one.units - other.units);
  return lowestFirst.reduce((so: Told, threshold): Told => {
    const crossing = crossingAt(threshold, balance);
    switch (crossing) {
      case null:
        return so;
      case 'rearm':
        return together([so, { changes: rearmed(threshold), rests: [] }]);
      case 'alert':
        return together([so, crossed(about, threshold, balance, spent, { ...scene, ...reachedBy(so) })]);
      default:
        return assertNever(crossing);
    }
  }, NOTHING);
}

function reachedBy({ changes }: Told): Required<Pick<AlertScene, 'reached' | 'toOthers'>> {
  const sends = changes.flatMap((change) => (change.kind === 'raise_alert' ? change.sends : []));
  const told = sends.filter(({ state }) => state === 'waiting');
  const toOthers = { told: told.filter(isNoticeToOthers).length, held: sends.some(({ held }) => held === true) };
  return { reached: new Set(told.map(addressKey)), toOthers };
}

/** What a top-up means: it arms, and never tells anything. */
export function toppedUpTo(about: Pick<KnownWallet, 'thresholds'>, balance: number): Change[] {
  return about.thresholds.flatMap((threshold) => (crossingAt(threshold, balance) === 'rearm' ? rearmed(threshold) : []));
}

function rearmed({ id, alertedAt }: SetThreshold): Change[] {
  return [
    { kind: 'mark_threshold', thresholdId: id, armed: true, alertedAt },
    { kind: 'clear_timer', key: timerKey(id) },
  ];
}

/** Told now or, in quiet hours, when they end, if it is still so then. */
export function crossed(about: KnownWallet, threshold: SetThreshold, balance: number, spent: number, scene: AlertScene): Told {
  const { at } = scene.event;
  const tellAt = afterQuietHours(at, threshold.quiet);
  if (tellAt <= at) return told('crossing', about, threshold, balance, spent, scene);
  return {
    changes: [{ kind: 'mark_threshold', thresholdId: threshold.id, armed: false, alertedAt: null }, lookAgain(threshold, tellAt)],
    rests: [],
  };
}

export function lookAgain({ id }: Pick<SetThreshold, 'id'>, dueAt: Instant): Change {
  return { kind: 'set_timer', key: timerKey(id), dueAt, timer: { kind: 'threshold_due', thresholdId: id } };
}

export const timerKey = (thresholdId: string): string => `threshold:${thresholdId}`;

/** One alert: to everybody who is to hear of it at once, with the others kept to stand in for them. */
export function told(
  kind: AlertFacts['kind'],
  about: KnownWallet,
  threshold: SetThreshold,
  balance: number,
  spent: number,
  scene: AlertScene,
): Told {
  const { wallet, alerting } = about;
  assert(wallet !== null && alerting !== null, 'an alert knows whom it could reach');
  const { at, id: eventId } = scene.event;
  const id = idsFrom(`${scene.rules.salt}/${eventId}/${threshold.id}`).id('a');
  const facts = factsOf(kind, about, alerting, threshold, { balance, spent, at, business: scene.rules.business });
  const language = languageOf(alerting);
  const { noticesToOthers: ceiling } = scene.rules.business.limits;
  const reminders = kind === 'reminder' ? threshold.reminders : 0;
  const planned = planSends(threshold, {
    ownChats: [...alerting.ownChats.keys()],
    ownNumbers: alerting.ownNumbers,
    isVouchedFor: alerting.isVouchedFor,
    usable: (address) => usable(address, chatIn(alerting, address), alerting.stopped),
    enough: (address) => scene.reached?.has(addressKey(address)) === true || enough(address, alerting, at),
    ended: (address) => remindedEnough(address, reminders),
  });
  const sends = withinCeiling(planned, noticesLeft(ceiling, alerting.toOthers) - (scene.toOthers?.told ?? 0));
  const known = alerting.toOthers.held || scene.toOthers?.held === true;
  const heldFirst = !known && sends.some(({ held }) => held === true);
  const firsts = sends.map((send, n) =>
    send.state === 'waiting'
      ? sendTo(send, chatIn(alerting, send), { ref: { alertId: id, n }, facts, language, scene })
      : NOTHING,
  );
  const before = kind === 'reminder' ? threshold.alertedAt : null;
  const alertedAt = sends.some(({ state }) => state === 'waiting') ? at : before;
  const alert: Told = {
    changes: [
      { kind: 'raise_alert', id, thresholdId: threshold.id, walletId: wallet.id, facts, language, sends, ceiling, heldFirst },
      ...(heldFirst ? [heldBack(wallet.owner.appId)] : []),
      { kind: 'mark_threshold', thresholdId: threshold.id, armed: false, alertedAt },
      lookAgain(threshold, afterQuietHours(at + REMINDER_MS, threshold.quiet)),
    ],
    rests: [],
  };
  return together([alert, ...firsts]);
}

/** A send was given up: the next address that can be used is told. Nothing: nobody is left. */
export function toldInstead(alert: KnownAlert, scene: AlertScene): Told {
  const { facts, language } = alert;
  const fits = (send: AlertSend): boolean => usable(send, send.chat, alert.stopped) && !enough(send, alert, scene.event.at);
  const { noticesToOthers: ceiling } = scene.rules.business.limits;
  const left = noticesLeft(ceiling, alert.toOthers);
  const next = alert.sends.find((send) => send.state === 'spare' && fits(send) && (left > 0 || !isNoticeToOthers(send)));
  if (next === undefined) return NOTHING;
  const ref = { alertId: alert.id, n: next.n };
  return together([
    { changes: [{ kind: 'try_send', alert: ref, ceiling }], rests: [] },
    sendTo(next, next.chat, { ref, facts, language, scene }),
  ]);
}

/** Once a day for one app: the rest of them stands in the alerts. */
function heldBack(appId: string | null): Change {
  return {
    kind: 'audit',
    actor: { kind: 'clock' },
    what: 'alerts_held_back',
    subject: appId ?? 'without-app',
    detail:
      'alerts by SMS and e-mail to others than the owners are held back: as many as LIMIT_ALERTS_OTHER_... lets out have gone',
  };
}

interface Sending {
  readonly ref: SendRef;
  readonly facts: AlertFacts;
  readonly language: Spoken;
  readonly scene: AlertScene;
}

const NOTHING: Told = { changes: [], rests: [] };

function sendTo({ way, address, own }: AlertAddress, chat: AlertChat | null, { ref, facts, language, scene }: Sending): Told {
  const { business } = scene.rules;
  if (way !== 'chat') {
    const notice = alertNotice(facts, way, own, business);
    return { changes: [{ kind: 'notify', alert: ref, way, to: address, language, ...notice }], rests: [] };
  }
  assert(chat !== null, 'a chat that is told is there');
  const { conversation } = chat;
  const said = interject(conversation, alertInChat(facts, { own, buys: business.sellsSms }), {
    orderId: null,
    at: scene.event.at,
    simulated: business.sellsSms && business.smsSimulated,
  });
  return {
    changes: [
      { kind: 'remember', conversationId: conversation.id, session: said.session },
      ...said.changes.map((change): Change => (change.kind === 'say' ? { ...change, alert: ref } : change)),
    ],
    rests: [`conversation:${conversation.id}`],
  };
}

function factsOf(
  kind: AlertFacts['kind'],
  about: KnownWallet,
  { use, amongSeveral }: Alerting,
  { createdBy, units, message }: SetThreshold,
  now: { readonly balance: number; readonly spent: number; readonly at: Instant; readonly business: Rules['business'] },
): AlertFacts {
  const owner = about.wallet?.owner;
  assert(owner !== undefined, 'an alert is about a wallet');
  const { balance, at, business } = now;
  const used = { ...use, units: use.units + now.spent };
  const left = daysLeft(balance, used, at);
  const user = nameForOthers(owner.userId);
  const topUpKes = topUpFor(
    { balance, threshold: units, perDay: pace(used, at) },
    priceFor(about.prices, owner).milliKes,
    business.limits,
  );
  const placeholders = { balance: String(balance), threshold: String(units), user, days: left === null ? '?' : String(left) };
  return {
    kind,
    balance,
    threshold: units,
    daysLeft: left,
    topUpKes,
    walletKey: walletKey(owner),
    wallet: amongSeveral === null ? null : { owner: amongSeveral.owner, by: amongSeveral.by },
    user,
    setBy: nameForOthers(createdBy),
    message: message === null ? null : fillAlertMessage(message, placeholders),
    // A threshold may be older than this rule, and an address may be somebody else's since it was set.
    othersMayRead: message === null || !leadsElsewhere(message, business.supportContact),
  };
}

/** Of the owner, who is most likely to read it. */
function languageOf({ ownChats }: Alerting): Spoken {
  const [last] = ownChats.values();
  return last?.conversation.session.language ?? 'en';
}

function chatIn({ ownChats, namedChats }: Alerting, { way, address }: Pick<PlannedSend, 'way' | 'address'>): AlertChat | null {
  return way === 'chat' ? (ownChats.get(address) ?? namedChats.get(address) ?? null) : null;
}

function usable(address: AlertAddress, chat: AlertChat | null, stopped: ReadonlySet<string>): boolean {
  if (address.way === 'chat') return chat !== null && !chat.stopped && chat.conversation.blockedAt === null;
  return !stopped.has(addressKey(address));
}

function enough(address: AlertAddress, { told }: Pick<Alerting, 'told'>, at: Instant): boolean {
  return toldEnough(address, told.get(addressKey(address)) ?? [], at);
}

export function together(parts: readonly Told[]): Told {
  return {
    changes: parts.flatMap(({ changes }) => changes),
    rests: parts.flatMap(({ rests }) => rests),
  };
}
