/** Shows what `jaza ledger` prints: a trial balance that an accountant can read, and what is wrong, first things said plainly. */

import { expect, it } from 'vitest';
import { ledgerReport } from './ledger.ts';

const account = (id: string, asset: 'KES' | 'SMS', debited: number, credited: number) => ({ id, asset, debited, credited });

it('is a trial balance per asset, in its own unit, and one line that says that all agrees', () => {
  const accounts = [
    account('paid-through:topups', 'KES', 1_234_567_891, 0),
    account('sold:airtime', 'KES', 0, 1_234_567_891),
    account('exchange:SMS', 'SMS', 5, 0),
    account('wallet:c-1:SMS', 'SMS', 0, 5),
  ];
  expect(ledgerReport({ accounts, journals: 9, delivered: 8, faults: [] })).toEqual([
    'Trial balance, KES          debited        credited         balance',
    'paid-through:topups   1,234,567.891           0.000  -1,234,567.891',
    'sold:airtime                  0.000   1,234,567.891   1,234,567.891',
    'all                   1,234,567.891   1,234,567.891           0.000',
    '',
    'Trial balance, SMS         debited        credited         balance',
    'exchange:SMS                  0.05            0.00           -0.05',
    'wallet:c-1:SMS                0.00            0.05            0.05',
    'all                           0.05            0.05            0.00',
    '',
    'ok: every balance is the sum of its transfers, every delivered order has its one sale. 9 journals, 8 delivered orders.',
  ]);
});

it('says each fault on a line of its own, and what to do', () => {
  const faults = ['order JZ1 is delivered, and has no sale', 'account a says 5, its transfers say 6'];
  const report = ledgerReport({ accounts: [], journals: 0, delivered: 1, faults });
  expect(report.slice(0, 2)).toEqual(faults.map((fault) => `WRONG: ${fault}`));
  expect(report.join('\n')).not.toMatch(/^ok/m);
  expect(report.at(-1)).toContain('Stop selling');
});
