/**
 * Owns when somebody is warned that their SMS run low: once for each crossing, armed again well above it, reminded at most daily,
 * never in quiet hours. Pure: balances and instants are handed in; who is told, and how, is decided elsewhere.
 */

import { err, ok, type Result } from '../lib/result.ts';
import type { Instant } from '../lib/clock.ts';
import { shortened } from '../lib/shortened.ts';
import { DAY_MS, MINUTE_MS } from '../lib/durations.ts';
import { NAIROBI_OFFSET_MS } from './nairobi.ts';

/** A threshold is armed again once the balance is above this part of it. */
const REARM_PERCENT = 110;
/** While the balance stays low, one reminder in this time. */
export const REMINDER_MS = DAY_MS;
/** More messages than anybody holds: what is above it is a slip. */
export const LARGEST_THRESHOLD = 100_000_000;
/** Three SMS. */
export const LONGEST_ALERT_MESSAGE = 459;

export interface Threshold {
  /** Whole messages; 1 or more. */
  readonly units: number;
  /** The next crossing is told. */
  readonly armed: boolean;
  readonly alertedAt: Instant | null;
}

/** What a balance means for a threshold: `alert` tells and disarms, `rearm` only arms. Null: nothing. */
export type Crossing = 'alert' | 'rearm' | null;

/** `balance`: whole messages, rounded down. Exactly the threshold is not below it. */
export function crossingAt({ units, armed }: Threshold, balance: number): Crossing {
  if (balance < units) return armed ? 'alert' : null;
  return !armed && balance * 100 > units * REARM_PERCENT ? 'rearm' : null;
}

/** A threshold that is set anew: what was told of it before is not told again while it stays true. */
export function setAnew(before: Threshold | null, units: number, balance: number): Threshold {
  if (before === null) return { units, armed: true, alertedAt: null };
  const { armed, alertedAt } = before;
  return { units, armed: armed || (before.units !== units && balance >= units), alertedAt };
}

/** Minutes since midnight in Nairobi; `from` may be later than `to`: over midnight. The same: none. */
export interface QuietHours {
  readonly fromMinute: number;
  readonly toMinute: number;
}

const DAY_MINUTES = 24 * 60;

/** When a warning may go out: now, or at the end of the quiet hours that are on. */
export function afterQuietHours(now: Instant, quiet: QuietHours | null): Instant {
  if (quiet === null || quiet.fromMinute === quiet.toMinute) return now;
  const minute = Math.floor((now + NAIROBI_OFFSET_MS) / MINUTE_MS) % DAY_MINUTES;
  const since = (minute - quiet.fromMinute + DAY_MINUTES) % DAY_MINUTES;
  const length = (quiet.toMinute - quiet.fromMinute + DAY_MINUTES) % DAY_MINUTES;
  if (since >= length) return now;
  return (Math.floor(now / MINUTE_MS) + length - since) * MINUTE_MS;
}

/** Recent use, for the estimate of how long a balance lasts. */
export interface RecentUse {
  /** Whole messages spent since. */
  readonly units: number;
  readonly since: Instant;
}

/** Messages a day, as far as it can be told. */
export function pace({ units, since }: RecentUse, now: Instant): number {
  return units / Math.max(1, (now - since) / DAY_MS);
}

/** Whole days that the balance lasts at this pace; null when there is too little to go by. */
export function daysLeft(balance: number, use: RecentUse, now: Instant): number | null {
  if (use.units <= 0) return null;
  const days = Math.max(1, (now - use.since) / DAY_MS);
  return Math.floor((balance * days) / use.units);
}

export type ThresholdProblem = 'not_whole' | 'too_small' | 'too_big';

export function parseThreshold(units: number): Result<number, ThresholdProblem> {
  if (!Number.isInteger(units)) return err('not_whole');
  if (units < 1) return err('too_small');
  return units > LARGEST_THRESHOLD ? err('too_big') : ok(units);
}

/** What an operator's own alert text may name, in braces: `Only {balance} SMS left, {user}`. */
export const ALERT_PLACEHOLDERS = ['balance', 'threshold', 'user', 'days'] as const;
export type AlertPlaceholder = (typeof ALERT_PLACEHOLDERS)[number];

export type AlertMessageProblem = 'empty' | 'too_long' | 'control_characters' | 'unknown_placeholder';

/** A word in braces: one that is no placeholder is a slip, which would go out as it stands. Any other braces are text. */
const NAMED = /\{(\p{L}[\p{L}\p{N}_-]*)\}/gu;

/** Plain text of one message. */
export function parseAlertMessage(text: string): Result<string, AlertMessageProblem> {
  const trimmed = text.trim();
  if (trimmed === '') return err('empty');
  // Line breaks are fine in a message; what moves a terminal's cursor or hides text is not.
  if (/[\p{Cc}\p{Cf}\p{Cs}\p{Co}]/u.test(trimmed.replaceAll(/[\r\n\t\u200d]/g, ''))) return err('control_characters');
  const known: readonly string[] = ALERT_PLACEHOLDERS;
  if ([...trimmed.matchAll(NAMED)].some(([, name = '']) => !known.includes(name))) return err('unknown_placeholder');
  return [...trimmed].length > LONGEST_ALERT_MESSAGE ? err('too_long') : ok(trimmed);
}

/** Fills the placeholders, once: what a value itself says in braces is not filled again. What is too long then is cut. */
export function fillAlertMessage(message: string, values: Readonly<Record<AlertPlaceholder, string>>): string {
  const filled = message.replaceAll(/\{(balance|threshold|user|days)\}/g, (_all, name: AlertPlaceholder) => values[name]);
  return shortened(filled, LONGEST_ALERT_MESSAGE);
}
