/**
 * Owns what a button does. A button of a draft works for that draft alone; the confirmation's works for exactly the values that it
 * showed. Whatever is old, foreign or damaged gets an answer and changes nothing.
 */

import type { Order } from '../domain/order.ts';
import { showing } from './drafting.ts';
import { parseChoice, type ParsedChoice } from './choice.ts';
import { applyReading, emptyFilling } from './filling.ts';
import { orderStatus } from './order-talk.ts';
import { again, answered, expired, flowNamed, goOn, told, type Answer, type Scene } from './scene.ts';
import type { Draft } from './session.ts';
import { historyChoice, languageQuestion } from './small-talk.ts';
import {
  anew,
  cancelled,
  cancelledOrder,
  changeAsked,
  confirmed,
  helped,
  history,
  languageChosen,
  orderAgain,
  orderWord,
  started,
} from './steps.ts';
import type { Effect } from './surroundings.ts';
import { personTold, wanted } from './troubles.ts';

const DOUBLE_TAP_MS = 10_000;

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
    if (order === undefined) return again(scene, [{ key: 'common:gone-button' }]);
    // The second tap of a double tap: the first is being answered.
    if (choice.action === 'ok' && around.now - order.createdAt < DOUBLE_TAP_MS) return { session, reply: null, effects: [] };
    if (choice.action === 'no') return cancelledOrder(scene, order);
    return told(scene, [orderStatus(order)]);
  }
  if (choice.action === 'no') return cancelled(scene);
  if (expired(scene)) return anew(scene, draft, [{ key: 'common:been-a-while' }]);
  switch (choice.action) {
    case 'ok':
      return confirmed(scene, draft, choice.revision);
    case 'change':
      return changeAsked(scene, draft, choice.value);
    case 'keep':
      return anew(scene, draft, []);
    case 'share':
      return again(scene, [{ key: 'common:share-by-button' }]);
    case 'set':
      return slotSet(scene, draft, choice.value ?? '');
    default:
      return again(scene, [{ key: 'common:unknown-button' }]);
  }
}

function slotSet(scene: Scene, draft: Draft, value: string): Answer {
  const { session, around } = scene;
  const flow = flowNamed(scene, draft.flow);
  const dot = value.indexOf('.');
  const slot = flow.slots.find(({ name }) => name === value.slice(0, dot));
  if (slot === undefined) return again(scene, [{ key: 'common:unknown-button' }]);
  const reading = slot.take(value.slice(dot + 1), draft, around);
  if (reading.kind === 'nothing') return again(scene, [{ key: 'common:unknown-button' }]);
  const filling = applyReading(flow, emptyFilling(draft), slot, reading);
  // The second tap of a double tap changes nothing, so the question that stands is not asked twice.
  if (reading.kind === 'value' && !filling.changed && draft.asking !== slot.name && draft.choosing === undefined)
    return { session, reply: null, effects: [] };
  return goOn(scene, flow, filling);
}

function freeTap(scene: Scene, choice: ParsedChoice): Answer {
  const { session } = scene;
  switch (choice.action) {
    case 'start':
      return started(scene, choice.value ?? '');
    case 'again':
      return orderAgain(scene, orderNamed(scene, choice.value));
    case 'history':
      return history(scene);
    case 'help':
      return helped(scene);
    case 'language':
      return answered(showing(session, languageQuestion()));
    case 'lang':
      return languageChosen(scene, choice.value === 'sw' ? 'sw' : 'en');
    case 'human':
      return personCalled(scene, orderNamed(scene, choice.value));
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

/** To a person about one of their orders. */
function personCalled(scene: Scene, order: Order | null): Answer {
  if (order === null) return again(scene, [{ key: 'common:gone-button' }]);
  return again(scene, [personTold(scene)], [wanted('person', order)], [historyChoice]);
}

function orderNamed(scene: Scene, reference: string | null): Order | null {
  return scene.around.orders.find((order) => order.reference === reference) ?? null;
}
