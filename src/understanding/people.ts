/**
 * Owns filling recipient and payer from the targets of a message. One recipient fills the slot, several make a list, a doubt
 * leaves it empty and is told as a problem.
 */

import type { Msisdn } from '../domain/msisdn.ts';
import type { Target } from './roles.ts';
import type { Tag } from './tags.ts';
import type { NumberRole, Problem, RoledNumber, SlotName } from './understood.ts';

export interface People {
  readonly recipient: Msisdn | 'self' | null;
  readonly recipients: readonly (Msisdn | 'self')[];
  readonly payer: Msisdn | 'self' | null;
  readonly person: string | null;
  readonly numbers: readonly RoledNumber[];
  readonly denied: readonly Msisdn[];
  readonly problems: readonly Problem[];
}

export interface PeopleContext {
  readonly asking: SlotName | null;
  /** Something is bought or sent: a lone number is its recipient. */
  readonly buys: boolean;
  /** Of the whole message. */
  readonly tags: ReadonlySet<Tag>;
}

interface Known {
  readonly number: Msisdn;
  readonly role: NumberRole;
  readonly listed: boolean;
  readonly afterNetwork: boolean;
}

export function peopleOf(targets: readonly Target[], problemsOfNumbers: readonly Problem[], context: PeopleContext): People {
  const problems: Problem[] = [...problemsOfNumbers];
  const live = targets.filter(({ denied }) => !denied);
  const numbers = settleUnknown(knownNumbers(live), live, context, problems);
  const payers = distinct(numbers.filter(({ role }) => role === 'payer'));
  const receivers = distinct(numbers.filter(({ role }) => role === 'recipient'));
  const unusable = live.filter(({ kind, number }) => kind === 'number' && number === null);
  if (payers.length > 1) problems.push({ kind: 'two_numbers', numbers: payers });
  const payerSelf = live.some(({ kind, role }) => kind === 'self' && role === 'payer');
  const payer =
    payers.length > 1 || unusable.some(({ role }) => role === 'payer') ? null : (payers[0] ?? (payerSelf ? 'self' : null));
  const receiving = recipientsOf(receivers, live, unusable);
  return {
    recipient: receiving.recipient,
    recipients: receiving.recipients,
    person: receiving.person,
    payer,
    numbers: numbers.map(({ number, role }) => ({ number, role })),
    denied: distinct(
      targets.filter((target) => target.denied && target.number !== null).map(({ number }) => ({ number: number as Msisdn })),
    ),
    problems,
  };
}

function recipientsOf(
  receivers: readonly Msisdn[],
  live: readonly Target[],
  unusable: readonly Target[],
): Pick<People, 'recipient' | 'recipients' | 'person'> {
  const selves = live.filter(({ kind, role }) => kind === 'self' && role === 'recipient');
  const persons = live.filter(({ kind, role }) => kind === 'person' && role !== 'payer');
  const person = persons[0]?.name ?? null;
  const none = { recipient: null, recipients: [], person } as const;
  // A number that cannot be used was meant for somebody: nobody else may take its place.
  if (unusable.some(({ role }) => role !== 'payer')) return none;
  const self = selves.find(({ byVerb }) => !byVerb);
  const selfIsListed =
    self !== undefined &&
    (self.listed ||
      live.some(({ at, kind, listed, role }) => at > self.at && kind === 'number' && listed && role === 'recipient'));
  const all: (Msisdn | 'self')[] = selfIsListed ? ['self', ...receivers] : [...receivers];
  if (all.length > 1) return { ...none, recipients: all };
  if (persons.some(({ listed }) => listed)) return none;
  if (all[0] !== undefined) return { ...none, recipient: all[0] };
  if (persons.length > 0) return none;
  return { ...none, recipient: selves.length > 0 ? 'self' : null };
}

function knownNumbers(live: readonly Target[]): Known[] {
  return live.flatMap(({ number, role, listed, afterNetwork }) =>
    number === null ? [] : [{ number, role, listed, afterNetwork }],
  );
}

/** Gives numbers without a cue the role that is left for them, when only one is left. */
function settleUnknown(numbers: readonly Known[], live: readonly Target[], context: PeopleContext, problems: Problem[]): Known[] {
  const unknown = numbers.filter(({ role }) => role === 'unknown');
  const first = unknown[0];
  if (first === undefined) return [...numbers];
  const role = roleForUnknown(unknown, numbers, live, context);
  if (role !== null) return numbers.map((known) => (known.role === 'unknown' ? { ...known, role } : known));
  if (distinct(numbers).length > 1) problems.push({ kind: 'two_numbers', numbers: distinct(numbers) });
  return [...numbers];
}

function roleForUnknown(
  unknown: readonly Known[],
  numbers: readonly Known[],
  live: readonly Target[],
  { asking, buys, tags }: PeopleContext,
): NumberRole | null {
  const has = (role: NumberRole): boolean => numbers.some((known) => known.role === role);
  const different = distinct(unknown).length;
  // "50 each", "kila mmoja": several numbers are a list.
  const isList = tags.has('each') || unknown.every(({ listed }, index) => index === 0 || listed);
  if (different > 1 && !isList) return null;
  // "No, I meant": it may be about an earlier answer, and not the one to the open question.
  const corrects = tags.has('no') || tags.has('correction');
  if (asking === 'payer' && different === 1 && !has('payer')) return corrects ? null : 'payer';
  if (asking === 'recipient' && !has('recipient')) return 'recipient';
  if (!buys) return null;
  if (!has('recipient')) return 'recipient';
  const same = numbers.find(({ role }) => role === 'recipient')?.number === unknown[0]?.number;
  if (same && different === 1) return 'recipient';
  const namesNetwork = different === 1 && unknown[0]?.afterNetwork === true;
  return namesNetwork && !has('payer') && live.length > 1 ? 'payer' : null;
}

function distinct(numbers: readonly { readonly number: Msisdn }[]): Msisdn[] {
  return [...new Set(numbers.map(({ number }) => number))];
}
