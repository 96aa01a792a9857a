/** Shows what each reading of a balance elsewhere changes: the figure, when it is read next, what those hear who asked, and no more. */

import { describe, expect, it } from 'vitest';
import { aChat, knownOf, MINUTE_MS, NOW, only, rulesOf, said } from '../../test/support/decisions.ts';
import { OWN_ADDRESSES } from '../domain/alert.ts';
import { UNWATCHED } from '../domain/balance-watch.ts';
import type { OwnWallet } from '../domain/wallet-owner.ts';
import type { SetThreshold } from '../ports/alert.ts';
import type { Asker, RemoteBalance } from '../ports/remote-balance.ts';
import type { Known, Turn } from '../ports/store.ts';
import type { KnownWallet } from '../ports/wallet.ts';
import type { BalanceReading } from '../ports/wallet-server.ts';
import { decide } from './decide.ts';

const RULES = rulesOf({ sellsSms: true, walletsAt: 'tuku' });
const OWNER = { appId: null, userId: 'c-1' };
const READ: BalanceReading = { kind: 'read', smsBalance: 140, milliKes: 700, changedAt: NOW - 1 };
const NONE: BalanceReading = { kind: 'no_wallet', milliKes: 900 };
const AWAY: BalanceReading = { kind: 'unknown', why: 'HTTP 503' };

const before: RemoteBalance = {
  watch: { latest: { balance: 150, at: NOW - 10 * MINUTE_MS }, before: null, failures: 0 },
  milliKes: 800,
  changedAt: NOW - 20 * MINUTE_MS,
  toldAt: NOW - 10 * MINUTE_MS,
  spent: { units: 0, since: null },
  looks: 3,
  asked: [],
};
const threshold: SetThreshold = {
  id: 't-1',
  createdBy: 'shop',
  units: 20,
  alertType: 'chat',
  method: 'chat',
  message: null,
  quiet: null,
  recipients: OWN_ADDRESSES,
  armed: true,
  alertedAt: null,
  setAt: NOW,
  reminders: 0,
};
const ours = (thresholds: readonly SetThreshold[]): KnownWallet => ({
  owner: OWNER,
  wallet: null,
  balances: { smsHundredths: 0, milliKes: 0 },
  prices: [],
  answered: null,
  paymentUsed: false,
  thresholds,
  alerting: null,
});
const theirs: OwnWallet = {
  key: 'AAAAAA',
  owner: OWNER,
  by: 'customer',
  open: { id: 'w-1', changedAt: NOW, version: 1 },
  balances: { smsHundredths: 15_000, milliKes: 0 },
  alerts: [],
  price: { milliKes: 800, source: 'platform' },
  readAt: before.toldAt ?? NOW,
};
const asker = (more: Partial<Asker> = {}): Asker => ({
  conversation: aChat(),
  wallet: theirs,
  several: false,
  wants: 'figure',
  ...more,
});

function looked(reading: BalanceReading, known: Partial<Known> = {}, looks: number | null = 3): Turn {
  const event = { kind: 'balance_read', id: 'b-1', at: NOW, owner: OWNER, looks, reading } as const;
  return decide(knownOf({ wallet: ours([]), remote: { balance: before, askers: [] }, ...known }), event, RULES);
}
const asking = (reading: BalanceReading, ...askers: Asker[]): Turn => looked(reading, { remote: { balance: before, askers } });

describe('what is kept of a reading', () => {
  it.each<[string, BalanceReading, Partial<RemoteBalance>]>([
    ['a figure', READ, { milliKes: 700, changedAt: NOW - 1, toldAt: NOW, spent: { units: 10, since: NOW - 10 * MINUTE_MS } }],
    ['that there is no wallet', NONE, { watch: UNWATCHED, milliKes: 900, changedAt: before.changedAt, toldAt: NOW }],
    ['the same, without a price', { ...NONE, milliKes: null }, { watch: UNWATCHED, milliKes: 800, toldAt: NOW }],
    ['nothing', AWAY, { milliKes: 800, toldAt: before.toldAt, watch: { ...before.watch, failures: 1 } }],
  ])('%s', (_what, reading, kept) => {
    expect(only(looked(reading), 'note_balance')).toMatchObject([{ owner: OWNER, balance: kept }]);
  });

  it('of a look that another has overtaken: nothing; of a program that is told at once: all', () => {
    expect(looked(READ, {}, 2).changes).toEqual([]);
    expect(only(looked(READ, {}, null), 'note_balance')).toHaveLength(1);
  });

  it('opens a wallet of ours where there is none, to hang thresholds on, with a figure alone', () => {
    expect(only(looked(READ), 'open_wallet')).toMatchObject([{ wallet: { owner: OWNER } }]);
    for (const reading of [NONE, AWAY]) expect(only(looked(reading), 'open_wallet')).toEqual([]);
  });

  it('of what nobody ever wanted to know begins its row', () => {
    expect(only(looked(READ, { remote: null }, null), 'want_balance')).toMatchObject([{ owner: OWNER, asking: null }]);
    expect(only(looked(READ), 'want_balance')).toEqual([]);
  });
});

describe('the next look', () => {
  it.each<[string, BalanceReading, readonly number[], number | null]>([
    ['nobody is to be warned', READ, [], null],
    ['there is no wallet, and nobody is to be warned', NONE, [], null],
    ['there is no wallet yet, as a 404 says', NONE, [20], 30],
    ['far from every threshold', READ, [20], 30],
    ['near the highest', READ, [20, 100], 2],
    ['it did not answer', AWAY, [20], 1],
  ])('%s', (_what, reading, units, minutes) => {
    const turn = looked(reading, { wallet: ours(units.map((each) => ({ ...threshold, units: each }))) });
    const [noted] = only(turn, 'note_balance');
    expect(noted?.dueAt).toBe(minutes === null ? null : NOW + minutes * MINUTE_MS);
  });
});

describe('who asked', () => {
  it.each<[string, BalanceReading, string[]]>([
    ['hears the figure', READ, ['sms-wallet:balance']],
    ['hears that there is none', NONE, ['sms-wallet:balance-none']],
    ['hears that nobody answers, and what was told last', AWAY, ['sms-wallet:away-since', 'sms-wallet:balance']],
  ])('%s', (_what, reading, words) => {
    const turn = asking(reading, asker());
    expect([said(turn), turn.read]).toEqual([
      words,
      expect.objectContaining({ 'conversation:v-1': expect.anything() as number }),
    ]);
  });

  it('hears the price with the figure, as it is now', () => {
    const [reply] = only(asking(READ, asker()), 'say');
    expect(reply?.reply.parts[0]?.params).toMatchObject({ price: { milliKes: 700 }, units: { grouped: 140 } });
  });

  it.each<[string, Partial<Asker>]>([
    ['whose wallet it is no more', { wallet: null }],
    ['who blocked us', { conversation: aChat({}, { blockedAt: NOW }) }],
  ])('hears nothing, %s', (_who, more) => {
    expect(said(asking(READ, asker(more)))).toEqual([]);
  });

  it('for a price goes on with the purchase, in a turn of its own for each look', () => {
    const turn = asking(AWAY, asker({ wants: 'price' }));
    expect(said(turn)).toEqual([]);
    const [timer] = only(turn, 'set_timer');
    expect(timer).toMatchObject({ dueAt: NOW, timer: { kind: 'price_told', conversationId: 'v-1' } });
    expect(timer?.key).toMatch(/^price:v-1:.{6}\.3$/);
  });
});
