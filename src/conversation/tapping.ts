/**
 * Owns what a button does. A button of a draft works for that draft alone; the confirmation's works for exactly the values that it
 * showed. Whatever is old, foreign or damaged gets an answer and changes nothing.
 */

import type { Order } from '../domain/order.ts';
import { alertRemoved } from './alert-removal.ts';
import { alertsListed, alertTapped } from './alert-wishes.ts';
import { showing } from './drafting.ts';
import { parseChoice, type ParsedChoice } from './choice.ts';
import { applyReading, emptyFilling } from './filling.ts';
import { forgetConfirmed, forgetTakenBack } from './forgetting.ts';
import { orderStatus } from './order-talk.ts';
import { again, answered, expired, flowNamed, goOn, parked, told, withDraft, type Answer, type Scene } from './scene.ts';
import type { Draft } from './session.ts';
import { historyChoice, languageQuestion } from './small-talk.ts';
import {
  anew,
  begunWith,
  cancelled,
  cancelledOrder,
  changeAsked,
  confirmed,
  FLOW_OF,
  helped,
  history,
  languageChosen,
  orderAgain,
  orderWord,
  started,
} from './steps.ts';
import type { Effect } from './surroundings.ts';
import { alertsOn } from './stopping.ts';
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
  const aside = parked(scene);
  if (aside?.id === draftId) return asideTap(scene, choice, aside);
  if (draft?.id !== draftId) {
    const order = around.orders.find((one) => one.draft === draftId);
    if (order === undefined) return again(scene, [{ key: 'common:gone-button' }]);
    // The second tap of a double tap: the first is being answered.
    if (choice.action === 'ok' && around.now - order.createdAt < DOUBLE_TAP_MS) return { session, reply: null, effects: [] };
    if (choice.action === 'no') return cancelledOrder(scene, order);
    return told(scene, [orderStatus(order, scene.around.now)]);
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

/** A button of the purchase that was set aside: it is taken up again, or dropped; what its button said is asked anew. */
function asideTap(scene: Scene, choice: ParsedChoice, aside: Draft): Answer {
  const { parked: _dropped, ...session } = scene.session;
  if (choice.action === 'no') return again({ ...scene, session }, [{ key: 'common:cancelled' }]);
  const begun = withDraft(scene, aside.flow);
  if ('refused' in begun) return begun.refused;
  return anew(begun.scene, begun.draft, choice.action === 'keep' ? [] : [{ key: 'common:older-button' }]);
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
    case 'buy_sms':
      return smsTopUp(scene, choice.value ?? '');
    case 'alerts_on':
      return alertsOn(scene);
    case 'alerts':
      return alertsListed(scene);
    case 'alert':
      return alertTapped(scene, choice.value ?? '');
    case 'unalert':
      return alertRemoved(scene, choice.value);
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
    case 'forget':
      return choice.value === 'yes' ? forgetConfirmed(scene) : forgetTakenBack(scene);
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

/** "400", or "400.<key>": so many shillings' worth of SMS, for the wallet of that key. What an alert offers. */
function smsTopUp(scene: Scene, value: string): Answer {
  const [amountKes = '', wallet = null] = value.split('.');
  if (!/^\d{1,7}$/.test(amountKes)) return again(scene, [{ key: 'common:unknown-button' }]);
  return begunWith(scene, FLOW_OF.sms, { wallet, amount: `${amountKes} KES` });
}

/** To a person about one of their orders. */
function personCalled(scene: Scene, order: Order | null): Answer {
  if (order === null) return again(scene, [{ key: 'common:gone-button' }]);
  return again(scene, [personTold(scene)], [wanted('person', order)], [historyChoice]);
}

function orderNamed(scene: Scene, reference: string | null): Order | null {
  return scene.around.orders.find((order) => order.reference === reference) ?? null;
}
