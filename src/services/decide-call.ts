/**
 * Owns what a call to an upstream changes about its order, whichever it is: that it begins, that it was out when the process died, and who
 * reads its answer. What an answer means stands with its kind, in decide-airtime.ts, decide-payment.ts and decide-delivery.ts.
 */

import { nextState, PROMPT_LIVE_MS, SILENCE_MS } from '../domain/order.ts';
import { assertNever } from '../lib/assert.ts';
import { BEGINS, type Change, type Known, type Turn, type TurnEvent } from '../ports/store.ts';
import { withBreaker } from './breaker-changes.ts';
import { purchaseAnswered } from './decide-airtime.ts';
import { deliveryAnswered } from './decide-delivery.ts';
import type { Rules } from './decide.ts';
import { askIfKnown, askInterrupted, paymentAnswered, statusAnswered } from './decide-payment.ts';
import { groundOf, type Ground } from './order-changes.ts';
import { stepTurn, type OrderScene } from './order-step.ts';

type Of<K extends TurnEvent['kind']> = Extract<TurnEvent, { kind: K }>;

export function decideCall(
  known: Known,
  event: Of<'call_starting'> | Of<'call_answered'> | Of<'call_interrupted'>,
  rules: Rules,
): Turn {
  const { order } = known;
  if (order === null) throw new Error('invariant broken: a call belongs to an order');
  const scene: OrderScene = { known, order, event, rules };
  const state = (to: 'started' | 'answered'): Change => ({
    kind: 'call_state',
    orderId: order.id,
    purpose: event.purpose,
    state: to,
  });
  switch (event.kind) {
    case 'call_starting': {
      // A question moves nothing, and is no step of the order.
      if (event.purpose === 'ask_payment') return { event, read: {}, touched: [], changes: [state('started')] };
      if (order.state === 'confirmed' && event.at - order.createdAt >= SILENCE_MS) {
        // We were down for too long: a phone that rings now would surprise its owner. The call is over, without a byte.
        const ground = groundOf({ kind: 'clock' }, 'not_begun');
        return stepTurn(scene, 'silence', ground, { changes: [state('answered')] });
      }
      const ground: Ground = { actor: { kind: 'upstream' }, evidence: 'call', rawId: null };
      const begins = BEGINS[event.purpose];
      // Settled while its call waited: the call leaves the outbox and is over, without a byte.
      if (nextState(order, begins) === null) return stepTurn(scene, begins, ground, { changes: [state('answered')] });
      if (event.purpose === 'deliver_sms') return stepTurn(scene, begins, ground, { changes: [state('started')] });
      return begun(scene, event, ground, state('started'));
    }
    case 'call_interrupted': {
      if (event.purpose === 'ask_payment') return askInterrupted(scene, event, state('answered'));
      const ground: Ground = { actor: { kind: 'rescuer' }, evidence: 'the process ended while the call was out', rawId: null };
      if (event.purpose === 'deliver_sms')
        return stepTurn(scene, 'delivery_interrupted', ground, { changes: [state('answered')] });
      return stepTurn(scene, 'call_interrupted', ground, { changes: [state('answered'), ...askIfKnown(order, event.at)] });
    }
    case 'call_answered':
      return answeredCall(scene, event, state('answered'), rules);
    default:
      return assertNever(event);
  }
}

function answeredCall(scene: OrderScene, event: Of<'call_answered'>, ended: Change, rules: Rules): Turn {
  switch (event.purpose) {
    case 'buy_airtime': {
      const { turn, health } = purchaseAnswered(scene, event, ended);
      return wasAsked(event.answer) ? withBreaker(turn, scene, 'topups', health, rules.breaker) : turn;
    }
    case 'request_payment': {
      const { turn, health } = paymentAnswered(scene, event, ended);
      return wasAsked(event.answer) ? withBreaker(turn, scene, 'daraja', health, rules.breaker) : turn;
    }
    case 'deliver_sms': {
      const { turn, health } = deliveryAnswered(scene, event, ended);
      return wasAsked(event.answer) ? withBreaker(turn, scene, 'tuku', health, rules.breaker) : turn;
    }
    case 'ask_payment':
      return statusAnswered(scene, event, ended);
    default:
      return assertNever(event);
  }
}

/** A call that was not even tried says nothing of its upstream. */
function wasAsked(answer: { readonly kind: string; readonly unasked?: true }): boolean {
  return answer.kind !== 'not_sent' || answer.unasked !== true;
}

/** The phone rings from now on, which may be a while after the yes; until now the order kept it to itself. */
function begun(scene: OrderScene, { at, orderId }: Of<'call_starting'>, ground: Ground, started: Change): Turn {
  const promptLiveUntil = at + PROMPT_LIVE_MS;
  const timer: Change = {
    kind: 'set_timer',
    key: `prompt:${orderId}`,
    dueAt: promptLiveUntil,
    timer: { kind: 'prompt_lapsed', orderId },
  };
  return stepTurn(scene, 'call_starting', { ...ground, set: { promptLiveUntil } }, { changes: [started, timer] });
}
