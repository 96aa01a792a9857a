/** Owns what must always hold of wallets of SMS: nothing moves that nobody asked for, and low balances are told of once. */

import type { Instant } from '../lib/clock.ts';
import type { AlertRow, Expected, ThresholdRow } from './wallet-facts.ts';
import type { Facts, InvariantOn } from './invariant.ts';

const DAY_MS = 24 * 3_600_000;
/** From an event until it is committed, on a machine that works. */
const TURN_MS = 60_000;
/** A day, and what a machine that was away for an hour is late by. */
const REMINDED_MS = DAY_MS + 90 * 60_000;

export const neverBelowZero: InvariantOn<'posted'> = {
  name: 'a wallet never falls below zero',
  on: 'posted',
  check({ transfer }, facts) {
    for (const account of [transfer.debit_account, transfer.credit_account])
      if (account.startsWith('wallet:') && facts.balanceOf(account) < 0) return `${account} holds ${facts.balanceOf(account)}`;
    return null;
  },
};

/** However often it was asked: under one key it moves once, and no more than it named. */
export const movedAsAsked: InvariantOn<'posted'> = {
  name: 'a wallet moves by its orders and by what programs asked, each once',
  on: 'posted',
  check({ transfer, order }, facts) {
    if (order !== null || (transfer.kind !== 'use' && transfer.kind !== 'top_up')) return null;
    const owner = facts.ownerOf(walletIn(transfer.debit_account) ?? walletIn(transfer.credit_account) ?? '') ?? '';
    const { spent, paidIn } = facts.wallets.movedOf(owner);
    const most = askedOf(facts, owner, ({ most: asked, moved }) => moved ?? asked);
    if (spent > most.debit) return `${spent} SMS of ${owner} were spent, and programs asked for ${most.debit}`;
    return paidIn > most.top_up ? `KES ${paidIn} were put in for ${owner}, and programs asked for ${most.top_up}` : null;
  },
};

export const answersHold: InvariantOn<'ended'> = {
  name: 'what programs were answered is what has moved',
  on: 'ended',
  check(_happening, facts) {
    for (const [key, { heard }] of facts.wallets.asked) if (!heard) return `${key} was never answered`;
    for (const owner of new Set([...facts.wallets.asked.values()].map((one) => one.owner))) {
      const { spent, paidIn } = facts.wallets.movedOf(owner);
      const answered = askedOf(facts, owner, ({ moved }) => moved ?? 0);
      if (spent !== answered.debit) return `${spent} SMS of ${owner} were spent, and programs were told ${answered.debit}`;
      if (paidIn !== answered.top_up) return `KES ${paidIn} were put in for ${owner}, and programs were told ${answered.top_up}`;
    }
    return null;
  },
};

function askedOf(
  { wallets }: Facts,
  owner: string,
  count: (asked: { readonly most: number; readonly moved: number | null }) => number,
): Record<'debit' | 'top_up', number> {
  const sums = { debit: 0, top_up: 0 };
  for (const asked of wallets.asked.values()) if (asked.owner === owner) sums[asked.kind] += count(asked);
  return sums;
}

function walletIn(account: string): string | null {
  return /^wallet:(.*):(?:KES|SMS)$/.exec(account)?.[1] ?? null;
}

/** By a model of its own: crossed at the first balance below it, armed again above 110 %. */
export const toldOnce: InvariantOn<'balances'> = {
  name: 'low SMS are told of once for each crossing, and at once',
  on: 'balances',
  check({ thresholds, alerts }, facts) {
    const known = facts.wallets.expected;
    const wrong = alerts.map((alert) => wrongAlert(alert, thresholds, facts)).find((fault) => fault !== null);
    if (wrong !== undefined) return wrong;
    for (const row of thresholds) {
      const balance = facts.messagesIn(row.wallet_id);
      const expected = lookedAt(row, balance, facts);
      const raised = alerts.filter(({ threshold_id }) => threshold_id === row.id);
      const told = raised.filter(({ kind }) => kind === 'crossing');
      const fault = faultOf(row, expected, balance, told.length);
      if (fault !== null) return `${fault}: ${balance} SMS, threshold ${row.units} of ${row.created_by}`;
      if (told.length > 0) expected.owed = told.some(({ tells }) => tells > 0) ? null : 'later';
      if (raised.length > 0) expected.toldAt = facts.now();
    }
    for (const id of known.keys()) if (!thresholds.some((row) => row.id === id)) known.delete(id);
    return null;
  },
};

/** Where the machine's clock was left alone. */
export const remindedDaily: InvariantOn<'rested'> = {
  name: 'while SMS stay low somebody is reminded every day',
  on: 'rested',
  check(_happening, facts) {
    if (facts.plan.clockJumps.length > 0) return null;
    for (const { quiet, toldAt, belowSince, units } of facts.wallets.expected.values()) {
      if (belowSince === null || (quiet === 1 && toldAt !== null)) continue;
      if (facts.now() - Math.max(belowSince, toldAt ?? 0) < REMINDED_MS) continue;
      return `below ${units} SMS somebody was told last ${toldAt === null ? 'never' : `${facts.now() - toldAt} ms ago`}`;
    }
    return null;
  },
};

/** What it says, to whom, and whether it may be said again. */
function wrongAlert(
  { threshold_id, kind, twice, balance, units }: AlertRow,
  thresholds: readonly ThresholdRow[],
  facts: Facts,
): string | null {
  if (twice !== null) return `an alert goes to ${twice} twice`;
  const before = facts.wallets.expected.get(threshold_id);
  if (kind === 'reminder' && before?.low !== true) return `${units} SMS are reminded of, and were not crossed`;
  if (kind === 'reminder' && facts.plan.clockJumps.length === 0 && facts.now() - (before?.toldAt ?? 0) < DAY_MS - TURN_MS)
    return `${units} SMS are reminded of twice a day`;
  const row = thresholds.find(({ id }) => id === threshold_id);
  const isSo = row !== undefined && units === row.units && balance === facts.messagesIn(row.wallet_id) && balance < units;
  return isSo ? null : `an alert tells of ${balance} SMS below ${units}`;
}

function faultOf({ armed }: ThresholdRow, { owed, low }: Expected, balance: number, times: number): string | null {
  if (times > 1) return 'one crossing is told of twice';
  if (times === 1 && owed === null) return 'a crossing is told of that was not, or was told before';
  if (times === 0 && owed === 'now') return 'a crossing is not told of';
  if ((armed === 1) === low) return low ? 'it is armed while it is low' : `it is not armed at ${balance}`;
  return null;
}

function lookedAt({ id, units, set_at, created_by, quiet }: ThresholdRow, balance: number, facts: Facts): Expected {
  const known = facts.wallets.expected;
  const before = known.get(id);
  const moved = before !== undefined && before.units !== units;
  const stays = before?.low === true && !(moved && balance >= units) && balance * 100 <= units * 110;
  const falls = !stays && balance < units;
  // Who sets it in the chat sees the balance beside it.
  const seen = created_by === 'chat' && (before?.set_at !== set_at || moved);
  const owed = !falls ? null : seen ? null : quiet === 1 ? 'later' : 'now';
  const toldAt: Instant | null = stays ? before.toldAt : seen ? facts.now() : null;
  const belowSince = balance < units ? (before?.belowSince ?? facts.now()) : null;
  const now: Expected = { units, set_at, quiet, low: stays || falls, owed: stays ? before.owed : owed, toldAt, belowSince };
  known.set(id, now);
  return now;
}

export const noticeOnce: InvariantOn<'notice'> = {
  name: 'what may have gone out by SMS or e-mail is not sent again',
  on: 'notice',
  check: ({ way, to, again }) => (again ? `${way} to ${to} goes out again` : null),
};
