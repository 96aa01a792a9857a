/**
 * Owns the last step: which of the values that were found fill the slots, given what the message wants. A message that only asks
 * about values ("did my 500 go through?") fills none.
 */

import type { Amounts } from './amounts.ts';
import type { Choice } from './answers.ts';
import type { Client } from './client.ts';
import type { Networks } from './networks.ts';
import type { Pair } from './orders.ts';
import type { People } from './people.ts';
import type { Scene } from './scene.ts';
import type { Intent, Problem, Understood } from './understood.ts';
import type { Wish } from './view.ts';

export interface Found {
  readonly wish: Wish;
  readonly amounts: Amounts;
  readonly networks: Networks;
  readonly people: People;
  readonly pairs: readonly Pair[] | null;
  readonly client: Client | null;
  readonly choice: Choice;
  /** Words without a meaning here stand in it. */
  readonly isAboutElse: boolean;
}

export type Slots = Pick<
  Understood,
  'recipient' | 'amount' | 'paymentNetwork' | 'payer' | 'client' | 'threshold' | 'orders' | 'recipients'
>;

/** Wishes in which a lone number is the recipient. */
export const BUYS: ReadonlySet<Intent> = new Set<Intent>(['buy_airtime']);

const NO_SLOTS = { recipient: null, amount: null, paymentNetwork: null, payer: null, client: null, threshold: null } as const;

export function slotsOf({ wish, amounts, networks, people, pairs, client, choice, isAboutElse }: Found): Slots {
  if (wish.empty) return NO_SLOTS;
  if (wish.intent === 'set_threshold') return { ...NO_SLOTS, threshold: thresholdOf(amounts) };
  const paying = { payer: people.payer, paymentNetwork: networks.network };
  if (pairs !== null) return { ...NO_SLOTS, orders: pairs.map((pair) => ({ ...pair, ...paying })) };
  const amount = choice.onlyChoice ? null : onlyAmount(amounts);
  if (wish.intent === 'reseller_credit') return { ...NO_SLOTS, ...paying, client: client?.name ?? null, amount };
  const { recipients } = people;
  // "wake me": who says "me" in a message that is about something else names no recipient.
  const recipient = wish.intent === 'other' && people.recipient === 'self' && isAboutElse ? null : people.recipient;
  return { ...NO_SLOTS, ...paying, recipient, amount, ...(recipients.length > 1 ? { recipients } : {}) };
}

/** One amount, however often it was said; none when another could not be read. */
function onlyAmount({ said, problems }: Amounts): number | null {
  const values = new Set(said.map(({ item }) => item.value));
  const [first] = values;
  return values.size === 1 && problems.length === 0 ? (first ?? null) : null;
}

function thresholdOf({ said, smsUnits, problems }: Amounts): number | null {
  const values = new Set(said.map(({ item }) => item.value));
  if (smsUnits !== null) values.add(smsUnits);
  const [first] = values;
  return values.size === 1 && problems.length === 0 ? (first ?? null) : null;
}

export function problemsOf({ wish, amounts, networks, people, pairs }: Found): Problem[] {
  const problems = [...people.problems, ...amounts.problems, ...networks.problems].filter(
    ({ kind }) => pairs === null || kind !== 'two_numbers',
  );
  if (wish.empty) return problems.filter(({ kind }) => kind === 'msisdn' || kind === 'no_such_range');
  const values = [...new Set(amounts.said.map(({ item }) => item.value))];
  if (values.length > 1 && pairs === null) problems.push({ kind: 'two_amounts', amounts: values });
  return problems;
}

export function phoneProblems({ items, denied }: Scene): Problem[] {
  return items.flatMap((item, at) => (item.kind === 'phone' && item.problem !== null && !denied.has(at) ? [item.problem] : []));
}

const SLASH_INTENTS: Readonly<Record<string, Intent>> = {
  start: 'greeting',
  help: 'help',
  msaada: 'help',
  menu: 'help',
  cancel: 'cancel',
  ghairi: 'cancel',
  stop: 'cancel',
  language: 'language',
  lang: 'language',
  lugha: 'language',
};

export function slashIntent(word: string): Intent {
  return SLASH_INTENTS[word] ?? 'other';
}
