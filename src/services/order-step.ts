/**
 * Owns the step of an order as a turn: what it changes, what its customer hears, what it rests on. An order of SMS that becomes paid is
 * delivered in the same turn where its wallet is ours, so that nothing stands between the two; elsewhere its delivery is called for. Where
 * wallets are no longer kept where they were when it was placed, a person sees to it.
 */

import type { Filled } from '../conversation/sms-order-talk.ts';
import { isSimulated, type Business } from '../conversation/surroundings.ts';
import {
  isFilledHere,
  isPaid,
  isTakenBack,
  nextState,
  type Actor,
  type NewsWhy,
  type Order,
  type OrderEventKind,
  type OrderState,
  type SmsOrder,
} from '../domain/order.ts';
import type { Instant } from '../lib/clock.ts';
import type { CallPurpose, Change, Conversation, Known, Turn, TurnEvent } from '../ports/store.ts';
import type { Rules } from './decide.ts';
import { trialOver } from './breaker-changes.ts';
import { fillWallet } from './fill-wallet.ts';
import { advance, groundOf, newsChanges, silenceTimer, type Ground } from './order-changes.ts';
import { type Counted } from '../ports/counted.ts';
import { restsOn } from './rests-on.ts';

/** An order, the event that moves it, and what else its turn must know. */
export interface OrderScene {
  readonly known: Known;
  readonly order: Order;
  readonly event: TurnEvent;
  readonly rules: Pick<Rules, 'business' | 'salt'>;
}

export interface StepDetails {
  /** Why nothing was bought, where somebody said why. */
  readonly why?: NewsWhy | null;
  /** The wallet as another server says that it is after the delivery. */
  readonly filled?: Filled;
  readonly changes?: readonly Change[];
}

interface Step {
  readonly changes: readonly Change[];
  /** What the customer hears of it in the chat, and how the chat stands then; null: nothing. */
  readonly news: ReturnType<typeof newsChanges> | null;
  readonly rests: readonly Counted[];
}

/** An order's step and its news. `conversation`: the chat that the order came from, as it stands. */
export function step(
  scene: OrderScene,
  conversation: Conversation | null,
  kind: OrderEventKind,
  ground: Ground,
  details: StepDetails = {},
): Step {
  const { order, event, rules } = scene;
  const next = nextState(order, kind);
  const set = { ...ground.set, ...learned(order, next, event.at) };
  const { changes: steps, to: reached } = advance(order, kind, { ...ground, set });
  const onward = order.kind === 'sms' && next === 'paid' && !isPaid(order) ? goesOn(order, ground.actor, scene) : null;
  const to = onward?.to ?? reached;
  const trial = trialOver(order, to, scene);
  const changes = [...steps, ...(onward?.changes ?? []), ...trial.changes, ...(details.changes ?? [])];
  const rests: readonly Counted[] = [`order:${order.id}`, ...(onward?.rests ?? []), ...trial.rests];
  if (conversation === null) return { changes, news: null, rests };
  const why = onward?.why ?? details.why ?? whyOf(order, kind);
  const told = { to, why, filled: onward?.filled ?? details.filled ?? null, at: event.at };
  const news = newsChanges(conversation, onward?.from ?? order, told, isSimulated(rules.business, order.kind));
  return { changes, news: news.changes.length === 0 ? null : news, rests };
}

/** What an order keeps of its money. Who says that it is delivered says that it was paid, and is the first to, it may be. */
function learned(order: Order, next: OrderState | null, at: Instant): NonNullable<Ground['set']> {
  if (order.kind !== 'sms' || next === null) return {};
  // What is counted from here on are the tries to deliver it.
  if (next === 'paid' && !isPaid(order)) return { paidAt: at, triesNotSent: 0 };
  if (next === 'delivered' && !isPaid(order)) return { paidAt: at };
  return isTakenBack(order, next) ? { takenBackAt: at } : {};
}

/** The same as a turn. */
export function stepTurn(scene: OrderScene, kind: OrderEventKind, ground: Ground, details: StepDetails = {}): Turn {
  const { known, event } = scene;
  const { conversation } = known;
  const { changes, news, rests } = step(scene, conversation, kind, ground, details);
  if (news === null || conversation === null) return { event, read: restsOn(known, rests), touched: [], changes };
  const remember: Change = { kind: 'remember', conversationId: conversation.id, session: news.session };
  const read = restsOn(known, [...rests, `conversation:${conversation.id}`]);
  return { event, read, touched: [], changes: [...changes, remember, ...news.changes] };
}

/** What becomes of an order in the turn in which it is paid. */
interface Onward {
  readonly to: OrderState;
  readonly changes: readonly Change[];
  readonly rests?: readonly Counted[];
  readonly filled?: Filled;
  /** The order as its news is told of it, where that is not as it was before it was paid. */
  readonly from?: SmsOrder;
  readonly why?: NewsWhy;
}

function goesOn(order: SmsOrder, actor: Actor, scene: OrderScene): Onward {
  const { event, rules } = scene;
  if (order.walletAt !== rules.business.walletsAt) return stranded(order, actor, event.at, rules.business);
  if (isFilledHere(order)) return { to: 'delivered', ...fillWallet(order, actor, scene) };
  return { to: 'paid', changes: delivery(order.id, event.at) };
}

/**
 * Wallets have moved since it was placed: what was shown at the yes (whose wallet, at what price) is not what would be filled now, so a
 * person sees to it. An order of our own is one of a wallet elsewhere from then on: it is recorded or paid back, and never filled here.
 */
function stranded(order: SmsOrder, actor: Actor, at: Instant, { walletsAt }: Pick<Business, 'walletsAt'>): Onward {
  const from: SmsOrder = { ...order, state: 'paid', paidAt: at };
  const set = isFilledHere(order) ? { walletAt: walletsAt } : {};
  const { changes } = advance(from, 'wallets_moved', { ...groundOf(actor, 'wallets_moved'), set });
  return { to: 'review', changes, from, why: 'not_delivered' };
}

/** Whoever keeps the wallet is to be asked for what was paid for; without a word from there, somebody looks. */
function delivery(orderId: string, at: Instant): Change[] {
  return [{ kind: 'call', orderId, purpose: 'deliver_sms', dueAt: at }, silenceTimer(orderId, at)];
}

/** What its news depends on when nobody said why. */
function whyOf({ state }: Order, kind: OrderEventKind): NewsWhy | null {
  if (kind === 'operator_cancelled') return 'by_shop';
  if (kind === 'webhook_cancelled') return 'by_upstream';
  if (kind !== 'silence') return null;
  // It waited for its next try: nothing is out.
  if (state === 'paid') return 'not_delivered';
  return state === 'confirmed' ? 'not_begun' : null;
}

interface Tries {
  /** Waits before the next; after the last it is given up. */
  readonly waitsMs: readonly number[];
  readonly again: OrderEventKind;
  readonly never: OrderEventKind;
  readonly why: NewsWhy;
}

const PROMPTING: Tries = { waitsMs: [3_000, 15_000], again: 'answer_not_sent', never: 'answer_never_sent', why: 'unreachable' };
/** Nobody's phone rings, and it is paid: tried for longer, still within the ten minutes after which a person looks. */
const DELIVERING: Tries = {
  waitsMs: [3_000, 15_000, 60_000, 120_000, 240_000],
  again: 'delivery_not_sent',
  never: 'delivery_never_sent',
  why: 'not_delivered',
};
type MovesMoney = Exclude<CallPurpose, 'ask_payment'>;
const TRIES: Readonly<Record<MovesMoney, Tries>> = {
  buy_airtime: PROMPTING,
  request_payment: PROMPTING,
  deliver_sms: DELIVERING,
};

/** What follows when a call provably was not sent: it is tried again under the same reference, or given up. */
export function afterNotSent(
  order: Order,
  purpose: MovesMoney,
  at: Instant,
): StepDetails & { readonly kind: OrderEventKind; readonly set: NonNullable<Ground['set']> } {
  const { waitsMs, again, never, why } = TRIES[purpose];
  // Settled or paid while it was out, by the upstream's word or a person's: not to be tried again, and no try of what comes next.
  if (nextState(order, again) === null) return { kind: again, set: {} };
  const set = { triesNotSent: order.triesNotSent + 1 };
  const waitMs = waitsMs[order.triesNotSent];
  if (waitMs === undefined) return { kind: never, set, why };
  return { kind: again, set, changes: [{ kind: 'call', orderId: order.id, purpose, dueAt: at + waitMs }] };
}
