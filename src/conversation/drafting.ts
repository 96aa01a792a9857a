/**
 * Owns the machinery that every flow shares: opening a draft, filling its slots from any message, asking for what is missing,
 * confirming, going back, completing. What the slots mean is the flow's business.
 */

import { draftChoice, freeChoice } from './choice.ts';
import type { Flow, Question, Reading, Slot } from './flow.ts';
import { withLead, type Choice, type Phrase, type Reply } from './reply.ts';
import type { Draft, Session, SlotValue } from './session.ts';
import type { Effect, Surroundings } from './surroundings.ts';
import type { Understood } from '../understanding/understood.ts';

/** After this long a draft may still be shown, but a yes no longer buys. */
export const DRAFT_EXPIRES_MS = 60 * 60_000;
export const DRAFT_REMINDER_MS = 15 * 60_000;

/** A draft and what there is to say about the last message before the next question. */
export interface Filling {
  readonly draft: Draft;
  readonly lead: readonly Phrase[];
  /** A slot with several readings: asked with these, whatever is missing otherwise. */
  readonly question: { readonly slot: string; readonly question: Question } | null;
  /** Something was said for a slot, usable or not. */
  readonly heard: boolean;
  /** A value became another one. */
  readonly changed: boolean;
  /** Slots that took a value from this message. */
  readonly taken: readonly string[];
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
  return { draft, lead: [], question: null, heard: false, changed: false, taken: [] };
}

/** Reads every slot out of one message. `forSlot`: the open question, which a bare answer is meant for. */
export function fill(flow: Flow, draft: Draft, said: Understood, around: Surroundings): Filling {
  let filling = emptyFilling(draft);
  for (const slot of flow.slots) {
    filling = applyReading(filling, slot, slot.read(said, filling.draft, around, draft.asking === slot.name));
  }
  return { ...filling, lead: [...noted(flow, filling), ...filling.lead] };
}

/** Says which values were taken when the question that was asked is still open: they are not lost. */
function noted(flow: Flow, { draft, taken }: Filling): Phrase[] {
  if (draft.asking === 'confirm' || draft.asking === 'change' || taken.length === 0 || taken.includes(draft.asking)) return [];
  const shown = flow.slots.filter(({ name }) => taken.includes(name)).map((slot) => slot.show(draft));
  const lines = shown.flatMap((value): Phrase[] => (value === null ? [] : [{ key: 'common:noted', params: { value } }]));
  return draft.slots[draft.asking] === undefined ? lines : [];
}

export function applyReading(filling: Filling, slot: Slot, reading: Reading): Filling {
  switch (reading.kind) {
    case 'nothing':
      return filling;
    case 'value': {
      const before = filling.draft.slots[slot.name];
      const changed = before !== undefined && String(before.value) !== String(reading.value);
      const extra = Object.entries(reading.also ?? {}).map(([name, value]): [string, SlotValue] => [
        name,
        { value, how: 'said' },
      ]);
      const slots = {
        ...filling.draft.slots,
        [slot.name]: { value: reading.value, how: 'said' as const },
        ...Object.fromEntries(extra),
      };
      return {
        ...filling,
        draft: { ...filling.draft, slots },
        heard: true,
        changed: filling.changed || changed || before === undefined,
      };
    }
    case 'problem':
      return { ...filling, lead: [...filling.lead, reading.why], heard: true };
    case 'choose': {
      const question = { slot: slot.name, question: { text: reading.why, options: reading.options } };
      return { ...filling, question: filling.question ?? question, heard: true };
    }
    case 'denied': {
      const { [slot.name]: _denied, ...slots } = filling.draft.slots;
      return { ...filling, draft: { ...filling.draft, slots }, heard: true, changed: true };
    }
  }
}

/** Guessed values follow what they are guessed from; said ones stay. A slot that is not needed is dropped. */
function guessed(flow: Flow, draft: Draft, around: Surroundings): Draft {
  return flow.slots.reduce((now: Draft, slot) => {
    const { [slot.name]: present, ...others } = now.slots;
    if (slot.needed?.(now, around) === false) return present === undefined ? now : { ...now, slots: others };
    if (present?.how === 'said' || slot.guess === undefined) return now;
    const value = slot.guess(now, around);
    return { ...now, slots: value === null ? others : { ...others, [slot.name]: { value, how: 'guessed' } } };
  }, draft);
}

export interface Asked {
  readonly session: Session;
  readonly reply: Reply;
}

/** Asks the next question of the draft, or shows the confirmation. `forced`: this slot although it is filled. */
export function askNext(
  flow: Flow,
  session: Session,
  filling: Pick<Filling, 'draft' | 'lead' | 'question'>,
  around: Surroundings,
  forced: string | null = null,
): Asked {
  const ready = guessed(flow, filling.draft, around);
  const open = filling.question?.slot ?? forced ?? missing(flow, ready, around)?.name ?? 'confirm';
  const draft: Draft = { ...ready, asking: open, revision: ready.revision + 1, touchedAt: around.now, reminded: false };
  const main = questionOf(flow, draft, around, filling.question?.question ?? null);
  return showing({ ...session, draft }, withLead(filling.lead, main));
}

/** The open question again, word for word, under the same revision: nothing changed. */
export function askAgain(flow: Flow, session: Session, draft: Draft, lead: readonly Phrase[], around: Surroundings): Asked {
  const touched: Draft = { ...draft, touchedAt: around.now, reminded: false };
  return showing({ ...session, draft: touched }, withLead(lead, questionOf(flow, touched, around, null)));
}

/** What is shown is what a typed label or number can mean from now on. */
export function showing(session: Session, reply: Reply): Asked {
  return { session: { ...session, choices: reply.choices }, reply };
}

function missing(flow: Flow, draft: Draft, around: Surroundings): Slot | undefined {
  return flow.slots.find((slot) => draft.slots[slot.name] === undefined && slot.needed?.(draft, around) !== false);
}

function questionOf(flow: Flow, draft: Draft, around: Surroundings, instead: Question | null): Reply {
  const cancel: Choice = { id: draftChoice(draft, 'no'), label: { key: 'common:cancel' } };
  if (draft.asking === 'confirm') return confirmation(flow, draft, around, cancel);
  if (draft.asking === 'change') return changeMenu(flow, draft, around, cancel);
  const slot = flow.slots.find(({ name }) => name === draft.asking);
  if (slot === undefined) throw new Error(`invariant broken: flow ${flow.name} has no slot ${draft.asking}`);
  const question = instead ?? slot.ask(draft, around);
  const options = question.options.map((option): Choice => ({
    id: draftChoice(draft, 'set', `${slot.name}.${option.value}`),
    label: option.label,
  }));
  const share: Choice[] =
    question.asksOwnPhone === true && around.channel.asksOwnPhone
      ? [{ id: draftChoice(draft, 'share'), label: { key: 'common:share-my-number' }, asksOwnPhone: true }]
      : [];
  return { parts: [question.text], choices: [...options, ...share, cancel] };
}

function confirmation(flow: Flow, draft: Draft, around: Surroundings, cancel: Choice): Reply {
  const { parts, yes, quick } = flow.confirm(draft, around);
  return {
    parts,
    choices: [
      { id: draftChoice(draft, 'ok'), label: yes },
      { id: draftChoice(draft, 'change'), label: { key: 'common:change' } },
      ...quick.map(({ slot, value, label }): Choice => ({ id: draftChoice(draft, 'set', `${slot}.${value}`), label })),
      cancel,
    ],
  };
}

function changeMenu(flow: Flow, draft: Draft, around: Surroundings, cancel: Choice): Reply {
  const slots = flow.slots.filter((slot) => slot.needed?.(draft, around) !== false);
  const choices = slots.map((slot): Choice => ({ id: draftChoice(draft, 'change', slot.name), label: slot.label }));
  return {
    parts: [{ key: 'common:what-to-change' }],
    choices: [...choices, { id: draftChoice(draft, 'keep'), label: { key: 'common:keep' } }, cancel],
  };
}

/** The slot asked before the present one; null at the first. Guessed slots were never asked, so they are passed over. */
export function slotBefore(flow: Flow, draft: Draft, around: Surroundings): string | null {
  const asked = flow.slots.filter((slot) => slot.needed?.(draft, around) !== false && draft.slots[slot.name]?.how !== 'guessed');
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
    return { ...askNext(flow, session, { draft, lead: [completion.why], question: null }, around, completion.ask), effects: [] };
  }
  const said: Reply = { parts: [completion.said], choices: completion.choices };
  return { ...showing({ ...session, draft: null }, said), effects: completion.effects };
}

/** Starts the flow over: what a button of a flow that has ended offers. */
export function startChoice(flowName: string, label: Phrase): Choice {
  return { id: freeChoice('start', flowName), label };
}
