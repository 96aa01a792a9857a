/** Shows what placing an order of either kind rests on and leaves behind. */

import { describe, expect, it } from 'vitest';
import { anOrder, anSmsOrder, knownOf, MINUTE_MS, MUM, NOW, OWN } from '../../test/support/decisions.ts';
import { ALL_CLOSED } from '../domain/breaker.ts';
import type { Order } from '../domain/order.ts';
import type { Known } from '../ports/store.ts';
import { placed } from './place-order.ts';

const actor = { kind: 'customer', id: 'c-1' } as const;

describe('placing', () => {
  it.each<[string, Order, string, string[], string[]]>([
    ['airtime', anOrder(), 'buy_airtime', [`recipient:${MUM}`], ['switch:breaker:topups']],
    ['SMS', anSmsOrder(), 'request_payment', [], ['switch:breaker:daraja']],
    [
      'SMS for a wallet elsewhere',
      anSmsOrder({ walletAt: 'tuku' }),
      'request_payment',
      [],
      ['switch:breaker:daraja', 'switch:breaker:tuku'],
    ],
  ])('an order of %s asks its upstream once, and cannot be forgotten', (_kind, order, purpose, recipient, upstream) => {
    const { changes, rests, touched } = placed(order, actor, knownOf());
    const shared = [`payer:${OWN}`, 'customer:c-1', ...recipient];
    expect(touched).toEqual(shared);
    expect(rests).toEqual([...shared, 'switch:sales', ...upstream]);
    expect(changes).toEqual([
      { kind: 'open_order', order, actor },
      { kind: 'call', orderId: 'o-1', purpose, dueAt: NOW },
      {
        kind: 'set_timer',
        key: 'prompt:o-1',
        dueAt: NOW + 3 * MINUTE_MS,
        timer: { kind: 'prompt_lapsed', orderId: 'o-1' },
      },
      {
        kind: 'set_timer',
        key: 'silence:o-1',
        dueAt: NOW + 10 * MINUTE_MS,
        timer: { kind: 'order_silence', orderId: 'o-1' },
      },
    ]);
  });

  it('an order is a trial of the upstreams that it needs, and of no other', () => {
    const open = { kind: 'open', why: 'away', since: NOW, until: NOW, waitMs: 1 } as const;
    const tried = (order: Order, known: Partial<Known>): string[] =>
      placed(order, actor, knownOf(known)).changes.flatMap((change) => (change.kind === 'set_breaker' ? [change.upstream] : []));
    expect(tried(anOrder(), { breakers: { ...ALL_CLOSED, topups: open } })).toEqual(['topups']);
    expect(tried(anOrder(), { breakers: { ...ALL_CLOSED, daraja: open } })).toEqual([]);
    expect(tried(anSmsOrder(), { breakers: { ...ALL_CLOSED, daraja: open } })).toEqual(['daraja']);
    expect(tried(anSmsOrder(), { breakers: { ...ALL_CLOSED, topups: open, tuku: open } })).toEqual([]);
    expect(tried(anSmsOrder({ walletAt: 'tuku' }), { breakers: { ...ALL_CLOSED, daraja: open, tuku: open } })).toEqual([
      'daraja',
      'tuku',
    ]);
  });
});
