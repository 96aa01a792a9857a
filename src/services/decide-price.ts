/** Owns what it changes that a price of an SMS is set or taken away. What was bought before keeps the price that it was bought at. */

import { formatMilliKes } from '../domain/tariff.ts';
import { idsFrom } from '../lib/ids.ts';
import type { Turn, TurnEvent } from '../ports/store.ts';
import { toldConsole } from './decide-wallet.ts';

export function decidePrice(event: Extract<TurnEvent, { kind: 'price' }>): Turn {
  const { scope, milliKes, actor } = event;
  const setBy = 'name' in actor ? actor.name : actor.kind;
  const what = milliKes === null ? 'price_removed' : 'price_set';
  const subject = scope.level === 'platform' ? 'platform' : idsFrom(JSON.stringify(scope)).id('p');
  return {
    event,
    read: {},
    touched: [],
    changes: [
      { kind: 'set_price', scope, milliKes, setBy },
      {
        kind: 'audit',
        actor,
        what,
        subject,
        detail: milliKes === null ? scope.level : `${scope.level} KES ${formatMilliKes(milliKes)}`,
      },
      ...toldConsole(actor, 'done', ''),
    ],
  };
}
