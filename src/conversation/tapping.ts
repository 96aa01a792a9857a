/**
 * Owns what a button does. A button of a draft works for that draft alone; the confirmation's works for exactly the values that it
 * showed. Whatever is old, foreign or damaged gets an answer and changes nothing.
 */

import type { Order, OrderEventKind } from '../domain/order.ts';
import { nextState } from '../domain/order.ts';
import { parseChoice, type ParsedChoice } from './choice.ts';
import { applyReading, askAgain, askNext, complete, emptyFilling, openDraft, showing } from './drafting.ts';
import { again, answered, expired, flowNamed, withDraft, type Answer, type Scene } from './scene.ts';
import { orderStatus } from './order-talk.ts';
import { withLead, type Spoken } from './reply.ts';
import type { Draft } from './session.ts';
import { helpPhrase, historyPhrase, languageQuestion, menu, support } from './small-talk.ts';
import type { Effect } from './surroundings.ts';

export function tapped(scene: Scene, data: string, on: string | null): Answer {
  const choice = parseChoice(data);
  if (choice === null) return again(scene, [{ key: 'common:unknown-button' }]);
  const answer = choice.draft === null ? freeTap(scene, choice) : draftTap(scene, choice, choice.draft);
  const retire: Effect[] = on === null ? [] : [{ kind: 'retire_buttons', on }];
  return { ...answer, effects: [...answer.effects, ...retire] };
}

function draftTap(scene: Scene, choice: ParsedChoice, draftId: string): Answer {
  const { session, around } = scene;
  const { draft } = session;
  if (draft?.id !== draftId) {
    const order = around.orders.find((one) => one.draft === draftId);
    return again(scene, [order === undefined ? { key: 'common:gone-button' } : orderStatus(order)]);
  }
  const flow = flowNamed(scene, draft.flow);
  if (choice.action === 'no') return cancelled(scene);
  if (expired(scene))
    return answered(askNext(flow, session, { draft, lead: [{ key: 'common:been-a-while' }], question: null }, around));
  switch (choice.action) {
    case 'ok':
      return confirmed(scene, draft, choice.revision);
    case 'change':
      return changeAsked(scene, draft, choice.value);
    case 'keep':
      return answered(askNext(flow, session, { draft, lead: [], question: null }, around));
    case 'share':
      return again(scene, [{ key: 'common:share-by-button' }]);
    case 'set':
      return slotSet(scene, draft, choice.value ?? '');
    default:
      return again(scene, [{ key: 'common:unknown-button' }]);
  }
}

/** The yes: only to the values shown last, only when fresh. Typed and tapped alike come through here. */
export function confirmed(scene: Scene, draft: Draft, revision: number): Answer {
  const { session, around } = scene;
  const flow = flowNamed(scene, draft.flow);
  if (draft.asking !== 'confirm' || draft.revision !== revision) {
    return answered(askAgain(flow, session, draft, [{ key: 'common:older-button' }], around));
  }
  if (around.late) return answered(askNext(flow, session, { draft, lead: [{ key: 'common:late-yes' }], question: null }, around));
  const done = complete(flow, session, draft, around);
  return answered(done, done.effects);
}

/** Asks one slot anew, its value kept until another is given; without a name, asks which. */
export function changeAsked(scene: Scene, draft: Draft, slot: string | null): Answer {
  const { session, around } = scene;
  const flow = flowNamed(scene, draft.flow);
  const known = flow.slots.some(({ name }) => name === slot);
  return answered(askNext(flow, session, { draft, lead: [], question: null }, around, known ? slot : 'change'));
}

function slotSet(scene: Scene, draft: Draft, value: string): Answer {
  const { session, around } = scene;
  const flow = flowNamed(scene, draft.flow);
  const dot = value.indexOf('.');
  const slot = flow.slots.find(({ name }) => name === value.slice(0, dot));
  if (slot === undefined) return again(scene, [{ key: 'common:unknown-button' }]);
  const reading = slot.take(value.slice(dot + 1), draft, around);
  if (reading.kind === 'nothing') return again(scene, [{ key: 'common:unknown-button' }]);
  const filling = applyReading(emptyFilling(draft), slot, reading);
  // The second tap of a double tap changes nothing, so the question that stands is not asked twice.
  if (reading.kind === 'value' && !filling.changed && draft.asking !== slot.name) return { session, reply: null, effects: [] };
  return answered(askNext(flow, session, filling, around));
}

export function cancelled(scene: Scene): Answer {
  const ended = { ...scene.session, draft: null };
  return answered(showing(ended, withLead([{ key: 'common:cancelled' }], menu(scene.around, 'common:menu-short'))));
}

function freeTap(scene: Scene, choice: ParsedChoice): Answer {
  const { session, around } = scene;
  switch (choice.action) {
    case 'start':
      return started(scene, choice.value ?? '');
    case 'again':
      return orderAgain(scene, orderNamed(scene, choice.value));
    case 'history':
      return again(scene, [historyPhrase(around.orders)]);
    case 'help':
      return again(scene, [helpPhrase(around)]);
    case 'language':
      return { ...answered(showing(session, languageQuestion())) };
    case 'lang':
      return languageChosen(scene, choice.value === 'sw' ? 'sw' : 'en');
    case 'human':
      return again(
        scene,
        [{ key: 'common:human-told', params: { support: support(around) } }],
        [{ kind: 'help_wanted', why: `about ${choice.value ?? ''}` }],
      );
    case 'got':
      return orderWord(scene, orderNamed(scene, choice.value), 'customer_received');
    case 'notgot':
      return orderWord(scene, orderNamed(scene, choice.value), 'customer_paid_not_received');
    case 'notpaid':
      return orderWord(scene, orderNamed(scene, choice.value), 'customer_did_not_pay');
    default:
      return again(scene, [{ key: 'common:unknown-button' }]);
  }
}

/** Begins a flow; an open draft of the same flow is simply asked on. */
export function started(scene: Scene, flowName: string): Answer {
  if (!scene.flows.some(({ name }) => name === flowName)) return again(scene, [{ key: 'common:unknown-button' }]);
  if (scene.session.draft !== null && !expired(scene)) return again(scene, []);
  const { flow, session } = withDraft(scene, flowName);
  return answered(
    askNext(flow, session, { draft: session.draft ?? openDraft(flow, scene.around), lead: [], question: null }, scene.around),
  );
}

export function languageChosen(scene: Scene, language: Spoken): Answer {
  const session = { ...scene.session, language, languageKnown: true };
  return again({ ...scene, session }, [{ key: 'common:language-chosen' }]);
}

/** The same purchase again: a new draft with the order's values, and a confirmation as always. */
export function orderAgain(scene: Scene, order: Order | null): Answer {
  if (order === null) return again(scene, [{ key: 'common:gone-button' }]);
  const { around } = scene;
  const flow = flowNamed(scene, 'buy-airtime');
  const said = (value: string | number): { value: string | number; how: 'said' } => ({ value, how: 'said' });
  const slots = {
    recipient: said(order.recipient),
    amount: said(order.amountKes),
    payer: said(order.payer),
    paymentNetwork: said(order.paymentNetwork),
    ...(order.recipientNetwork === null ? {} : { recipientNetwork: said(order.recipientNetwork) }),
  };
  return answered(
    askNext(flow, scene.session, { draft: { ...openDraft(flow, around), slots }, lead: [], question: null }, around),
  );
}

/** What the customer says became of an order that was silent; the order's own table decides what it is worth. */
function orderWord(scene: Scene, order: Order | null, event: OrderEventKind): Answer {
  if (order === null) return again(scene, [{ key: 'common:gone-button' }]);
  const to = nextState(order.state, event);
  if (to === null) return again(scene, [orderStatus(order)]);
  // The news of the new state is the answer: the order's turn says it.
  return { session: { ...scene.session, failures: 0 }, reply: null, effects: [{ kind: 'order_word', orderId: order.id, event }] };
}

function orderNamed(scene: Scene, reference: string | null): Order | null {
  return scene.around.orders.find((order) => order.reference === reference) ?? null;
}
