/**
 * Owns what the console's word on a number changes: whether it gets payment prompts. It rests on nothing that is loaded, so the
 * console may commit it beside a running server, where whoever reckons with the number as a payer decides again.
 */

import type { Turn, TurnEvent } from '../ports/store.ts';

export function decideStopList(event: Extract<TurnEvent, { kind: 'stop_list' }>): Turn {
  const { phone, stopped, operator } = event;
  const actor = { kind: 'operator', name: operator } as const;
  return {
    event,
    read: {},
    touched: [],
    changes: [
      { kind: 'stop_prompts', phone, stopped },
      { kind: 'audit', actor, what: stopped ? 'prompts_stopped' : 'prompts_allowed', subject: 'stop list', detail: phone },
    ],
  };
}
