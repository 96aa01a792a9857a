/**
 * Owns what the word of the console, or of whoever reads a mail, changes on the stop list: whether a number gets payment prompts, whether
 * an e-mail address gets alerts. It rests on nothing that is loaded, so the console may commit it beside a running server, where whoever
 * reckons with the number as a payer decides again.
 */

import type { Change, Turn, TurnEvent } from '../ports/store.ts';

export function decideStopList(event: Extract<TurnEvent, { kind: 'stop_list' }>): Turn {
  return { event, read: {}, touched: [], changes: changesOf(event) };
}

function changesOf({ entry, stopped, actor }: Extract<TurnEvent, { kind: 'stop_list' }>): Change[] {
  const audit = { kind: 'audit', actor, subject: 'stop list' } as const;
  if (entry.kind === 'number') {
    const { phone } = entry;
    return [
      { kind: 'stop_prompts', phone, stopped },
      { ...audit, what: stopped ? 'prompts_stopped' : 'prompts_allowed', detail: phone },
    ];
  }
  return [
    { kind: 'stop_mails', address: entry.address, stopped },
    // The address stands in the list alone, where it can be taken out again.
    { ...audit, what: stopped ? 'mails_stopped' : 'mails_allowed', detail: '' },
  ];
}
