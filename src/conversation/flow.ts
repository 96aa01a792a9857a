/**
 * Owns what a flow is: data. Its slots in the order of asking, how each is read, asked and shown, what it confirms and which
 * effect it ends in. The engine does everything that is the same in every flow. A flow sees no channel, store or clock.
 */

import type { Parties } from '../domain/limits.ts';
import { parseMsisdn, type Msisdn } from '../domain/msisdn.ts';
import type { Understood } from '../understanding/understood.ts';
import type { Choice, Param, Phrase } from './reply.ts';
import type { Draft, Question, SlotOption } from './session.ts';
import type { Effect, Surroundings } from './surroundings.ts';

/** What a message says for one slot. */
export type Reading =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'value'; readonly value: string | number; readonly also?: Readonly<Record<string, string | number>> }
  /** Said, but it cannot be used: why, with the next step. A valid value that is there stays. */
  | { readonly kind: 'problem'; readonly why: Phrase }
  /** More than one reading: the person chooses. */
  | { readonly kind: 'choose'; readonly why: Phrase; readonly options: readonly SlotOption[] }
  /** The present value was denied and no other was said: it is asked for, and stays until another is given. */
  | { readonly kind: 'denied' };

export interface Slot {
  readonly name: string;
  /** What the change menu calls it. */
  readonly label: Phrase;
  /** What the confirmation calls it, if that is another word. */
  readonly line?: Phrase;
  ask(draft: Draft, around: Surroundings): Question;
  /** `asked`: this slot is the open question, so a bare value is meant for it. */
  read(said: Understood, draft: Draft, around: Surroundings, asked: boolean): Reading;
  /** A value that came by button: checked again, because a button can be old or forged. */
  take(value: string, draft: Draft, around: Surroundings): Reading;
  /** A value from what else is known; taken back when the person says another. Null: none. */
  guess?(draft: Draft, around: Surroundings): string | number | null;
  /** False: this draft needs no such slot. */
  needed?(draft: Draft, around: Surroundings): boolean;
  /** The slot that this one is about: when that changes, what was said for this one holds no longer. */
  readonly follows?: string;
  show(draft: Draft, around: Surroundings): Param | null;
  /** It follows from the others alone: nobody is asked for it, and it is in no menu of changes. */
  readonly derived?: true;
}

export interface Flow {
  readonly name: string;
  /** Grows when drafts of the version before can no longer be read as they are. */
  readonly version: number;
  readonly slots: readonly Slot[];
  /** It looks at the person's wallets of SMS. */
  readonly needsWallets?: true;
  /** What must be found out before the draft can go on, while it waits for that; null: it waits for the person alone. */
  waitsFor?(draft: Draft, around: Surroundings): Effect | null;
  /** Why none can be begun just now, or null. */
  closed(around: Surroundings): Phrase | null;
  /** What must be known of before a purchase can be measured; null while it is not all said. */
  parties(draft: Draft): Parties | null;
  /**
   * All values on one screen, with what is worth knowing before saying yes, and extra one-tap changes. `repeated`: shown before just
   * as it is, so all but the values can be brief.
   */
  confirm(
    draft: Draft,
    around: Surroundings,
    repeated: boolean,
  ): {
    /** Why a yes would buy nothing now; said before the parts. */
    readonly obstacle: Phrase | null;
    readonly parts: readonly Phrase[];
    readonly yes: Phrase;
    readonly quick: readonly (SlotOption & { readonly slot: string })[];
  };
  /** The person said yes to exactly this draft and revision: what is done and said, or why not now. */
  complete(draft: Draft, around: Surroundings): Completion;
}

export type Completion =
  | { readonly kind: 'done'; readonly effects: readonly Effect[]; readonly said: Phrase; readonly choices: readonly Choice[] }
  /** Not now: the confirmation stands, and says why, unless `why` does. */
  | { readonly kind: 'refused'; readonly why?: Phrase };

/** The same slots when it is not there. */
export function withoutSlot(slots: Draft['slots'], name: string): Draft['slots'] {
  if (slots[name] === undefined) return slots;
  const { [name]: _left, ...others } = slots;
  return others;
}

/** Null also where what is stored is no number. */
export function slotMsisdn(draft: Draft, name: string): Msisdn | null {
  const value = parseMsisdn(slotText(draft, name) ?? '');
  return value.ok ? value.value : null;
}

export function slotText(draft: Draft, name: string): string | null {
  const value = draft.slots[name]?.value;
  return value === undefined ? null : String(value);
}
