/**
 * Owns reading a webhook. No payload is published, so any shape is taken in which the known names stand: the answer's own
 * shape with a new status, its parts, or a flat list. It says what was read, not whom it concerns: matching is strict, and
 * is done where the orders are known.
 */

import { z } from 'zod';
import { parseMsisdn } from '../../domain/msisdn.ts';
import type { WebhookReading } from '../../ports/airtime-provider.ts';
import { readDocument, type Tree } from './document.ts';

type Outcome = 'positive' | 'cancelled' | 'negative';

const OUTCOMES: ReadonlyMap<string, Outcome> = new Map([
  ['success', 'positive'],
  ['successful', 'positive'],
  ['completed', 'positive'],
  ['delivered', 'positive'],
  ['done', 'positive'],
  ['cancelled', 'cancelled'],
  ['canceled', 'cancelled'],
  ['declined', 'cancelled'],
  ['expired', 'cancelled'],
]);

/** Names are compared without case and separators: payment_mobile is also paymentMobile, and PAYMENT-MOBILE. */
type Branch = ReadonlyMap<string, Tree>;

const text = z.string().min(1).max(200);

/** Never throws. The content type is not asked: the body shows what it is. */
export function readWebhook(raw: string): WebhookReading {
  const document = readDocument(raw, { forms: true });
  if (!document.ok) return { kind: 'unreadable', why: document.error };
  const root = branchOf(unwrap(document.value));
  if (root === null) return { kind: 'unreadable', why: 'no named values' };

  const data = branchOf(root.get('data')) ?? new Map<string, Tree>();
  const upstreamTransaction = branchOf(data.get('transaction')) ?? branchOf(root.get('transaction')) ?? new Map<string, Tree>();
  // From the inmost outwards: where a name stands twice, the one nearest to the purchase counts.
  const places = [upstreamTransaction, data, root];
  const note = first(places, ['note']);
  const upstreamReference = first(places, ['reference', 'transactionreference']);
  const words = statusWords(places, root);
  if (note === null && upstreamReference === null && words.length === 0) {
    return { kind: 'unreadable', why: 'neither a note, a reference nor a status' };
  }
  return {
    kind: 'read',
    note,
    upstreamReference,
    amountKes: readAmount(first(places, ['amount'])),
    mobile: readMobile(places),
    outcome: agreed(words),
    status: words[0]?.word ?? '',
  };
}

/** A list of one is what some systems make of one event. */
function unwrap(tree: Tree): Tree {
  return Array.isArray(tree) && tree.length === 1 ? (tree[0] as Tree) : tree;
}

function branchOf(tree: Tree | undefined): Branch | null {
  if (typeof tree !== 'object' || Array.isArray(tree)) return null;
  return new Map(Object.entries(tree).map(([name, value]) => [name.toLowerCase().replace(/[^a-z0-9]/g, ''), value]));
}

function first(places: readonly Branch[], names: readonly string[]): string | null {
  for (const place of places) {
    for (const name of names) {
      const value = text.safeParse(place.get(name));
      if (value.success) return value.data;
    }
  }
  return null;
}

/**
 * Every status that is stated. The envelope's SUCCESS says that a call was executed, never that airtime arrived, so it is no
 * evidence; its FAIL is, with 8000 for a cancelled purchase.
 */
function statusWords(places: readonly Branch[], root: Branch): { word: string; outcome: Outcome }[] {
  const words = places.flatMap((place) => {
    const word = first([place], ['status', 'transactionstatus']);
    return word === null ? [] : [{ word, outcome: OUTCOMES.get(word.toLowerCase()) ?? ('negative' as const) }];
  });
  const envelope = branchOf(root.get('status'));
  const type = envelope === null ? null : first([envelope], ['type']);
  if (envelope === null || type === null || type.toLowerCase() === 'success') return words;
  const code = first([envelope], ['code']);
  return [...words, { word: code === null ? type : `${type} ${code}`, outcome: code === '8000' ? 'cancelled' : 'negative' }];
}

/** Statements that contradict each other are for a person to judge, and so is silence. */
function agreed(words: readonly { outcome: Outcome }[]): Outcome {
  const outcomes = new Set(words.map(({ outcome }) => outcome));
  const [only] = outcomes;
  return outcomes.size === 1 && only !== undefined ? only : 'negative';
}

/** KES; null when it is absent or no amount. Cents are kept, so that 100.50 does not pass for 100. */
function readAmount(words: string | null): number | null {
  const digits = words?.replace(/^(?:kes|ksh)\.?\s*/i, '').replace(/(?<=\d),(?=\d{3}\b)/g, '');
  return digits !== undefined && /^-?\d{1,12}(?:\.\d{1,4})?$/.test(digits) ? Number(digits) : null;
}

/** The recipient's number, never the payer's; `2547...` where it is a Kenyan mobile, else as it came. */
function readMobile(places: readonly Branch[]): string | null {
  const recipients = places.flatMap((place) => branchOf(place.get('recipient')) ?? []);
  const words = first(recipients, ['mobile', 'phone']) ?? first(places, ['mobile', 'recipientmobile', 'recipient', 'phone']);
  const parsed = words === null ? null : parseMsisdn(words);
  return parsed?.ok === true ? parsed.value : words;
}
