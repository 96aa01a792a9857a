/** Shows what an operator reads of an order of either kind. */

import { expect, it } from 'vitest';
import { anOrder, anSmsOrder, MINUTE_MS, NOW } from '../../test/support/decisions.ts';
import type { Order, SmsOrder } from '../domain/order.ts';
import { caseLines, casesJson } from './review-list.ts';
import { noSay, orderSheet } from './review-sheet.ts';

const sheet = (order: Order): string[] => orderSheet({ order, who: null, steps: [], calls: [] }, [], NOW + MINUTE_MS);
const open = (order: Order) => ({ orders: [{ order, why: 'silence' }], items: [], salesStopped: null });

it('says of airtime what goes to whom', () => {
  expect(sheet(anOrder({ recipientNetwork: 'Airtel' }))).toContain('  airtime      KES 100 to 0733 000 002 (Airtel)');
});

it('says of SMS how many go into whose wallet, and at which price', () => {
  const order = anSmsOrder({
    state: 'review',
    price: { milliKes: 750, source: 'app' },
    wallet: { appId: 'shop', userId: 'u 7' },
  });
  expect(sheet(order).slice(1, 4)).toEqual([
    '  sms          125 for KES 100, at KES 0.75 each (app price)',
    '  wallet       of u 7 in shop',
    '  paid by      0722 000 001, M-Pesa',
  ]);
  expect(caseLines(open(order), NOW + MINUTE_MS)[0]).toBe(
    'JZ7K2M4QPW  1 min  in review: 125 SMS for KES 100, paid by 0722 000 001 (silence)',
  );
  expect(casesJson(open(order), NOW)).toMatchObject({
    orders: [{ kind: 'order', buys: 'sms', units: 125, wallet: { appId: 'shop', userId: 'u 7' } }],
  });
});

it('says where the wallet is kept, when it was paid, and what each word does then', () => {
  const lines = (more: Partial<SmsOrder>): string =>
    orderSheet(
      { order: anSmsOrder({ state: 'review', ...more }), who: null, steps: [], calls: [] },
      ['delivered'],
      NOW + MINUTE_MS,
    ).join('\n');
  expect(lines({})).toContain('`delivered` says that it was paid, and puts the SMS into the wallet');
  expect(lines({})).not.toMatch(/kept by|paid {9}/);
  const unpaid = lines({ walletAt: 'tuku' });
  expect(unpaid).toContain('wallet       of c-1, kept by tuku');
  expect(unpaid).toContain('`paid` says that it was paid, and asks tuku to add the SMS');
  expect(unpaid).toContain('`delivered` says that it was paid and that its SMS are there already: nothing is added anywhere.');
  const restored = lines({ walletAt: 'tuku', restoredAt: NOW });
  expect(restored).toContain('unpaid in the backup that was restored');
  expect(restored).not.toContain('asks tuku');
  expect(lines({ walletAt: 'tuku', paidAt: NOW, state: 'delivered' })).toContain('`refund-due` says that its SMS are not there');
  expect(lines({ walletAt: 'tuku', paidAt: NOW, state: 'refund_due', takenBackAt: NOW })).toContain('Its sale was taken back.');
  const paid = lines({ walletAt: 'tuku', paidAt: NOW });
  expect(paid).toMatch(/paid {9}.*12:00/);
  expect(paid).toContain('It is paid. Look for the top-up of JZ7K2M4QPW where the wallet is kept');
  expect(paid).toContain('nothing is added anywhere');
  expect(paid).not.toContain('says that it was paid');
});

it('counts the ten minutes after which somebody looks from the payment, once it is paid', () => {
  expect(noSay(anSmsOrder())).toContain('12:10');
  expect(noSay(anSmsOrder({ state: 'paid', walletAt: 'tuku', paidAt: NOW + 25 * MINUTE_MS }))).toContain('12:35');
});
