/** Shows the reading of balances elsewhere: a few at a time, each told once as an event, and nothing that the other side does ends it. */

import { expect, it } from 'vitest';
import { ManualClock } from '../lib/clock.ts';
import { silentLog, type Log } from '../lib/log.ts';
import type { DueBalance } from '../ports/remote-balance.ts';
import type { TurnEvent } from '../ports/store.ts';
import type { BalanceReading } from '../ports/wallet-server.ts';
import type { Ending } from '../services/turn-runner.ts';
import { createBalanceReader } from './balance-reader.ts';

const NOW = 1_000;
const READ: BalanceReading = { kind: 'read', smsBalance: 5, milliKes: 800, changedAt: null };
const owner = (userId: string): DueBalance['owner'] => ({ appId: null, userId });

function reading(due: readonly string[], balance: (userId: string) => Promise<BalanceReading> = () => Promise.resolve(READ)) {
  const waiting = due.map((userId): DueBalance => ({ owner: owner(userId), looks: 3 }));
  const claims: (readonly [number, number, number])[] = [];
  const [told, logged, woken]: [TurnEvent[], string[], number[]] = [[], [], []];
  const log: Log = {
    ...silentLog,
    warn: (_fields, message) => void logged.push(message),
    error: (_fields, message) => void logged.push(message),
  };
  const reader = createBalanceReader({
    store: {
      claimBalances: (...claim) => {
        claims.push(claim);
        return Promise.resolve(waiting.splice(0, claim[1]));
      },
    },
    runner: {
      submit(events: readonly TurnEvent[]) {
        told.push(...events);
        return Promise.resolve(events.map((): Ending => 'committed'));
      },
    },
    walletServer: { balance: ({ userId }) => balance(userId) },
    clock: new ManualClock(NOW),
    log,
    wake: () => void woken.push(1),
  });
  return { reader, told, logged, claims, woken };
}

it('tells what was read as an event, under an id of its own for each look', async () => {
  const { reader, told, woken } = reading(['u-1']);
  expect(await reader.step()).toBe(true);
  await reader.settled();
  expect(told).toEqual([{ kind: 'balance_read', id: 'balance:/u-1:3', at: NOW, owner: owner('u-1'), looks: 3, reading: READ }]);
  expect([await reader.step(), reader.busy(), woken.length]).toEqual([false, false, 1]);
});

it('reads four at a time, and leases them for longer than an answer may take', async () => {
  const answers: (() => void)[] = [];
  const { reader, told, claims } = reading(
    ['u-1', 'u-2', 'u-3', 'u-4', 'u-5'],
    () => new Promise((resolve) => void answers.push(() => resolve(READ))),
  );
  expect([await reader.step(), await reader.step(), claims, told]).toEqual([true, false, [[NOW, 4, 180_000]], []]);
  for (const answer of answers) answer();
  await reader.settled();
  expect([await reader.step(), told.length, claims.length]).toEqual([true, 4, 2]);
});

it.each<[string, () => Promise<BalanceReading>, BalanceReading, string[]]>([
  [
    'does not answer',
    () => Promise.resolve({ kind: 'unknown', why: 'HTTP 503' }),
    { kind: 'unknown', why: 'HTTP 503' },
    ['a balance could not be read'],
  ],
  [
    'breaks',
    () => Promise.reject(new Error('a bug')),
    { kind: 'unknown', why: 'it broke' },
    ['the server of wallets broke', 'a balance could not be read'],
  ],
  [
    'knows no such wallet',
    () => Promise.resolve({ kind: 'no_wallet', milliKes: null }),
    { kind: 'no_wallet', milliKes: null },
    [],
  ],
])('a server that %s is told as that, and logged', async (_what, balance, answer, logs) => {
  const { reader, told, logged } = reading(['u-1'], balance);
  await reader.step();
  await reader.settled();
  expect([told, logged]).toMatchObject([[{ reading: answer }], logs]);
});
