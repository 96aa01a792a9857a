/**
 * Owns what a program's or an operator's request changes about a wallet of SMS. Each request is decided once; its answer is written in
 * the same turn, so that the same request again finds it and moves nothing.
 */

import type { Actor } from '../domain/order.ts';
import { priceFor } from '../domain/tariff.ts';
import { adjust, debit, messagesOf, tooMuch, type Movement, type TooMuch } from '../domain/wallet.ts';
import { assert, assertNever } from '../lib/assert.ts';
import { idsFrom } from '../lib/ids.ts';
import type { Change, Known, Turn, TurnEvent } from '../ports/store.ts';
import type { KnownWallet, Payment, Wallet, WalletAnswer, WalletRequest } from '../ports/wallet.ts';
import { balanceMoved, toppedUpTo, type Told } from './alert-changes.ts';
import type { Rules } from './decide.ts';
import { walletTopUp } from './wallet-top-up.ts';
import { PRICES_COUNTED, walletCounted } from '../ports/counted.ts';
import { restsOn } from './rests-on.ts';

type WalletEvent = Extract<TurnEvent, { kind: 'wallet' }>;
type Of<K extends WalletRequest['kind']> = Extract<WalletRequest, { kind: K }>;

/** What one request changes, and its answer. */
interface Decided {
  readonly answer: WalletAnswer;
  readonly walletId: string | null;
  /** Null: nothing moved. */
  readonly journalKey: string | null;
  readonly changes: readonly Change[];
}

export const ELSEWHERE =
  'another server keeps the wallets: correct it there (a wallet of ours is corrected with TUKU_BASE_URL and TUKU_API_KEY unset)';

export function decideWallet(known: Known, event: WalletEvent, rules: Pick<Rules, 'salt' | 'business'>): Turn {
  const { wallet: about } = known;
  assert(about !== null, 'a request is about a wallet');
  // What moves in them moves there.
  if (rules.business.walletsAt !== 'own')
    return { event, read: {}, touched: [], changes: toldConsole(event.actor, 'refused', ELSEWHERE) };
  // Answered before: whoever asks reads that answer, and finds out whether it was to the same question.
  if (about.answered !== null) return { event, read: {}, touched: [], changes: [] };
  const decided = decidedOf(about, event, rules);
  const { request, key } = event;
  const answer: Change = {
    kind: 'answer_request',
    request: key,
    walletId: decided.walletId,
    journalKey: decided.journalKey,
    reason: 'reason' in request ? request.reason : null,
    payment: paymentOf(request),
    answer: decided.answer,
  };
  const told = movedBalance(about, event, decided, rules);
  const read = restsOn(known, [walletCounted(event.owner), PRICES_COUNTED, ...told.rests]);
  // The answer stands before what moves: whoever answered this request meanwhile, for whatever wallet, makes the turn stale.
  const opening = decided.changes.filter(({ kind }) => kind === 'open_wallet');
  const moving = decided.changes.filter(({ kind }) => kind !== 'open_wallet');
  const changes = [...opening, answer, ...moving, ...audited(event, decided.answer), ...told.changes];
  return { event, read, touched: [], changes };
}

/** The thresholds that the movement crosses, in its own turn. */
function movedBalance(
  about: KnownWallet,
  event: WalletEvent,
  { answer, journalKey }: Decided,
  rules: Pick<Rules, 'salt' | 'business'>,
): Told {
  if (journalKey === null) return { changes: [], rests: [] };
  if (event.request.kind === 'top_up') return { changes: toppedUpTo(about, answer.smsBalance), rests: [] };
  const spent = event.request.kind === 'debit' ? event.request.units : 0;
  return balanceMoved(about, answer.smsBalance, spent, { event, rules });
}

function decidedOf(about: KnownWallet, event: WalletEvent, rules: Pick<Rules, 'salt'>): Decided {
  const { request } = event;
  switch (request.kind) {
    case 'top_up':
      return toppedUp(about, event, request, rules);
    case 'debit':
      return debited(about, event, request);
    case 'adjustment':
      return adjusted(about, event, request);
    default:
      return assertNever(request);
  }
}

/** The key under which a request moves money in the ledger: its own, which is unique among the requests of its kind and app. */
function journalKeyOf({ key }: WalletEvent): string {
  return `wallet:${key.kind}:${idsFrom(JSON.stringify([key.appId, key.key])).id('')}`;
}

function paymentOf(request: WalletRequest): Payment | null {
  if (request.kind !== 'top_up') return null;
  const { paymentMethod, paymentReference, toppedUpAt } = request;
  return { paymentMethod, paymentReference, toppedUpAt };
}

function toppedUp(about: KnownWallet, event: WalletEvent, request: Of<'top_up'>, { salt }: Pick<Rules, 'salt'>): Decided {
  const price = priceFor(about.prices, event.owner);
  const { amountKes } = request;
  if (!request.paid) {
    const answer: WalletAnswer = { kind: 'not_paid', smsAdded: 0, smsBalance: messagesOf(about.balances), amountKes, price };
    return { answer, walletId: about.wallet?.id ?? null, journalKey: null, changes: [] };
  }
  if (about.paymentUsed) {
    const answer: WalletAnswer = { kind: 'payment_used', smsBalance: messagesOf(about.balances) };
    return { answer, walletId: about.wallet?.id ?? null, journalKey: null, changes: [] };
  }
  const { paymentMethod } = request;
  const key = journalKeyOf(event);
  const { walletId, units, after, changes } = walletTopUp(
    about,
    { key, owner: event.owner, amountKes, price, through: 'program', orderId: null, paymentMethod },
    idsFrom(`${salt}/${event.id}`).id('w'),
  );
  const limit = tooMuch(units, after);
  if (limit !== null) return overfull(about, limit);
  return {
    answer: { kind: 'topped_up', smsAdded: units, smsBalance: messagesOf(after), amountKes, price },
    walletId,
    journalKey: key,
    changes,
  };
}

function debited(about: KnownWallet, event: WalletEvent, { units }: Of<'debit'>): Decided {
  const wallet = existing(about);
  const key = journalKeyOf(event);
  const moved = debit({ id: wallet.id, balances: about.balances }, key, units);
  if (moved === null) return tooLittle(about, wallet);
  return movedBy(moved, wallet, { kind: 'debited', units, smsBalance: messagesOf(moved.after) });
}

function adjusted(about: KnownWallet, event: WalletEvent, { units }: Of<'adjustment'>): Decided {
  const wallet = existing(about);
  const moved = adjust({ id: wallet.id, balances: about.balances }, journalKeyOf(event), units);
  if (moved === null) return tooLittle(about, wallet);
  const limit = tooMuch(units, moved.after);
  if (limit !== null) return overfull(about, limit);
  return movedBy(moved, wallet, { kind: 'adjusted', units, smsBalance: messagesOf(moved.after) });
}

function movedBy({ journal }: Movement, { id }: Wallet, answer: WalletAnswer): Decided {
  return { answer, walletId: id, journalKey: journal.key, changes: [{ kind: 'post', journal }] };
}

function tooLittle({ balances }: KnownWallet, { id }: Wallet): Decided {
  return { answer: { kind: 'too_little', smsBalance: messagesOf(balances) }, walletId: id, journalKey: null, changes: [] };
}

/** Nothing was opened for it either. */
function overfull({ balances, wallet }: KnownWallet, limit: TooMuch): Decided {
  const answer: WalletAnswer = { kind: 'too_much', limit, smsBalance: messagesOf(balances) };
  return { answer, walletId: wallet?.id ?? null, journalKey: null, changes: [] };
}

/** Who asks has looked before: a wallet that was there does not go away. */
function existing({ wallet }: KnownWallet): Wallet {
  assert(wallet !== null, 'a request to a wallet that nobody opened');
  return wallet;
}

/** What an operator does to a wallet by hand leaves a trace with its reason; the console is told the balance, moved or not. */
function audited({ actor, request, owner }: WalletEvent, answer: WalletAnswer): Change[] {
  if (request.kind !== 'adjustment') return [];
  const outcome = answer.kind === 'adjusted' ? 'done' : 'refused';
  const detail = `${request.units} SMS${outcome === 'done' ? '' : ', refused'}: ${request.reason}`.slice(0, 300);
  const subject = idsFrom(JSON.stringify(owner)).id('u');
  return [
    { kind: 'audit', actor, what: 'wallet_adjusted', subject, detail },
    ...toldConsole(actor, outcome, String(answer.smsBalance)),
  ];
}

/** Operators ask through the console, which waits for a word; programs read the answer of their request. */
export function toldConsole(actor: Actor, outcome: 'done' | 'refused', detail: string): Change[] {
  return actor.kind === 'operator' ? [{ kind: 'answer_console', outcome, detail }] : [];
}
