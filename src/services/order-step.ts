/**
 * Owns the step of an order as a turn: what it changes, what its customer hears, what it rests on. An order of SMS that becomes paid is
 * delivered in the same turn, so that nothing stands between the two.
 */

import type { Filled } from '../conversation/sms-order-talk.ts';
import { isSimulated } from '../conversation/surroundings.ts';
import {
  MAX_TRIES_NOT_SENT,
  nextState,
  type NewsWhy,
  type NotBoughtWhy,
  type Order,
  type OrderEventKind,
} from '../domain/order.ts';
import type { CallPurpose, Change, Known, Turn, TurnEvent } from '../ports/store.ts';
import type { Rules } from './decide.ts';
import { fillWallet } from './fill-wallet.ts';
import { advance, newsChanges, type Ground } from './order-changes.ts';
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
  readonly why?: NotBoughtWhy | null;
  readonly changes?: readonly Change[];
}

/** An order's step with its news, as a turn. */
export function stepTurn(scene: OrderScene, kind: OrderEventKind, ground: Ground, details: StepDetails = {}): Turn {
  const { known, order, event, rules } = scene;
  const { changes: steps, to: reached } = advance(order, kind, ground);
  const filling = reached === 'paid' && order.kind === 'sms' ? fillWallet(order, ground.actor, scene) : null;
  const filled: Filled | null = filling?.filled ?? null;
  const to = filling === null ? reached : 'delivered';
  const rests: readonly Counted[] = [`order:${order.id}`, ...(filling?.rests ?? [])];
  const changes = [...steps, ...(filling?.changes ?? []), ...(details.changes ?? [])];
  if (known.conversation === null) return { event, read: restsOn(known, rests), touched: [], changes };
  const { conversation } = known;
  const told = { to, why: details.why ?? whyOf(order, kind), filled, at: event.at };
  const news = newsChanges(conversation, order, told, isSimulated(rules.business, order.kind));
  if (news.changes.length === 0) return { event, read: restsOn(known, rests), touched: [], changes };
  const read = restsOn(known, [...rests, `conversation:${conversation.id}`]);
  const remember: Change = { kind: 'remember', conversationId: conversation.id, session: news.session };
  return { event, read, touched: [], changes: [...changes, remember, ...news.changes] };
}

/** What its news depends on when nobody said why. */
function whyOf({ state }: Order, kind: OrderEventKind): NewsWhy | null {
  if (kind === 'operator_cancelled') return 'by_shop';
  if (kind === 'webhook_cancelled') return 'by_upstream';
  return kind === 'silence' && state === 'confirmed' ? 'not_begun' : null;
}

/** Waits before a call that provably was not sent is tried again. */
const RETRY_AFTER_MS = [3_000, 15_000];

/** What follows when a call provably was not sent: it is tried again under the same reference, or given up. */
export function afterNotSent(
  order: Order,
  purpose: CallPurpose,
  at: number,
): StepDetails & { readonly kind: OrderEventKind; readonly set: NonNullable<Ground['set']> } {
  const triesNotSent = order.triesNotSent + 1;
  const set = { triesNotSent };
  if (triesNotSent >= MAX_TRIES_NOT_SENT) return { kind: 'answer_never_sent', set, why: 'unreachable' };
  // Settled while it was out, by the upstream's word or a person's: not to be tried again.
  if (nextState(order, 'answer_not_sent') === null) return { kind: 'answer_not_sent', set };
  const dueAt = at + (RETRY_AFTER_MS[triesNotSent - 1] ?? 15_000);
  return { kind: 'answer_not_sent', set, changes: [{ kind: 'call', orderId: order.id, purpose, dueAt }] };
}
