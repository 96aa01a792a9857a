/**
 * Owns what is asked next and how it reads: the missing slot, the confirmation, the menu of changes; and what is said before it
 * about the last message (what was noted, what stayed as it was). It reads no message.
 */

import type { Instant } from '../lib/clock.ts';
import { draftChoice } from './choice.ts';
import type { Filling } from './filling.ts';
import { withoutSlot, type Flow, type Slot } from './flow.ts';
import { withLead, type Choice, type Phrase, type Reply } from './reply.ts';
import type { Draft, Question, Session } from './session.ts';
import type { Surroundings } from './surroundings.ts';
import { HOUR_MS } from '../lib/durations.ts';

/** After this long a draft may still be shown, but a yes no longer buys. */
export const DRAFT_EXPIRES_MS = HOUR_MS;
export const DRAFT_REMINDER_MS = 15 * 60_000;

/** A yes to it still buys, and a question beside it could be answered by that yes. */
export function isFresh({ touchedAt }: Pick<Draft, 'touchedAt'>, now: Instant): boolean {
  return now - touchedAt < DRAFT_EXPIRES_MS;
}

export interface Asked {
  readonly session: Session;
  readonly reply: Reply;
}

/** What the next question depends on; a whole `Filling` when a message was read. */
export type ToAsk = Pick<Filling, 'draft' | 'lead' | 'question'> &
  Partial<Pick<Filling, 'taken' | 'refused'>> & {
    /** Answers to what came with the values; said first. */ readonly opening?: readonly Phrase[];
  };

/** Asks the next question of the draft, or shows the confirmation. `forced`: this slot although it is filled. */
export function askNext(
  flow: Flow,
  session: Session,
  filling: ToAsk,
  around: Surroundings,
  forced: { readonly slot: string; readonly changing: boolean } | null = null,
): Asked {
  const ready = guessed(flow, filling.draft, around);
  const gap = missing(flow, ready, around);
  const open = filling.question?.slot ?? forced?.slot ?? gap?.name ?? 'confirm';
  const question = filling.question?.question ?? (forced === null ? unanswered(filling, gap) : null);
  const changing = gap === undefined && open !== 'confirm' && (filling.question !== null || forced?.changing === true);
  // Key by key: what was open before (`choosing`, `changing`) is over.
  const draft: Draft = {
    id: ready.id,
    flow: ready.flow,
    flowVersion: ready.flowVersion,
    slots: ready.slots,
    asking: open,
    revision: ready.revision + 1,
    touchedAt: around.now,
    reminded: false,
    ...(question === null ? {} : { choosing: question }),
    ...(changing ? { changing } : {}),
  };
  const lead = [
    ...(filling.opening ?? []),
    ...noted(flow, filling, draft, around),
    ...filling.lead,
    ...kept(flow, filling, draft, around),
    ...stands(flow, filling, draft, around),
  ];
  return asking(flow, { ...session, draft }, draft, around, { lead, repeated: false, brief: false });
}

/** "Which of the two?" stays the question while something else is filled in: what was said for it is not lost. */
function unanswered({ draft: before, taken = [], refused = [] }: ToAsk, gap: Slot | undefined): Question | null {
  const isOpen = gap?.name === before.asking && !taken.includes(before.asking) && !refused.includes(before.asking);
  return isOpen ? (before.choosing ?? null) : null;
}

/**
 * The open question again, word for word, under the same revision: nothing changed. `brief`: what stands in the way was just said, and
 * something else is answered first.
 */
export function askAgain(
  flow: Flow,
  session: Session,
  draft: Draft,
  lead: readonly Phrase[],
  around: Surroundings,
  brief = lead.length > 0,
): Asked {
  const touched: Draft = { ...draft, touchedAt: around.now, reminded: false };
  return asking(flow, session, touched, around, { lead, repeated: true, brief });
}

/** An obstacle is said before what is asked, and the draft keeps which one it was. */
function asking(
  flow: Flow,
  session: Session,
  draft: Draft,
  around: Surroundings,
  how: { readonly lead: readonly Phrase[]; readonly repeated: boolean; readonly brief: boolean },
): Asked {
  const { obstacle, reply } = questionOf(flow, draft, around, how.repeated);
  const { obstacle: before, ...rest } = draft;
  const isKnown = obstacle === null || (how.brief && obstacle.key === before);
  const now: Draft = obstacle === null ? rest : { ...rest, obstacle: obstacle.key };
  return showing({ ...session, draft: now }, withLead([...how.lead, ...(isKnown ? [] : [obstacle])], reply));
}

/** What is shown is what a typed label or number can mean from now on. */
export function showing(session: Session, reply: Reply): Asked {
  return { session: { ...session, choices: reply.choices }, reply };
}

/** Guessed values follow what they are guessed from; said ones stay. A slot that is not needed is dropped. */
function guessed(flow: Flow, draft: Draft, around: Surroundings): Draft {
  let now = draft;
  for (const slot of flow.slots) {
    const present = now.slots[slot.name];
    const isNeeded = slot.needed?.(now, around) !== false;
    if (isNeeded && (present?.how === 'said' || slot.guess === undefined)) continue;
    const value = isNeeded ? (slot.guess?.(now, around) ?? null) : null;
    if (value === (present?.value ?? null)) continue;
    const slots =
      value === null ? withoutSlot(now.slots, slot.name) : { ...now.slots, [slot.name]: { value, how: 'guessed' as const } };
    now = { ...now, slots };
  }
  return now;
}

function missing(flow: Flow, draft: Draft, around: Surroundings): Slot | undefined {
  return flow.slots.find((slot) => draft.slots[slot.name] === undefined && slot.needed?.(draft, around) !== false);
}

/**
 * Which values were taken while another question is open: they are not lost. At the first confirmation they are all seen; after a
 * correction it is said what is different now.
 */
function noted(flow: Flow, filling: ToAsk, draft: Draft, around: Surroundings): Phrase[] {
  const before = filling.draft;
  const corrected = before.asking === 'confirm' || before.asking === 'change' || before.changing === true;
  if (draft.asking === 'confirm' && !corrected) return [];
  const taken = (filling.taken ?? []).filter((name) => (corrected || name !== before.asking) && name !== draft.asking);
  const key = corrected ? 'common:slot-changed' : 'common:noted';
  const lines = taken.flatMap((name) => valueLine(flow, draft, name, key, around));
  return lines.length === 0 ? [] : [{ key: 'common:plain', params: { text: { lines } } }];
}

/** What stays as it was, because what was said for it cannot be used. */
function kept(flow: Flow, filling: ToAsk, draft: Draft, around: Surroundings): Phrase[] {
  const refused = (filling.refused ?? []).filter((name) => name !== draft.asking);
  return refused.flatMap((name) => valueLine(flow, draft, name, 'common:slot-kept', around));
}

/** Asked which of two was meant, and nothing was chosen: what was there before stands. */
function stands(flow: Flow, { draft: before, taken = [], refused = [] }: ToAsk, draft: Draft, around: Surroundings): Phrase[] {
  const isLeft = before.choosing !== undefined && draft.asking === 'confirm' && taken.length + refused.length === 0;
  return isLeft ? valueLine(flow, draft, before.asking, 'common:slot-kept', around) : [];
}

function valueLine(flow: Flow, draft: Draft, name: string, key: string, around: Surroundings): Phrase[] {
  const slot = flow.slots.find((one) => one.name === name);
  const value = slot?.show(draft, around) ?? null;
  return slot === undefined || value === null ? [] : [{ key, params: { label: slot.line ?? slot.label, value } }];
}

interface Shown {
  readonly obstacle: Phrase | null;
  readonly reply: Reply;
}

function questionOf(flow: Flow, draft: Draft, around: Surroundings, repeated: boolean): Shown {
  const cancel: Choice = { id: draftChoice(draft, 'no'), label: { key: 'common:cancel' } };
  if (draft.asking === 'confirm') return confirmation(flow.confirm(draft, around, repeated), draft, cancel);
  if (draft.asking === 'change') return { obstacle: null, reply: changeMenu(flow, draft, around, cancel) };
  return { obstacle: null, reply: slotQuestion(flow, draft, around, cancel) };
}

function slotQuestion(flow: Flow, draft: Draft, around: Surroundings, cancel: Choice): Reply {
  const slot = flow.slots.find(({ name }) => name === draft.asking);
  if (slot === undefined) throw new Error(`invariant broken: flow ${flow.name} has no slot ${draft.asking}`);
  const question: Question = draft.choosing ?? slot.ask(draft, around);
  const value = slot.show(draft, around);
  const present = draft.slots[slot.name]?.value;
  // The value that is there has a button of its own.
  const options = question.options.filter((option) => option.slot !== undefined || String(option.value) !== String(present));
  const choices = options.map((option): Choice => ({
    id: draftChoice(draft, 'set', `${option.slot ?? slot.name}.${option.value}`),
    label: option.label,
  }));
  const elsewhere = question.options.some((option) => option.slot !== undefined);
  const label: Phrase = value === null || elsewhere ? { key: 'common:keep' } : { key: 'common:keep-value', params: { value } };
  const keep: Choice[] = value === null ? [] : [{ id: draftChoice(draft, 'keep'), label }];
  const share: Choice[] =
    question.asksOwnPhone === true && around.channel.asksOwnPhone
      ? [{ id: draftChoice(draft, 'share'), label: { key: 'common:share-my-number' }, asksOwnPhone: true }]
      : [];
  return { parts: [question.text], choices: [...choices, ...keep, ...share, cancel] };
}

function confirmation({ obstacle, parts, yes, quick }: ReturnType<Flow['confirm']>, draft: Draft, cancel: Choice): Shown {
  const reply: Reply = {
    parts,
    choices: [
      { id: draftChoice(draft, 'ok'), label: yes },
      { id: draftChoice(draft, 'change'), label: { key: 'common:change' } },
      ...quick.map(({ slot, value, label }): Choice => ({ id: draftChoice(draft, 'set', `${slot}.${value}`), label })),
      cancel,
    ],
  };
  return { obstacle, reply };
}

function changeMenu(flow: Flow, draft: Draft, around: Surroundings, cancel: Choice): Reply {
  const slots = flow.slots.filter((slot) => slot.derived !== true && slot.needed?.(draft, around) !== false);
  const choices = slots.map((slot): Choice => ({ id: draftChoice(draft, 'change', slot.name), label: slot.label }));
  return {
    parts: [{ key: 'common:what-to-change' }],
    choices: [...choices, { id: draftChoice(draft, 'keep'), label: { key: 'common:keep' } }, cancel],
  };
}
