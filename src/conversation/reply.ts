/**
 * Owns `Reply`: what the bot says, before it is put into words. It keeps keys and parameters, not text, so that it can be
 * rendered when it is sent: in the person's language, with buttons on one channel and numbers on another.
 */

import type { Instant } from '../lib/clock.ts';
import type { Kes } from '../domain/money.ts';
import type { Msisdn } from '../domain/msisdn.ts';

/** The languages that the bot speaks; locale folders bear the same names. */
export const SPOKEN = ['en', 'sw'] as const;
export type Spoken = (typeof SPOKEN)[number];

/** A parameter carries its kind, because "100" is written differently as money, as a number to call, or as a time. */
export type Param =
  | string
  | number
  | { readonly kes: Kes }
  /** A price in thousandths of a shilling. */
  | { readonly milliKes: number }
  /** A count, with its thousands set apart. */
  | { readonly grouped: number }
  | { readonly msisdn: Msisdn }
  | { readonly masked: Msisdn }
  | { readonly time: Instant }
  /** The day alone. */
  | { readonly day: Instant }
  /** Another phrase, as for "my number" or a network's name. */
  | { readonly key: string; readonly params?: Params }
  /** Several lines, each a phrase: a history. */
  | { readonly lines: readonly Phrase[] };

export type Params = Readonly<Record<string, Param>>;

export interface Phrase {
  /** `namespace:key`, as in `buy-airtime:confirm`. */
  readonly key: string;
  readonly params?: Params;
}

export interface Choice {
  /** `action:draft:revision`, at most 64 bytes; see choice.ts. */
  readonly id: string;
  readonly label: Phrase;
  readonly asksOwnPhone?: true;
}

export interface Reply {
  /** Paragraphs of one message. */
  readonly parts: readonly Phrase[];
  readonly choices: readonly Choice[];
}

export function reply(key: string, params?: Params, choices: readonly Choice[] = []): Reply {
  return { parts: [params === undefined ? { key } : { key, params }], choices };
}

/** Puts paragraphs before those of a reply: an answer to a question, then the question that still stands. */
export function withLead(lead: readonly Phrase[], main: Reply): Reply {
  return lead.length === 0 ? main : { parts: [...lead, ...main.parts], choices: main.choices };
}
