/** Owns what must always hold of wallets of SMS: nothing moves that nobody asked for, and low balances are told of once. */

import type { AlertRow, ThresholdRow } from './wallet-facts.ts';
import type { Facts, InvariantOn } from './invariant.ts';

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

/** What is expected of a threshold. */
interface Expected extends Pick<ThresholdRow, 'units' | 'set_at'> {
  /** It was crossed, and nobody was told yet; `later`: in quiet hours, or everybody had been told too often. */
  owed: 'now' | 'later' | null;
  /** Crossed: what comes now is no news before the balance has been well above it. */
  low: boolean;
}

/** By a model of its own: crossed at the first balance below it, armed again above 110 %. */
export const toldOnce = (): InvariantOn<'balances'> => {
  const known = new Map<string, Expected>();
  return {
    name: 'low SMS are told of once for each crossing, and at once',
    on: 'balances',
    check({ thresholds, alerts }, facts) {
      const wrong = alerts.map((alert) => wrongAlert(alert, thresholds, known, facts)).find((fault) => fault !== null);
      if (wrong !== undefined) return wrong;
      for (const row of thresholds) {
        const balance = messagesIn(facts, row.wallet_id);
        const expected = lookedAt(row, balance, known);
        const told = alerts.filter(({ threshold_id, kind }) => threshold_id === row.id && kind === 'crossing');
        const fault = faultOf(row, expected, balance, told.length);
        if (fault !== null) return `${fault}: ${balance} SMS, threshold ${row.units} of ${row.created_by}`;
        if (told.length > 0) expected.owed = told.some(({ tells }) => tells > 0) ? null : 'later';
      }
      for (const id of known.keys()) if (!thresholds.some((row) => row.id === id)) known.delete(id);
      return null;
    },
  };
};

/** What it says, to whom, and whether it may be said again. */
function wrongAlert(
  { threshold_id, kind, twice, balance, units }: AlertRow,
  thresholds: readonly ThresholdRow[],
  known: ReadonlyMap<string, Expected>,
  facts: Facts,
): string | null {
  if (twice !== null) return `an alert goes to ${twice} twice`;
  if (kind === 'reminder' && known.get(threshold_id)?.low !== true) return `${units} SMS are reminded of, and were not crossed`;
  const row = thresholds.find(({ id }) => id === threshold_id);
  const isSo = row !== undefined && units === row.units && balance === messagesIn(facts, row.wallet_id) && balance < units;
  return isSo ? null : `an alert tells of ${balance} SMS below ${units}`;
}

function faultOf({ armed }: ThresholdRow, { owed, low }: Expected, balance: number, times: number): string | null {
  if (times > 1) return 'one crossing is told of twice';
  if (times === 1 && owed === null) return 'a crossing is told of that was not, or was told before';
  if (times === 0 && owed === 'now') return 'a crossing is not told of';
  if ((armed === 1) === low) return low ? 'it is armed while it is low' : `it is not armed at ${balance}`;
  return null;
}

function lookedAt(
  { id, units, set_at, created_by, quiet }: ThresholdRow,
  balance: number,
  known: Map<string, Expected>,
): Expected {
  const before = known.get(id);
  const moved = before !== undefined && before.units !== units;
  const stays = before?.low === true && !(moved && balance >= units) && balance * 100 <= units * 110;
  const falls = !stays && balance < units;
  // Who sets it in the chat sees the balance beside it.
  const seen = created_by === 'chat' && (before?.set_at !== set_at || moved);
  const owed = !falls ? null : seen ? null : quiet === 1 ? 'later' : 'now';
  const now: Expected = { units, set_at, low: stays || falls, owed: stays ? before.owed : owed };
  known.set(id, now);
  return now;
}

function messagesIn(facts: Facts, walletId: string): number {
  return Math.floor(facts.balanceOf(`wallet:${walletId}:SMS`) / 100);
}

export const noticeOnce: InvariantOn<'notice'> = {
  name: 'what may have gone out by SMS or e-mail is not sent again',
  on: 'notice',
  check: ({ way, to, again }) => (again ? `${way} to ${to} goes out again` : null),
};
