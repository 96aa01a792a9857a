/**
 * Owns several orders in one message: "100 to A and 200 to B". Amounts and recipients are paired in the order in which they
 * stand; what cannot be paired with certainty is no list of orders.
 */

import type { Msisdn } from '../domain/msisdn.ts';
import type { SaidAmount } from './amounts.ts';
import type { Target } from './roles.ts';

export interface Pair {
  readonly recipient: Msisdn | 'self' | null;
  readonly amount: number;
}

type Mark = { readonly at: number; readonly amount: number } | { readonly at: number; readonly target: Target };

/** Null: not several different orders, or not pairable. */
export function pairsOf(amounts: readonly SaidAmount[], targets: readonly Target[]): Pair[] | null {
  if (new Set(amounts.map(({ item }) => item.value)).size < 2) return null;
  const receiving = targets.filter(
    ({ denied, role, byVerb, kind, number }) => !denied && role !== 'payer' && !byVerb && (kind !== 'number' || number !== null),
  );
  const verb = targets.find(({ byVerb, denied }) => byVerb && !denied);
  const marks: Mark[] = [
    ...amounts.map(({ at, item }) => ({ at, amount: item.value })),
    ...receiving.map((target) => ({ at: target.at, target })),
  ].sort((a, b) => a.at - b.at);
  const first = marks[0];
  if (first === undefined || receiving.length === 0) return null;
  const pairs = 'amount' in first ? amountFirst(marks, verb) : targetFirst(marks);
  if (pairs === null || pairs.length < 2) return null;
  return pairs;
}

/** 100 A, 200 B C: each amount is for the targets that follow it. "nitumie 100 na mum 200" gives the first to the speaker. */
function amountFirst(marks: readonly Mark[], verb: Target | undefined): Pair[] | null {
  const last = marks.at(-1);
  if (last !== undefined && 'amount' in last) return verb === undefined ? null : verbFirst(marks);
  const pairs: Pair[] = [];
  let amount: number | null = null;
  let given = true;
  for (const mark of marks) {
    if ('amount' in mark) {
      if (!given) return null;
      amount = mark.amount;
      given = false;
    } else if (amount !== null) {
      pairs.push({ recipient: recipientOf(mark.target), amount });
      given = true;
    }
  }
  return pairs;
}

/** "nitumie 100 na 0722... 200": the verb's own amount comes first, then target and amount by turns. */
function verbFirst(marks: readonly Mark[]): Pair[] | null {
  const first = marks[0];
  const rest = targetFirst(marks.slice(1));
  if (first === undefined || !('amount' in first) || rest === null) return null;
  return [{ recipient: 'self', amount: first.amount }, ...rest];
}

/** A 100, B 200: the targets before an amount share it. */
function targetFirst(marks: readonly Mark[]): Pair[] | null {
  const pairs: Pair[] = [];
  let waiting: Target[] = [];
  for (const mark of marks) {
    if ('target' in mark) waiting.push(mark.target);
    else {
      if (waiting.length === 0) return null;
      for (const target of waiting) pairs.push({ recipient: recipientOf(target), amount: mark.amount });
      waiting = [];
    }
  }
  return waiting.length > 0 ? null : pairs;
}

function recipientOf(target: Target): Msisdn | 'self' | null {
  return target.kind === 'self' ? 'self' : target.number;
}
