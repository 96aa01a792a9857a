/**
 * Owns the stored state of one chat: plain, inspectable data. Nothing in it is code, so text can change shape between versions
 * without replaying anything; a draft of another flow version is started over with an apology.
 */

import type { Instant } from '../lib/clock.ts';
import type { Choice, Phrase, Spoken } from './reply.ts';

/** A filled slot. `said` outlives a change of what it was guessed from; `guessed` does not. */
export interface SlotValue {
  readonly value: string | number;
  readonly how: 'said' | 'guessed';
}

export interface SlotOption {
  readonly value: string | number;
  readonly label: Phrase;
  /** The slot that it fills, if that is not the one asked for. */
  readonly slot?: string;
}

export interface Question {
  readonly text: Phrase;
  readonly options: readonly SlotOption[];
  /** Offer to share the own number, where the channel can. */
  readonly asksOwnPhone?: true;
}

export interface Draft {
  /** 8 characters, part of every button of this draft. */
  readonly id: string;
  readonly flow: string;
  readonly flowVersion: number;
  readonly slots: Readonly<Record<string, SlotValue>>;
  /** The slot asked for, `confirm` at the confirmation, `change` when asked what to change. */
  readonly asking: string;
  /** Grows with every question: the confirmation's button is bound to the values it showed. */
  readonly revision: number;
  readonly touchedAt: Instant;
  readonly reminded: boolean;
  /** The open question is not the slot's own but this one ("which of these two numbers?"): repeated as it was. */
  readonly choosing?: Question;
  /** What stands in the way of the confirmed purchase, by its key, as it was said last: not to be said again at every word. */
  readonly obstacle?: string;
  /** The slot has a value and is asked again: it can be kept, and back leads to the confirmation. */
  readonly changing?: true;
}

export interface Session {
  readonly version: 1;
  readonly language: Spoken;
  /** Chosen by button or by writing; false while it is only the channel's word. */
  readonly languageKnown: boolean;
  /** The privacy notice was given. */
  readonly noticed: boolean;
  readonly draft: Draft | null;
  /** Of another flow, interrupted by the one of `draft`: it is gone on with when that ends. Never without a draft. */
  readonly parked?: Draft;
  /** What was last offered: a typed label, number or ordinal means the same as its button. */
  readonly choices: readonly Choice[];
  /** Answers in a row that were not understood. */
  readonly failures: number;
  /** When a person was last called, for each reason of the last hour. */
  readonly calledFor?: Readonly<Record<string, Instant>>;
  /** When they wrote STOP without a number that is known to be theirs. */
  readonly stopAskedAt?: Instant;
  /** They were asked whether what is kept of them is to be deleted; or said yes, and it is filed. */
  readonly deletion?: { readonly filed: boolean; readonly at: Instant };
  /** They were just asked which number is to get no prompts: the very next message may be it. */
  readonly numberAwaited?: true;
  /** An alert on the wallet of this key was just set, or how to set one told: the very next message may be its number. */
  readonly alertSet?: string;
  /** How long the last messages were under way, by the network's clock and ours, in milliseconds: also tells how far the two are apart. */
  readonly lagsMs?: readonly number[];
}

export function newSession(language: Spoken): Session {
  return { version: 1, language, languageKnown: false, noticed: false, draft: null, choices: [], failures: 0 };
}

/** The language to begin in, by what the channel says of the person; English when it says nothing. */
export function spokenOf(locale: string | null): Spoken {
  return locale?.toLowerCase().startsWith('sw') === true ? 'sw' : 'en';
}
