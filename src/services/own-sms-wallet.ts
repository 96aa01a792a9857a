/**
 * Owns the wallets of this very program behind the port that a remote server is behind as well. A top-up is a request like any other
 * program's, under the order's reference: asked again, it gets the same answer and moves nothing.
 */

import { messagesOf } from '../domain/wallet.ts';
import { assert, assertNever } from '../lib/assert.ts';
import type { SmsWallet, TopUpAnswer } from '../ports/sms-wallet.ts';
import type { WalletAnswer, WalletReads } from '../ports/wallet.ts';
import type { DeskProblem, WalletDesk } from './wallet-desk.ts';

export function ownSmsWallet(wallets: Pick<WalletReads, 'wallet'>, desk: Pick<WalletDesk, 'ask'>): SmsWallet {
  return {
    name: 'own',
    async balance(owner) {
      const view = await wallets.wallet(owner);
      if (view === null) return { kind: 'no_wallet' };
      const { balances, price, wallet } = view;
      return { kind: 'read', smsBalance: messagesOf(balances), milliKes: price.milliKes, changedAt: wallet.changedAt };
    },
    async topUp({ reference, owner, amountKes, paymentMethod, paymentReference, paidAt }) {
      const paid = { kind: 'top_up', amountKes, paymentMethod, paymentReference, paid: true, toppedUpAt: paidAt } as const;
      const given = await desk.ask(owner, reference, paid, { kind: 'upstream' });
      return { answer: given.ok ? added(given.value) : problemOf(given.error), raw: null };
    },
    probe: () => Promise.resolve({ reachable: true }),
  };
}

function added(given: WalletAnswer): TopUpAnswer {
  if (given.kind === 'too_much')
    return { kind: 'refused', code: 'too_many_sms', message: 'more than a wallet takes', ours: false };
  // Something else was added for this payment: what it was, a person has to find out.
  if (given.kind === 'payment_used') return { kind: 'unknown', why: 'the payment was credited under another reference' };
  assert(given.kind === 'topped_up', 'what was paid is added');
  return { kind: 'added', smsAdded: given.smsAdded, smsBalance: given.smsBalance, milliKes: given.price.milliKes };
}

function problemOf(problem: DeskProblem): TopUpAnswer {
  switch (problem) {
    case 'unavailable':
      return { kind: 'not_sent', why: 'the database cannot write now' };
    // Something else was added under this reference: what it was, a person has to find out.
    case 'conflict':
      return { kind: 'unknown', why: 'the reference was used for another top-up' };
    case 'failed':
    case 'unknown_user':
      return { kind: 'refused', code: problem, message: 'it was set aside, and nothing was added', ours: true };
    default:
      return assertNever(problem);
  }
}
