/**
 * Owns what a message of a person changes: the conversation engine decides what is said and wanted, this file turns its effects
 * into changes of the store. First contact makes the customer and the chat.
 */

import { converse } from '../conversation/engine.ts';
import { DRAFT_REMINDER_MS } from '../conversation/drafting.ts';
import { silentOrder } from '../conversation/order-talk.ts';
import { newSession, spokenOf, type Session } from '../conversation/session.ts';
import type { Effect, Input, Sprint, Surroundings } from '../conversation/surroundings.ts';
import { inWords } from '../domain/attention.ts';
import { sameParties, type Parties } from '../domain/limits.ts';
import { parseMsisdn, type Msisdn } from '../domain/msisdn.ts';
import { mayRing, SILENCE_MS, type Actor, type Order } from '../domain/order.ts';
import { withoutBarePin, withoutPin } from '../domain/pin.ts';
import { walletKey, type OwnWallet } from '../domain/wallet-owner.ts';
import { assertNever } from '../lib/assert.ts';
import { idsFrom, type Ids } from '../lib/ids.ts';
import { withoutCodes } from '../lib/one-time-code.ts';
import type { InboundMessage } from '../ports/channel.ts';
import type { Change, Conversation, Customer, Known, Needs, Turn, TurnEvent } from '../ports/store.ts';
import { withCallsOnce } from './call-person.ts';
import { wantBalance } from './decide-balance.ts';
import { claimOf } from './decide-claim.ts';
import type { Rules } from './decide.ts';
import { ownAlertChanges } from './decide-threshold.ts';
import { needsOf } from './needs-of.ts';
import { surroundingsOf } from './surroundings-of.ts';
import { placed, type Placed } from './place-order.ts';
import { PRICES_COUNTED, walletCounted, type Counted } from '../ports/counted.ts';
import { restsOn } from './rests-on.ts';
import { step } from './order-step.ts';

/** A message older than this may talk, but its yes buys nothing: it was written to another state of the chat. */
const LATE_MS = 10 * 60_000;
/** A network's clock may be off ours by so much, as long as nothing else is known of the two. */
const CLOCKS_APART_MS = 60_000;
/** A question is read and answered no faster. Networks tell whole seconds, so that it can look as fast as this. */
const READ_MS = 1_000;
/** A message that was under way for longer, by two clocks, may have been held up. */
const HELD_UP_MS = 5_000;
/** An answer may come in before the network has told us that the question went out, so that it seems to be from before it. */
const SET_BACK_MS = 5_000;
/** Of the last messages of a chat. */
const LAGS_KEPT = 6;

export type MessageEvent = Extract<TurnEvent, { kind: 'message' }>;

/** Who speaks and where; made here at first contact. */
export interface Speaker {
  readonly customer: Customer;
  readonly conversation: Conversation;
  readonly changes: readonly Change[];
}

export function decideMessage(known: Known, event: MessageEvent, rules: Rules): Turn {
  const { message } = event;
  const ids = idsFrom(`${rules.salt}/${event.id}`);
  const speaker = speakerOf(known, message, ids);
  const { customer, conversation } = speaker;
  const changes: Change[] = [...speaker.changes, ...reachability(conversation, message, event.at)];
  const input = inputOf(message);
  if (input === null) return { event, read: restsOn(known, [`conversation:${conversation.id}`]), touched: [], changes };

  const rings = known.recentOrders.some((order) => mayRing(order, event.at));
  changes.push({ kind: 'heard', conversationId: conversation.id, messageId: message.messageId, text: heardText(message, rings) });
  const around = surroundings(known, event, rules, speaker, ids);
  const sprint = withCallsOnce(converse(conversation.session, input, around, rules.flows), event.at);
  const claimed = claimOf(known, event, { customer, conversation: { ...conversation, session: sprint.session } }, rules);
  changes.push(...claimed.before);
  const effects = sprint.effects.map((effect) => effectChanges(effect, { known, event, rules, customer, conversation, sprint }));
  const spoken = effects.find(({ session }) => session !== undefined)?.session ?? sprint.session;
  const remembered =
    sprint.replies.length === 0 ? spoken : { ...spoken, lagsMs: lagsAfter(conversation.session, message, event.at) };
  changes.push(
    { kind: 'remember', conversationId: conversation.id, session: remembered },
    ...reminderOf(conversation, sprint.session),
    ...sprint.replies.map((reply): Change => ({
      kind: 'say',
      conversationId: conversation.id,
      reply,
      language: sprint.session.language,
      orderId: null,
    })),
    ...effects.flatMap((effect) => effect.changes),
  );
  // An order is measured as the one who placed it; who that is as well is settled by their next message.
  const merging = sprint.effects.some(({ kind }) => kind === 'place_order') ? [] : claimed.merging;
  changes.push(...merging);
  const lacks = lacking(known, sprint, remembered, rules);
  const rests: readonly Counted[] = [
    `conversation:${conversation.id}`,
    ...effects.flatMap((effect) => effect.rests),
    ...(merging.length === 0 ? [] : claimed.rests),
  ];
  return {
    event,
    read: restsOn(known, rests),
    touched: effects.flatMap(({ touched }) => touched),
    changes,
    ...(lacks === null ? {} : { lacks }),
  };
}

function lacking(known: Known, { effects }: Sprint, session: Session, rules: Rules): Needs | null {
  if (known.smsWallets === null && effects.some(({ kind }) => kind === 'needs_wallets')) return { wallets: true };
  // What was bought was measured; what is gone on with after it is not shown yet.
  const bought = effects.some(({ kind }) => kind === 'place_order');
  const parties = bought ? null : unmeasured(known, session, rules);
  return parties === null ? null : { parties };
}

/** The purchase that is shown to be confirmed, when nothing was loaded of who pays or who gets. */
export function unmeasured({ use }: Known, session: Session, { flows }: Rules): Parties | null {
  const { parties } = needsOf(session, flows);
  if (session.draft?.asking !== 'confirm' || parties === undefined) return null;
  if (use !== null && sameParties(parties, { payer: use.payer.payer, recipient: use.recipient })) return null;
  return parties;
}

export function speakerOf(known: Known, message: InboundMessage, ids: Ids): Speaker {
  if (known.customer !== null && known.conversation !== null) {
    return { customer: known.customer, conversation: known.conversation, changes: [] };
  }
  const customer = known.customer ?? { id: ids.id('c'), name: message.senderName };
  const conversation: Conversation = {
    id: ids.id('v'),
    customerId: customer.id,
    address: message.address,
    session: newSession(spokenOf(message.locale)),
    blockedAt: null,
    version: 0,
  };
  return { customer, conversation, changes: [{ kind: 'welcome', customer, sender: message.sender, conversation }] };
}

export function reachability(conversation: Conversation, message: InboundMessage, now: number): Change[] {
  const blocks = message.content.kind === 'blocked';
  if (blocks === (conversation.blockedAt !== null)) return [];
  return [{ kind: 'reachable', conversationId: conversation.id, blockedAt: blocks ? now : null }];
}

function inputOf(message: InboundMessage): Input | null {
  const { content, ownPhone } = message;
  switch (content.kind) {
    case 'text':
      return { kind: 'text', text: content.text };
    case 'tap':
      return { kind: 'tap', data: content.data, on: content.on };
    case 'contact':
      return ownPhone !== null && isNumber(content.phones[0], ownPhone)
        ? { kind: 'own_contact', phone: ownPhone }
        : { kind: 'contact', name: content.name, phones: content.phones };
    case 'unsupported':
      return { kind: 'unsupported', what: content.what };
    case 'blocked':
    case 'unblocked':
      return null;
    default:
      return assertNever(content);
  }
}

/** WhatsApp vouches for the speaker's number with every message, so a contact is their own only when it bears that number. */
function isNumber(typed: string | undefined, number: Msisdn): boolean {
  const parsed = parseMsisdn(typed ?? '');
  return parsed.ok && parsed.value === number;
}

/** Kept for 90 days, so that the shop can see what was said when something went wrong. */
function heardText(message: InboundMessage, rings: boolean): string {
  const { content } = message;
  if (content.kind === 'text') return withoutCodes((rings ? withoutBarePin : withoutPin)(content.text).slice(0, 2_000));
  if (content.kind === 'tap') return `[${content.data.slice(0, 64)}]`;
  return `(${content.kind === 'unsupported' ? content.what : content.kind})`;
}

function surroundings(known: Known, event: MessageEvent, rules: Rules, speaker: Speaker, ids: Ids): Surroundings {
  const { message, at } = event;
  const { ownPhone, sentAt } = message;
  const { customer, conversation } = speaker;
  const own = ownPhone === null ? known.ownPhones : [ownPhone, ...known.ownPhones.filter((one) => one !== ownPhone)];
  return {
    ...surroundingsOf(known, rules, { at, ids, customerId: customer.id, conversation }),
    own,
    unseen: known.unseen || crossed(known, message, at),
    wallets: known.smsWallets === null ? null : known.smsWallets.map((wallet) => named(wallet, customer.id)),
    late: sentAt !== null && at - sentAt > LATE_MS,
  };
}

/** The wallet of one who speaks for the first time gets their id, which was made just now. */
function named(wallet: OwnWallet, customerId: string): OwnWallet {
  const owner = { appId: null, userId: customerId };
  return wallet.owner.userId === '' ? { ...wallet, owner, key: walletKey(owner) } : wallet;
}

/** It was written before the person can have read what stands open. Only where the network tells when it was written. */
function crossed(known: Known, { sentAt }: InboundMessage, now: number): boolean {
  if (sentAt === null) return false;
  const asked = askedAt(known, now);
  // Our clock was set back since: when it was asked, by this clock or the network's, nobody can tell any more.
  if (asked > now + SET_BACK_MS) return true;
  if (sentAt <= asked - aheadAtMost(known) + READ_MS) return true;
  // What a network held up comes all at once: nobody has read it this soon after it was sent, and the lags tell nothing.
  return now >= asked && now - asked < READ_MS && now - sentAt > HELD_UP_MS;
}

/** What stands open was not asked before this instant. */
function askedAt({ conversation, recentOrders, askedAt: sentAt }: Known, now: number): number {
  const silent = silentOrder(recentOrders, now);
  const silentSince = silent === null || silent.createdAt > now ? 0 : silent.createdAt + SILENCE_MS;
  return Math.max(conversation?.session.draft?.touchedAt ?? 0, sentAt ?? 0, silentSince);
}

/**
 * How far our clock is ahead of the network's, at most. A message is written before it comes, so the shortest of the last lags is no less
 * than that; of a few, because a network may hold up several in a row, and a jump of our clock is soon forgotten.
 */
function aheadAtMost({ conversation }: Known): number {
  const lagsMs = conversation?.session.lagsMs ?? [];
  return lagsMs.length === 0 ? CLOCKS_APART_MS : Math.min(...lagsMs);
}

function lagsAfter({ lagsMs = [] }: Session, { sentAt }: InboundMessage, now: number): readonly number[] {
  return sentAt === null ? lagsMs : [now - sentAt, ...lagsMs].slice(0, LAGS_KEPT);
}

/** One reminder for a draft left open; each message moves it. */
export function reminderOf(conversation: Conversation, { draft }: Session): Change[] {
  const key = `draft:${conversation.id}`;
  if (draft === null) return conversation.session.draft === null ? [] : [{ kind: 'clear_timer', key }];
  const timer = { kind: 'draft_reminder', conversationId: conversation.id } as const;
  return [{ kind: 'set_timer', key, dueAt: draft.touchedAt + DRAFT_REMINDER_MS, timer }];
}

interface EffectScene {
  readonly known: Known;
  readonly event: MessageEvent;
  readonly rules: Rules;
  readonly customer: Customer;
  readonly conversation: Conversation;
  readonly sprint: Sprint;
}

interface EffectChanges extends Placed {
  readonly session?: Sprint['session'];
}

function effectChanges(effect: Effect, scene: EffectScene): EffectChanges {
  const { conversation, customer, event, known, rules } = scene;
  const actor: Actor = { kind: 'customer', id: customer.id };
  const only = (...changes: Change[]): EffectChanges => ({ changes, rests: [], touched: [] });
  switch (effect.kind) {
    case 'place_order':
      return withQuote(placed(effect.order, actor, known), effect.order, known);
    case 'order_word': {
      const order = known.recentOrders.find(({ id }) => id === effect.orderId);
      if (order === undefined) throw new Error('invariant broken: the engine speaks of an order that is not known');
      const chat = { ...conversation, session: scene.sprint.session };
      const ground = { actor, evidence: 'customer', rawId: null } as const;
      const { changes, news, rests } = step({ known, order, event, rules }, chat, effect.event, ground);
      if (news === null) return { changes, rests, touched: [] };
      return { changes: [...changes, ...news.changes], rests, touched: [], session: news.session };
    }
    case 'stop_prompts': {
      const { phone, stopped } = effect;
      const what = stopped ? 'prompts_stopped' : 'prompts_allowed';
      return only({ kind: 'stop_prompts', phone, stopped }, { kind: 'audit', actor, what, subject: customer.id, detail: '' });
    }
    case 'stop_alerts': {
      const { stopped } = effect;
      return only({ kind: 'stop_alerts', customerId: customer.id, stopped });
    }
    case 'set_alert':
    case 'remove_alert':
      return watched(alertChanged(effect, known, event, actor), effect.wallet, scene);
    case 'help_wanted':
      return only({
        kind: 'audit',
        actor,
        what: 'help_wanted',
        subject: conversation.id,
        detail: inWords(effect.why),
        reason: effect.why,
      });
    case 'ask_balances':
      return only(
        ...effect.owners.map((owner) => wantBalance(owner, event.at, { conversationId: conversation.id, wants: 'figure' })),
      );
    case 'ask_price':
      return only(wantBalance(effect.owner, event.at, { conversationId: conversation.id, wants: 'price' }));
    case 'needs_wallets':
      return only();
    case 'retire_buttons':
      return rules.capabilities(event.message.address.channel).retireButtons
        ? only({ kind: 'retire_buttons', conversationId: conversation.id, channelMessageId: effect.on })
        : only();
    case 'notice_given':
      return only({ kind: 'consent', customerId: customer.id, what: 'privacy_notice', textVersion: effect.textVersion });
    default:
      return assertNever(effect);
  }
}

/** Where another server keeps the wallet, somebody is to be warned from now on: the figure is read at once. */
function watched(changed: EffectChanges, key: string, { known, event, rules }: EffectScene): EffectChanges {
  const owner = known.smsWallets?.find((wallet) => wallet.key === key)?.owner;
  if (owner === undefined || rules.business.walletsAt === 'own') return changed;
  return { ...changed, changes: [...changed.changes, wantBalance(owner, event.at)] };
}

/** Of a wallet that was theirs when the message was decided; whoever decides about it meanwhile makes the turn stale. */
function alertChanged(
  effect: Extract<Effect, { kind: 'set_alert' | 'remove_alert' }>,
  { smsWallets }: Known,
  { at }: MessageEvent,
  actor: Actor,
): EffectChanges {
  const wallet = smsWallets?.find(({ key }) => key === effect.wallet);
  if (wallet?.open == null) throw new Error('invariant broken: the engine speaks of a wallet that is not known');
  const name = walletCounted(wallet.owner);
  const units = effect.kind === 'set_alert' ? effect.units : null;
  return { changes: ownAlertChanges(wallet, wallet.open.id, units, { at, actor }), rests: [name], touched: [name] };
}

/** What an order of SMS is quoted from: a price or balance that changes meanwhile makes another quote. */
function withQuote(placed: Placed, order: Order, { smsWallets }: Known): Placed {
  if (order.kind !== 'sms') return placed;
  const wallets = (smsWallets ?? []).map(({ owner }) => walletCounted(owner));
  return { ...placed, rests: [...placed.rests, PRICES_COUNTED, ...wallets] };
}
