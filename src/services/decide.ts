/**
 * Owns the decision: what is known and one event in, all that it changes out, as data. Pure: no I/O, no clock, no chance. Orders
 * and conversations go through here alike; the turn runner loads before and commits after.
 */

import type { Flow } from '../conversation/flow.ts';
import type { Phrasebook } from '../conversation/phrasebook.ts';
import type { Business } from '../conversation/surroundings.ts';
import type { BreakerRules } from '../domain/breaker.ts';
import { assertNever } from '../lib/assert.ts';
import type { ChannelCapabilities, ChannelName } from '../ports/channel.ts';
import type { Known, Turn, TurnEvent } from '../ports/store.ts';
import type { Knowledge } from '../understanding/understand.ts';
import { tellOperators } from './tell-operators.ts';
import { decideBalanceRead, wantBalance } from './decide-balance.ts';
import { decideJoining } from './decide-joining.ts';
import { decideMessage } from './decide-message.ts';
import { decideCommand, decideIncident, decideOperator } from './decide-operator.ts';
import { decideWebhook } from './decide-airtime.ts';
import { decideCall } from './decide-call.ts';
import { decideCallback } from './decide-payment.ts';
import { decideStopList } from './decide-stop-list.ts';
import { decideThreshold } from './decide-threshold.ts';
import { decideTimer } from './decide-timer.ts';
import { decidePrice } from './decide-price.ts';
import { decideWallet } from './decide-wallet.ts';

/** What does not change while the process runs. */
export interface Rules {
  readonly business: Business;
  readonly knowledge: Knowledge;
  readonly phrasebook: Phrasebook;
  readonly flows: readonly Flow[];
  readonly capabilities: (channel: ChannelName) => Pick<ChannelCapabilities, 'buttons' | 'asksOwnPhone' | 'retireButtons'>;
  /** The upstream can reach us with webhooks; if not, silence is resolved by asking the customer. */
  readonly webhooksReachUs: boolean;
  /** Why no airtime can be sold in this configuration, or null. */
  readonly airtimeOff: string | null;
  readonly breaker: BreakerRules;
  /** Mixed into every id that is made, so that two databases never make the same reference. */
  readonly salt: string;
}

/** What of it wants a person is told to the operators in the same turn, so that it cannot be lost. */
export function decide(known: Known, event: TurnEvent, rules: Rules): Turn {
  if (known.unreadable !== undefined) throw known.unreadable.error;
  return tellOperators(decided(known, event, rules), known, rules.business);
}

function decided(known: Known, event: TurnEvent, rules: Rules): Turn {
  switch (event.kind) {
    case 'message':
      return known.joining === null ? decideMessage(known, event, rules) : decideJoining(known, known.joining, event, rules);
    case 'call_starting':
    case 'call_answered':
    case 'call_interrupted':
      return decideCall(known, event, rules);
    case 'webhook':
      return decideWebhook(known, event, rules);
    case 'payment_callback':
      return decideCallback(known, event, rules);
    case 'timer':
      return decideTimer(known, event, rules);
    case 'stop_list':
      return decideStopList(event);
    case 'operator':
      return decideOperator(known, event, rules);
    case 'wallet':
      return decideWallet(known, event, rules);
    case 'threshold': {
      const turn = decideThreshold(known, event, rules);
      // From now on somebody is to be warned: the figure is read at once.
      return rules.business.walletsAt === 'own'
        ? turn
        : { ...turn, changes: [...turn.changes, wantBalance(event.owner, event.at)] };
    }
    case 'balance_read':
      return decideBalanceRead(known, event, rules);
    case 'price':
      return decidePrice(event);
    case 'command':
      return decideCommand(known, event, rules);
    case 'incident':
      return decideIncident(known, event);
    default:
      return assertNever(event);
  }
}
