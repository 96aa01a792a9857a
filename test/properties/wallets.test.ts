/**
 * Whatever programs and operators ask of wallets, in whatever order their turns meet: entries sum to zero, a balance is the fold of
 * what was answered, units at their price and the remainder are what was paid, a request moves once, and nobody spends what is not there.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kes } from '../../src/domain/money.ts';
import type { Buyer } from '../../src/domain/tariff.ts';
import { assertNever } from '../../src/lib/assert.ts';
import { ManualClock, soon } from '../../src/lib/clock.ts';
import { silentLog } from '../../src/lib/log.ts';
import type { Store } from '../../src/ports/store.ts';
import type { WalletAnswer, WalletRequest } from '../../src/ports/wallet.ts';
import { createTurnRunner } from '../../src/services/turn-runner.ts';
import { requestKey, walletDesk, type DeskProblem, type WalletDesk } from '../../src/services/wallet-desk.ts';
import type { Result } from '../../src/lib/result.ts';
import { auditLedger } from '../../src/store/sqlite/audit-ledger.ts';
import { openSqliteStore, type SqliteStore } from '../../src/store/sqlite/open.ts';
import { NOW, rulesOf } from '../support/decisions.ts';

const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 40);
const SEED = Number(process.env['PROPERTY_SEED'] ?? 20_261_127);

const RULES = rulesOf();
const PROGRAM = { kind: 'program', name: 'shop' } as const;
/** The first two share a name, and no money. */
const OWNERS: readonly Buyer[] = [
  { appId: null, userId: 'shop' },
  { appId: 'acme', userId: 'shop' },
  { appId: null, userId: 'other' },
];
/** As many processes turn what is asked: the server, and a console that stands in for it. */
const RUNNERS = [0, 1] as const;

interface Wish {
  readonly owner: number;
  readonly runner: number;
  readonly key: number;
  /** Null: a price is set instead. */
  readonly request: WalletRequest | null;
  readonly milliKes: number;
}

const amount = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 5_000 }));
const request: fc.Arbitrary<WalletRequest> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .record({
        paid: fc.boolean(),
        shillings: amount,
        reference: fc.integer({ min: 1, max: 12 }),
        method: fc.constantFrom('mpesa', 'M-Pesa', 'M_PESA', ' m pesa'),
        letter: fc.constantFrom('R', 'r', 'R ', ' r'),
      })
      .map(({ paid, shillings, reference, method, letter }): WalletRequest => ({
        kind: 'top_up',
        amountKes: kes(shillings),
        paymentMethod: method,
        paymentReference: `${letter}${reference}`,
        paid,
        toppedUpAt: NOW,
      })),
  },
  { weight: 4, arbitrary: amount.map((units): WalletRequest => ({ kind: 'debit', units, reason: 'campaign' })) },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: -300, max: 300 })
      .filter((units) => units !== 0)
      .map((units): WalletRequest => ({ kind: 'adjustment', units, reason: 'sent twice' })),
  },
);
const wish: fc.Arbitrary<Wish> = fc.record({
  owner: fc.integer({ min: 0, max: OWNERS.length - 1 }),
  runner: fc.integer({ min: 0, max: RUNNERS.length - 1 }),
  // Few, so that some requests come again, and some under a key that another had.
  key: fc.integer({ min: 0, max: 12 }),
  request: fc.oneof({ weight: 9, arbitrary: request }, { weight: 1, arbitrary: fc.constant(null) }),
  milliKes: fc.integer({ min: 1, max: 1_500 }),
});
/** How long each look and each commit is held up. */
const pauses = fc.infiniteStream(fc.integer({ min: 0, max: 4 }));
/** What is asked in the same instant. */
const rounds = fc.array(fc.array(wish, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 6 });

type Given = Result<WalletAnswer, DeskProblem>;

interface Counts {
  stale: number;
  moved: number;
  refused: number;
}

describe('wallets', () => {
  it('hold what the sum of all that was answered says, after any interleaving', async () => {
    const counts: Counts = { stale: 0, moved: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(rounds, pauses, async (asked, pause) => {
        const clock = new ManualClock(NOW);
        const store = await openSqliteStore({ path: ':memory:', clock, log: silentLog });
        const broken: string[] = [];
        const desks = RUNNERS.map((): WalletDesk => {
          const runner = createTurnRunner({
            store: interleaved(store, pause, counts, broken),
            rules: RULES,
            log: silentLog,
            committed: () => undefined,
          });
          return walletDesk(store.wallets, runner, clock);
        });
        const answers = new Map<string, { readonly owner: Buyer; readonly request: WalletRequest; readonly given: Given }[]>();
        for (const round of asked) {
          const given = await Promise.all(round.map((one) => ask(must(desks[one.runner]), one)));
          round.forEach(({ owner, key, request: wanted }, at) => {
            if (wanted === null) return;
            const { kind, appId } = requestKey(must(OWNERS[owner]), '', wanted);
            const name = `${kind}/${appId ?? ''}/${key}`;
            const one = { owner: must(OWNERS[owner]), request: wanted, given: must(given[at] ?? undefined) };
            answers.set(name, [...(answers.get(name) ?? []), one]);
          });
          checkBooks(store);
          expect(broken).toEqual([]);
        }
        checkPayments([...answers.values()].flat());
        const answered = [...answers.values()].flatMap(onceEach);
        for (const owner of OWNERS) await checkWallet(store, owner, answered, counts);
        await store.close();
      }),
      // To shrink takes hundreds of databases; the path that is printed replays the one that failed.
      { numRuns: RUNS, seed: SEED, endOnFailure: true },
    );
    // Otherwise the property was about nothing.
    expect(counts.moved).toBeGreaterThan(RUNS);
    expect(counts.refused).toBeGreaterThan(RUNS / 4);
    expect(counts.stale).toBeGreaterThan(RUNS / 4);
  });
});

/** The store, with each look and each commit held up for as long as the example says, so that those of two runners cross. */
function interleaved(store: SqliteStore, pause: fc.Stream<number>, counts: Counts, broken: string[]): Store {
  const heldUp = async (): Promise<void> => {
    for (let left = pause.next().value ?? 0; left > 0; left -= 1) await new Promise<void>((resolve) => soon(resolve));
  };
  return {
    ...store,
    async load(events, parties) {
      await heldUp();
      return store.load(events, parties);
    },
    async commit(turns) {
      await heldUp();
      const outcomes = await store.commit(turns);
      for (const outcome of outcomes) {
        if (outcome.kind === 'stale') counts.stale += 1;
        // What moved between look and commit makes a decision stale; it never breaks a rule of the database.
        else if (outcome.kind !== 'committed' && outcome.kind !== 'duplicate') broken.push(outcome.error.message);
      }
      return outcomes;
    },
  };
}

async function ask(desk: WalletDesk, { owner, key, request: wanted, milliKes }: Wish): Promise<Given | null> {
  const buyer = must(OWNERS[owner]);
  if (wanted !== null) return desk.ask(buyer, `k${key}`, wanted, PROGRAM);
  expect(await desk.setPrice({ level: 'customer', ...buyer }, milliKes, PROGRAM)).toEqual({ ok: true, value: undefined });
  return null;
}

/** Of what was asked under one key: one answer for the first question, a conflict for every other. */
function onceEach(
  asked: readonly { readonly owner: Buyer; readonly request: WalletRequest; readonly given: Given }[],
): { readonly owner: Buyer; readonly answer: WalletAnswer }[] {
  const questions = new Map<string, WalletAnswer>();
  for (const { owner, request: wanted, given } of asked) {
    if (!given.ok) {
      expect(given.error).toMatch(/conflict|unknown_user/);
      continue;
    }
    const question = JSON.stringify([owner, wanted]);
    expect(given.value).toEqual(questions.get(question) ?? given.value);
    questions.set(question, given.value);
  }
  expect(questions.size).toBeLessThanOrEqual(1);
  return [...questions].map(([question, answer]) => ({ owner: must((JSON.parse(question) as Buyer[])[0]), answer }));
}

/** One payment brings SMS to one request of its app, whatever its spelling. All of these begin with an R and are of M-Pesa. */
function checkPayments(
  asked: readonly { readonly owner: Buyer; readonly request: WalletRequest; readonly given: Given }[],
): void {
  const brought = new Map<string, Set<string>>();
  for (const { owner, request: wanted, given } of asked) {
    if (wanted.kind !== 'top_up' || !given.ok || given.value.kind !== 'topped_up') continue;
    const payment = `${owner.appId ?? ''}/${wanted.paymentReference.replace(/\D/g, '')}`;
    brought.set(payment, (brought.get(payment) ?? new Set()).add(JSON.stringify([owner, wanted])));
  }
  for (const questions of brought.values()) expect(questions.size).toBe(1);
}

function checkBooks(store: SqliteStore): void {
  expect(auditLedger(store.db).faults).toEqual([]);
  const sums = store.db.prepare<[], number>('SELECT sum(balance) FROM account GROUP BY asset').pluck().all();
  expect(sums.every((sum) => sum === 0)).toBe(true);
  // No request failed on its way to its answer.
  expect(store.db.prepare('SELECT count(*) FROM poison').pluck().get()).toBe(0);
}

async function checkWallet(
  store: SqliteStore,
  owner: Buyer,
  answered: readonly { readonly owner: Buyer; readonly answer: WalletAnswer }[],
  counts: Counts,
): Promise<void> {
  let [messages, paid, cost] = [0, 0, 0];
  for (const { owner: whose, answer } of answered) {
    if (whose.appId !== owner.appId || whose.userId !== owner.userId) continue;
    expect(answer.smsBalance).toBeGreaterThanOrEqual(0);
    if (['too_little', 'too_much', 'payment_used', 'not_paid'].includes(answer.kind)) counts.refused += 1;
    else counts.moved += 1;
    messages += messagesMoved(answer);
    if (answer.kind !== 'topped_up') continue;
    paid += answer.amountKes * 1_000;
    cost += answer.smsAdded * answer.price.milliKes;
  }
  const view = await store.wallets.wallet(owner);
  if (view === null) return expect([messages, paid]).toEqual([0, 0]);
  expect(view.balances).toEqual({ smsHundredths: messages * 100, milliKes: paid - cost });
  expect(view.balances.milliKes).toBeGreaterThanOrEqual(0);
  const price = store.db.prepare<[string], number>(
    'SELECT price_millikes FROM sms_purchase WHERE wallet_id = ? ORDER BY rowid DESC',
  );
  expect(view.balances.milliKes).toBeLessThan(must(price.pluck().get(view.wallet.id)));
  const lines = await store.wallets.statement(view.wallet.id, null, 1_000);
  expect(lines.reduce((sum, line) => sum + line.smsHundredths, 0)).toBe(messages * 100);
  for (const line of lines) expect(line.balanceHundredths).toBeGreaterThanOrEqual(0);
}

function messagesMoved(answer: WalletAnswer): number {
  switch (answer.kind) {
    case 'topped_up':
    case 'not_paid':
      return answer.smsAdded;
    case 'debited':
      return -answer.units;
    case 'adjusted':
      return answer.units;
    case 'too_little':
    case 'too_much':
    case 'payment_used':
      return 0;
    default:
      return assertNever(answer);
  }
}

function must<T>(value: T | null | undefined): T {
  if (value === undefined || value === null) throw new Error('it is there');
  return value;
}
