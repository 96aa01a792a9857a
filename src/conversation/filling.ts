/**
 * Owns what goes into a draft: its opening, the values of any message, those of an earlier order; and its ways out, back and
 * completion. What is asked next and how stands in drafting.ts; what the slots mean is the flow's business.
 */

import type { Understood } from '../understanding/understood.ts';
import { askNext, showing, type Asked } from './drafting.ts';
import { withoutSlot, type Flow, type Reading, type Slot } from './flow.ts';
import type { Phrase, Reply } from './reply.ts';
import type { Draft, Question, Session } from './session.ts';
import type { Effect, Surroundings } from './surroundings.ts';

/** A draft and what there is to say about the last message before the next question. */
export interface Filling {
  readonly draft: Draft;
  readonly lead: readonly Phrase[];
  /** This slot is asked next, whatever is missing otherwise; `question` null: with its usual question. */
  readonly question: { readonly slot: string; readonly question: Question | null } | null;
  /** Something was said for a slot, usable or not. */
  readonly heard: boolean;
  /** A value became another one. */
  readonly changed: boolean;
  /** Slots that took another value from this message. */
  readonly taken: readonly string[];
  /** Slots for which something was said that cannot be used. */
  readonly refused: readonly string[];
}

export function openDraft(flow: Flow, around: Surroundings): Draft {
  const first = flow.slots[0]?.name ?? 'confirm';
  const id = around.ids.short();
  return {
    id,
    flow: flow.name,
    flowVersion: flow.version,
    slots: {},
    asking: first,
    revision: 0,
    touchedAt: around.now,
    reminded: false,
  };
}

export function emptyFilling(draft: Draft): Filling {
  return { draft, lead: [], question: null, heard: false, changed: false, taken: [], refused: [] };
}

/** Reads every slot out of one message. The open question's slot knows that it is: a bare answer is meant for it. */
export function fill(flow: Flow, draft: Draft, said: Understood, around: Surroundings): Filling {
  let filling = emptyFilling(draft);
  for (const slot of flow.slots) {
    filling = applyReading(flow, filling, slot, slot.read(said, filling.draft, around, draft.asking === slot.name));
  }
  return filling;
}

export function applyReading(flow: Flow, filling: Filling, slot: Slot, reading: Reading): Filling {
  switch (reading.kind) {
    case 'nothing':
      return filling;
    case 'value': {
      const also = Object.entries(reading.also ?? {});
      const withOwn = put(flow, { ...filling, heard: true }, slot.name, reading.value);
      return also.reduce((now, [name, value]) => put(flow, now, name, value), withOwn);
    }
    case 'problem':
      return { ...filling, lead: [...filling.lead, reading.why], heard: true, refused: [...filling.refused, slot.name] };
    case 'choose': {
      const question = { slot: slot.name, question: { text: reading.why, options: reading.options } };
      return { ...filling, question: filling.question ?? question, heard: true };
    }
    case 'denied':
      return { ...filling, question: filling.question ?? { slot: slot.name, question: null }, heard: true };
  }
}

function put(flow: Flow, filling: Filling, name: string, value: string | number): Filling {
  const before = filling.draft.slots[name];
  const same = before !== undefined && String(before.value) === String(value);
  const kept = same ? filling.draft.slots : withoutFollowers(flow, filling.draft.slots, name);
  const draft = { ...filling.draft, slots: { ...kept, [name]: { value, how: 'said' as const } } };
  return same ? { ...filling, draft } : { ...filling, draft, changed: true, taken: [...filling.taken, name] };
}

function withoutFollowers(flow: Flow, slots: Draft['slots'], leader: string): Draft['slots'] {
  return flow.slots.reduce((kept, { name, follows }) => (follows === leader ? withoutSlot(kept, name) : kept), slots);
}

/**
 * Puts earlier values into a draft as if they were said again: each is checked anew, because limits and ranges change. What the
 * draft holds already stays.
 */
export function refill(
  flow: Flow,
  draft: Draft,
  earlier: Readonly<Record<string, string | number | null>>,
  around: Surroundings,
): Filling {
  let filling = emptyFilling(draft);
  for (const slot of flow.slots) {
    const value = earlier[slot.name] ?? null;
    if (value === null || filling.draft.slots[slot.name]?.how === 'said') continue;
    const usual = slot.guess?.(filling.draft, around) ?? null;
    filling = applyReading(flow, filling, slot, slot.take(String(value), filling.draft, around));
    // What would be guessed anyway is no wish: it follows when what it was guessed from is changed.
    if (usual !== null && String(usual) === String(filling.draft.slots[slot.name]?.value))
      filling = onlyGuessed(filling, slot.name);
  }
  return { ...filling, taken: [] };
}

function onlyGuessed(filling: Filling, name: string): Filling {
  const value = filling.draft.slots[name]?.value ?? '';
  const slots = { ...filling.draft.slots, [name]: { value, how: 'guessed' as const } };
  return { ...filling, draft: { ...filling.draft, slots } };
}

/** What a draft of an older version of its flow still holds, put into a new one. */
export function startOver(flow: Flow, old: Draft, draft: Draft, around: Surroundings): Draft {
  const said = Object.entries(old.slots).filter(([, { how }]) => how === 'said');
  return refill(flow, draft, Object.fromEntries(said.map(([name, { value }]) => [name, value])), around).draft;
}

/** What back leads to: the slot asked before, or the confirmation if a change is taken back; null at the first question. */
export function stepBack(flow: Flow, draft: Draft, around: Surroundings): string | null {
  if (draft.asking === 'change' || draft.changing === true) return 'confirm';
  const asked = flow.slots.filter(
    (slot) => slot.derived !== true && slot.needed?.(draft, around) !== false && draft.slots[slot.name]?.how !== 'guessed',
  );
  const at = asked.findIndex(({ name }) => name === draft.asking);
  const before = at === -1 ? asked.at(-1) : asked[at - 1];
  return before?.name ?? null;
}

/** Yes to exactly what is shown. Done: the draft is gone. Refused: it stays, with the reason. */
export function complete(
  flow: Flow,
  session: Session,
  draft: Draft,
  around: Surroundings,
): Asked & { readonly effects: readonly Effect[] } {
  const completion = flow.complete(draft, around);
  if (completion.kind === 'refused') {
    const lead = completion.why === undefined ? [] : [completion.why];
    return { ...askNext(flow, session, { draft, lead, question: null }, around), effects: [] };
  }
  const said: Reply = { parts: [completion.said], choices: completion.choices };
  return { ...showing({ ...session, draft: null }, said), effects: completion.effects };
}
