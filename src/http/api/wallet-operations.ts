/** Owns the operations on one wallet: top up, balance, debit, statement. Fields and their limits stand in schemas.ts. */

import type { OpenAPIHono } from '@hono/zod-openapi';
import { kes, MILLIKES_PER_KES } from '../../domain/money.ts';
import { LARGEST_BALANCE, LARGEST_TOP_UP, messagesOf } from '../../domain/wallet.ts';
import { assert } from '../../lib/assert.ts';
import type { StatementLine, WalletAnswer, WalletReads } from '../../ports/wallet.ts';
import type { WalletDesk } from '../../services/wallet-desk.ts';
import { lacks, ownerOf, type Access } from './access.ts';
import { answered, mount, type Operation } from './operation.ts';
import { problem } from './problems.ts';
import {
  BalanceAnswer,
  DebitAnswer,
  DebitRequest,
  OwnerQuery,
  StatementAnswer,
  StatementQuery,
  TopUpAnswer,
  TopUpRequest,
} from './schemas.ts';
import { statementCsv } from './statement-csv.ts';
import { deskProblem, noWallet } from './desk-problems.ts';
import { HUNDREDTHS_PER_SMS } from '../../domain/ledger.ts';

export interface Desk {
  readonly desk: WalletDesk;
  readonly wallets: WalletReads;
  readonly access: Access;
}

export function walletOperations(app: OpenAPIHono, desk: Desk): void {
  mount(app, desk.access, topUp(desk));
  mount(app, desk.access, balance(desk));
  mount(app, desk.access, debit(desk));
  mount(app, desk.access, statement(desk));
}

function topUp({ desk }: Desk): Operation<typeof TopUpRequest> {
  return {
    method: 'post',
    path: '/api/sms-wallet/topup',
    summary: 'Buy SMS',
    description:
      'The wallet comes into being with its first top-up. A paymentStatus of success is believed only from a key with the scope payment:trust. ' +
      'One payment (appId, paymentMethod and paymentReference) is credited once, under whatever transactionId it comes and however it is spelt: capitals, blanks and dashes in paymentMethod, and capitals and blanks in paymentReference, make no other payment. ' +
      'The payment of an order in a chat is credited to nobody else: its receipt, and the name that M-Pesa gave it, are known also with other words around. ' +
      `At most ${LARGEST_TOP_UP} SMS at once, and ${LARGEST_BALANCE} in one wallet. ` +
      'The answer to a transactionId stays the same, also when it was no; only a failure may be followed by a success, which is final.',
    scopes: ['wallet:topup'],
    asked: TopUpRequest,
    answer: TopUpAnswer,
    example: {
      asked: {
        userId: 'shop-1045',
        purchaseAmount: 400,
        paymentMethod: 'mpesa',
        paymentReference: 'SKJ4X8Y2ZQ',
        paymentStatus: 'success',
        transactionId: 'tx-2026-11-0001',
        topupDate: '2026-11-23T12:00:00+03:00',
      },
      answer: {
        status: 'success',
        smsAdded: 500,
        newSmsBalance: 500,
        userId: 'shop-1045',
        purchaseAmount: 400,
        unitCost: 0.8,
        message: '500 SMS were added.',
      },
    },
    problems: ['conflict', 'payment_already_used', 'kept_elsewhere', 'too_many_sms'],
    async handle(asked, key) {
      const paid = asked.paymentStatus === 'success';
      if (paid && !key.scopes.includes('payment:trust')) return lacks('payment:trust');
      const owner = ownerOf(key, asked);
      if (!owner.ok) return owner.error;
      const given = await desk.ask(
        owner.value,
        asked.transactionId,
        {
          kind: 'top_up',
          amountKes: kes(asked.purchaseAmount),
          paymentMethod: asked.paymentMethod,
          paymentReference: asked.paymentReference,
          paid,
          toppedUpAt: Date.parse(asked.topupDate),
        },
        { kind: 'program', name: key.name },
      );
      if (!given.ok) return deskProblem(given.error);
      if (given.value.kind === 'too_much') return tooMany(given.value);
      if (given.value.kind === 'payment_used') return alreadyUsed();
      return answered(toppedUp(given.value, asked.userId));
    },
  };
}

function balance({ wallets }: Desk): Operation<typeof OwnerQuery> {
  return {
    method: 'get',
    path: '/api/sms-wallet/balance',
    summary: 'See what is left',
    description: 'Whole SMS that can be sent, and what one costs now.',
    scopes: ['wallet:read'],
    asked: OwnerQuery,
    answer: BalanceAnswer,
    example: {
      asked: { userId: 'shop-1045' },
      answer: { userId: 'shop-1045', smsBalance: 500, unitCost: 0.8, lastUpdated: '2026-11-23T09:00:00.000Z' },
    },
    problems: ['unknown_user'],
    async handle(asked, key) {
      const owner = ownerOf(key, asked);
      if (!owner.ok) return owner.error;
      const view = await wallets.wallet(owner.value);
      if (view === null) return noWallet(owner.value, key, wallets);
      return answered({
        userId: asked.userId,
        smsBalance: messagesOf(view.balances),
        unitCost: view.price.milliKes / MILLIKES_PER_KES,
        lastUpdated: new Date(view.wallet.changedAt).toISOString(),
      });
    },
  };
}

function debit({ desk, wallets }: Desk): Operation<typeof DebitRequest> {
  return {
    method: 'post',
    path: '/api/sms-wallet/debit',
    summary: 'Take SMS that were sent out of the wallet',
    description: 'Never below zero. The answer to an idempotencyKey stays the same, also when it was no.',
    scopes: ['wallet:debit'],
    asked: DebitRequest,
    answer: DebitAnswer,
    example: {
      asked: { userId: 'shop-1045', units: 40, idempotencyKey: 'campaign-77', reason: 'campaign 77' },
      answer: { status: 'success', userId: 'shop-1045', units: 40, newSmsBalance: 460 },
    },
    problems: ['unknown_user', 'conflict', 'kept_elsewhere', 'insufficient_balance'],
    async handle({ units, reason, idempotencyKey, ...asked }, key) {
      const owner = ownerOf(key, asked);
      if (!owner.ok) return owner.error;
      const request = { kind: 'debit', units, reason } as const;
      const given = await desk.ask(owner.value, idempotencyKey, request, { kind: 'program', name: key.name });
      if (!given.ok && given.error === 'unknown_user') return noWallet(owner.value, key, wallets);
      if (!given.ok) return deskProblem(given.error);
      const { kind, smsBalance } = given.value;
      if (kind === 'too_little') return problem('insufficient_balance', `${smsBalance} SMS are left. Nothing was taken.`);
      return answered({ status: 'success', userId: asked.userId, units, newSmsBalance: smsBalance });
    },
  };
}

function statement({ wallets }: Desk): Operation<typeof StatementQuery> {
  return {
    method: 'get',
    path: '/api/sms-wallet/statement',
    summary: 'See what came in and went out, newest first',
    description: 'A page at a time; with format=csv as a file for a spreadsheet.',
    scopes: ['wallet:read'],
    asked: StatementQuery,
    answer: StatementAnswer,
    example: {
      asked: { userId: 'shop-1045', limit: '1' },
      answer: {
        userId: 'shop-1045',
        lines: [
          {
            at: '2026-11-23T09:00:00.000Z',
            what: 'use',
            sms: -40,
            balance: 460,
            reference: 'campaign-77',
            reason: 'campaign 77',
            paymentReference: null,
          },
        ],
        next: 4,
      },
    },
    alsoAs: 'text/csv',
    problems: ['unknown_user'],
    async handle({ before = null, limit, format, ...asked }, key) {
      const owner = ownerOf(key, asked);
      if (!owner.ok) return owner.error;
      const view = await wallets.wallet(owner.value);
      if (view === null) return noWallet(owner.value, key, wallets);
      const lines = await wallets.statement(view.wallet.id, before, limit);
      if (format === 'csv') return statementCsv(lines);
      const next = lines.length < limit ? null : (lines.at(-1)?.seq ?? null);
      return answered({ userId: asked.userId, lines: lines.map(lineOf), next });
    },
  };
}

function toppedUp(given: WalletAnswer, userId: string): object {
  assert(given.kind === 'topped_up' || given.kind === 'not_paid', 'a top-up is answered as one');
  const { kind, smsAdded, smsBalance, amountKes, price } = given;
  const done = kind === 'topped_up';
  return {
    status: done ? 'success' : 'failure',
    smsAdded,
    newSmsBalance: smsBalance,
    userId,
    purchaseAmount: amountKes,
    unitCost: price.milliKes / MILLIKES_PER_KES,
    message: done ? `${smsAdded} SMS were added.` : 'The payment had failed, so nothing was added.',
  };
}

function alreadyUsed(): Response {
  return problem(
    'payment_already_used',
    'This paymentReference was credited before: under another transactionId (see the statement), or as the payment of an order in a chat. Nothing was added.',
  );
}

function tooMany({ limit, smsBalance }: Extract<WalletAnswer, { kind: 'too_much' }>): Response {
  const why =
    limit === 'at_once'
      ? `One top-up adds at most ${LARGEST_TOP_UP} SMS: split it, or look at the price.`
      : `A wallet holds at most ${LARGEST_BALANCE} SMS, and ${smsBalance} are in it.`;
  return problem('too_many_sms', `${why} Nothing was added; another try needs a new transactionId.`);
}

function lineOf({ at, what, smsHundredths, balanceHundredths, reference, reason, paymentReference }: StatementLine): object {
  const time = new Date(at).toISOString();
  return {
    at: time,
    what,
    sms: smsHundredths / HUNDREDTHS_PER_SMS,
    balance: balanceHundredths / HUNDREDTHS_PER_SMS,
    reference,
    reason,
    paymentReference,
  };
}
