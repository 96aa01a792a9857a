/** Owns what the simulated M-Pesa says of a payment that has ended: its result codes, in the words of the real one. */

import type { Answer } from './prompts.ts';

export const RESULTS = new Map([
  ['0', 'The service request is processed successfully.'],
  ['1', 'The balance is insufficient for the transaction.'],
  ['17', 'System internal error.'],
  ['26', 'System busy. The service is temporarily unavailable.'],
  ['1001', 'Unable to lock subscriber, a transaction is already in process for the current subscriber'],
  ['1019', 'Transaction has expired'],
  ['1025', 'An error occurred while sending a push request'],
  ['1032', 'Request cancelled by user'],
  ['1037', 'DS timeout user cannot be reached'],
  ['2001', 'The initiator information is invalid.'],
  ['9999', 'An error occurred while sending a push request'],
]);

export const PAID = '0';
export const BUSY = '1001';
export const EXPIRED = '1019';

/** Nobody hears of a prompt that was ignored until it expires. */
export const RESULT_OF: Readonly<Record<Exclude<Answer, 'ignore'>, string>> = {
  approve: PAID,
  decline: '1032',
  'wrong-pin': '2001',
  'no-money': '1',
};
