/**
 * Owns the delivery of SMS that were paid for to a wallet that another server keeps: that it is asked for once, and what its answer means.
 * Only a request that provably never left is sent again; all else that is no clear yes is brought before a person, with the money traced.
 */

import type { Filled } from '../conversation/sms-order-talk.ts';
import type { OrderEventKind, SmsOrder } from '../domain/order.ts';
import { formatMilliKes } from '../domain/tariff.ts';
import { promisedUnits } from '../domain/wallet-owner.ts';
import { assert, assertNever } from '../lib/assert.ts';
import type { TopUpAnswer } from '../ports/wallet-server.ts';
import type { Change, Turn, TurnEvent } from '../ports/store.ts';
import type { Health } from './breaker-changes.ts';
import { wantBalance } from './decide-balance.ts';
import type { Ground } from './order-changes.ts';
import { afterNotSent, stepTurn, type OrderScene, type StepDetails } from './order-step.ts';

type Answered = Extract<TurnEvent, { kind: 'call_answered' }> & { readonly purpose: 'deliver_sms' };

/** The answer to the one request that adds the messages. */
export function deliveryAnswered(
  scene: OrderScene,
  event: Answered,
  ended: Change,
): { readonly turn: Turn; readonly health: Health } {
  const { order } = scene;
  assert(order.kind === 'sms', `${order.reference} is no order of SMS`);
  const { answer, raw } = event;
  const rawId = raw === null ? null : `raw:${event.id}`;
  const keep: Change[] = raw === null || rawId === null ? [] : [{ kind: 'keep_raw', rawId, source: 'tuku answer', body: raw }];
  const step = (kind: OrderEventKind, evidence: string, more: StepDetails & { readonly set?: Ground['set'] } = {}): Turn => {
    const ground: Ground = { actor: { kind: 'upstream' }, evidence, rawId, set: more.set ?? {} };
    return stepTurn(scene, kind, ground, { ...more, changes: [...keep, ended, ...(more.changes ?? [])] });
  };
  const health = healthOf(answer, order);
  switch (answer.kind) {
    case 'added': {
      const filled: Filled = { units: answer.smsAdded, balance: answer.smsBalance };
      const kind = answer.smsAdded < promisedUnits(order) ? 'delivery_fewer' : 'delivery_added';
      // What is left there, and below which somebody is to be warned, is read anew.
      return { turn: step(kind, added(order, answer), { filled, changes: [wantBalance(order.wallet, event.at)] }), health };
    }
    case 'refused':
      return { turn: step('delivery_refused', `${answer.code} ${answer.message}`, { why: 'not_delivered' }), health };
    case 'unknown':
      return { turn: step('delivery_unknown', answer.why), health };
    case 'not_sent': {
      const { kind, ...details } = afterNotSent(order, event.purpose, event.at);
      return { turn: step(kind, answer.why, details), health };
    }
    default:
      return assertNever(answer);
  }
}

function added(order: SmsOrder, { smsAdded, milliKes, smsBalance }: Extract<TopUpAnswer, { kind: 'added' }>): string {
  const { units } = order;
  const fewer = smsAdded < promisedUnits(order) ? `, ${units} were promised` : '';
  return `${smsAdded} SMS at KES ${formatMilliKes(milliKes)} each${fewer}; ${smsBalance} in the wallet`;
}

/** A refusal of what was paid for, or fewer than that, is none of health: the next customer's money would wait for a person as well. */
function healthOf(answer: TopUpAnswer, order: SmsOrder): Health {
  switch (answer.kind) {
    case 'added':
      if (answer.smsAdded >= promisedUnits(order)) return { health: 'answered', why: '' };
      return { health: 'failed', why: `${answer.smsAdded} SMS were added where ${order.units} were promised` };
    case 'refused':
      return { health: answer.ours ? 'locked_out' : 'failed', why: `${answer.code} ${answer.message}` };
    case 'not_sent':
    case 'unknown':
      return { health: 'failed', why: answer.why };
    default:
      return assertNever(answer);
  }
}
