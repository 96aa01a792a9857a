/**
 * Owns the steps that a tap and its words both take: starting, confirming, changing, cancelling, help, history, an order again,
 * a word on an order. Whatever is old, foreign or damaged gets an answer and changes nothing.
 */

import { nextState, type Order, type OrderEventKind, type OrderKind } from '../domain/order.ts';
import { walletKey } from '../domain/wallet-owner.ts';
import { assertNever } from '../lib/assert.ts';
import { askAgain, askNext, showing } from './drafting.ts';
import { complete, refill } from './filling.ts';
import { cannotCancel, mayBelieve, orderParams, orderStatus, silenceChoices, silentOrder } from './order-talk.ts';
import type { Phrase, Spoken } from './reply.ts';
import { again, answered, ended, flowNamed, freshDraft, goOn, told, withDraft, type Answer, type Scene } from './scene.ts';
import type { Draft } from './session.ts';
import type { Effect } from './surroundings.ts';
import { helpPhrase, historyChoices, historyPhrases, shortMenuChoices, soldChoices } from './small-talk.ts';

/** An order younger than this is what "cancel" or "yes" without a draft may still mean. */
const JUST_ORDERED_MS = 10 * 60_000;

/** Begins a flow; an open draft of it is simply asked on. */
export function started(scene: Scene, flowName: string): Answer {
  if (!scene.flows.some(({ name }) => name === flowName)) return again(scene, [{ key: 'common:unknown-button' }]);
  if (freshDraft(scene)?.flow === flowName) return again(scene, []);
  const begun = withDraft(scene, flowName);
  if ('refused' in begun) return begun.refused;
  return anew(begun.scene, begun.draft, []);
}

/** Shows the draft under a new revision: what is missing is asked, or the confirmation stands. */
export function anew(scene: Scene, draft: Draft, lead: readonly Phrase[]): Answer {
  const flow = flowNamed(scene, draft.flow);
  return answered(askNext(flow, scene.session, { draft, lead, question: null }, scene.around));
}

/** The yes: only to the values shown last, only when fresh. Typed and tapped alike come through here. */
export function confirmed(scene: Scene, draft: Draft, revision: number): Answer {
  const { session, around } = scene;
  const flow = flowNamed(scene, draft.flow);
  if (draft.asking !== 'confirm' || draft.revision !== revision) {
    return answered(askAgain(flow, session, draft, [{ key: 'common:older-button' }], around));
  }
  if (around.late) return anew(scene, draft, [{ key: 'common:late-yes' }]);
  const done = complete(flow, session, draft, around);
  if (done.session.draft !== null) return answered(done, done.effects);
  return ended({ ...scene, session: done.session }, done.reply.parts, done.reply.choices, done.effects);
}

/** Asks one slot anew, its value kept until another is given; without a name, asks which. */
export function changeAsked(scene: Scene, draft: Draft, slot: string | null): Answer {
  const { session, around } = scene;
  const flow = flowNamed(scene, draft.flow);
  const known = flow.slots.some(({ name, derived }) => name === slot && derived !== true);
  const forced = { slot: known && slot !== null ? slot : 'change', changing: true };
  return answered(askNext(flow, session, { draft, lead: [], question: null }, around, forced));
}

export function cancelled(scene: Scene, more: readonly Phrase[] = []): Answer {
  return ended(scene, [{ key: 'common:cancelled' }, ...more], shortMenuChoices(scene.around));
}

/** Clears the draft and only it; after the order has gone out it does what can still be done, and tells what cannot. */
export function cancel(scene: Scene): Answer {
  if (freshDraft(scene) !== null) return cancelled(scene);
  const latest = justOrdered(scene);
  if (latest === null) {
    const hint: Phrase[] = scene.around.own.length === 0 ? [] : [{ key: 'answers:how-to-stop' }];
    return again(scene, [{ key: 'common:nothing-to-cancel' }, ...hint]);
  }
  return cancelledOrder(scene, latest);
}

/** As long as nothing has left, an order can be stopped; afterwards only the truth can be told. */
export function cancelledOrder(scene: Scene, order: Order): Answer {
  if (nextState(order, 'customer_cancelled') !== null) return orderWord(scene, order, 'customer_cancelled');
  return told(scene, [cannotCancel(order, scene.around.now)]);
}

/** The order that a word without a draft may be about; null when the last one is older than that. */
export function justOrdered({ around }: Scene): Order | null {
  const latest = around.orders[0];
  return latest !== undefined && around.now - latest.createdAt < JUST_ORDERED_MS ? latest : null;
}

export function helped(scene: Scene): Answer {
  const open = freshDraft(scene) !== null;
  return again(scene, [helpPhrase(scene.around, open)], [], soldChoices(scene.around));
}

export function history(scene: Scene): Answer {
  const { around } = scene;
  return again(scene, historyPhrases(around), [], historyChoices(around));
}

export function languageChosen(scene: Scene, language: Spoken): Answer {
  const session = { ...scene.session, language, languageKnown: true };
  return again({ ...scene, session }, [{ key: 'common:language-chosen' }]);
}

/** The flow that each kind of order is made by. */
export const FLOW_OF: Readonly<Record<OrderKind, string>> = { airtime: 'buy-airtime', sms: 'buy-sms' };

/** The same purchase again: a new draft with the order's values, and a confirmation as always. */
export function orderAgain(scene: Scene, order: Order | null): Answer {
  if (order === null) return again(scene, [{ key: 'common:gone-button' }]);
  return begunWith(scene, FLOW_OF[order.kind], orderValues(order));
}

/** A new draft with values that are checked as if they were said. An open one of the same flow gives way, one of another is set aside. */
export function begunWith(scene: Scene, flowName: string, values: ReturnType<typeof orderValues>): Answer {
  if (!scene.flows.some(({ name }) => name === flowName)) return again(scene, [{ key: 'common:unknown-button' }]);
  const same = scene.session.draft?.flow === flowName;
  const begun = withDraft(same ? { ...scene, session: { ...scene.session, draft: null } } : scene, flowName);
  if ('refused' in begun) return begun.refused;
  return goOn(begun.scene, begun.flow, refill(begun.flow, begun.draft, values, scene.around));
}

export function orderValues(order: Order): Readonly<Record<string, string | number | null>> {
  const { amountKes, payer, paymentNetwork } = order;
  switch (order.kind) {
    case 'airtime':
      return { recipient: order.recipient, recipientNetwork: order.recipientNetwork, amount: amountKes, payer, paymentNetwork };
    case 'sms':
      return { wallet: walletKey(order.wallet), amount: `${amountKes} KES`, payer };
    default:
      return assertNever(order);
  }
}

/** It did not arrive: was money taken? Null when no question about an order stands open. */
export function askedWhy(scene: Scene, effects: readonly Effect[] = []): Answer | null {
  const silent = silentOrder(scene.around.orders, scene.around.now);
  if (silent === null || freshDraft(scene) !== null || !offers(scene, 'notgot')) return null;
  const choices = silenceChoices(silent).filter(({ id }) => !id.startsWith('got='));
  const asked: Phrase = { key: 'order:not-arrived', params: orderParams(silent) };
  return answered(showing(scene.session, { parts: [asked], choices }), effects);
}

/** What was last offered has a choice of this action. */
export function offers({ session }: Scene, action: string): boolean {
  return session.choices.some(({ id }) => id.startsWith(`${action}=`));
}

/** What the customer says became of an order: worth nothing before they were asked, then what the order's own table makes of it. */
export function orderWord(scene: Scene, order: Order | null, event: OrderEventKind): Answer {
  if (order === null) return again(scene, [{ key: 'common:gone-button' }]);
  const believed = event === 'customer_cancelled' || mayBelieve(order, event, scene.around);
  if (!believed || nextState(order, event) === null) return told(scene, [orderStatus(order, scene.around.now)]);
  // The news of the new state is the answer: the order's turn says it.
  return { session: { ...scene.session, failures: 0 }, reply: null, effects: [{ kind: 'order_word', orderId: order.id, event }] };
}
