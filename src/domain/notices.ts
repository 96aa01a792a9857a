/**
 * Owns how many alerts may leave by SMS and e-mail, at the shop's cost, to addresses that are not known as the wallet owner's own: whoever
 * may set thresholds chooses both address and words. Pure; what went out lately is handed in.
 */

import type { AlertAddress, PlannedSend } from './alert.ts';

export interface NoticeLimits {
  /** Of one app; wallets without an app are one together. */
  readonly perAppPerHour: number;
  readonly perAppPerDay: number;
  /** Of the whole shop. */
  readonly perDay: number;
}

/** What went out to others, or may have. */
export interface NoticesToOthers {
  readonly appLastHour: number;
  readonly appLastDay: number;
  readonly shopLastDay: number;
  /** One of this app was held back in the last day: the operators know. */
  readonly held: boolean;
}

/** Chats cost nothing, and nobody is written to who did not write to us. */
export function isNoticeToOthers({ way, own }: Pick<AlertAddress, 'way' | 'own'>): boolean {
  return way !== 'chat' && !own;
}

/** How many more may leave now. */
export function noticesLeft({ perAppPerHour, perAppPerDay, perDay }: NoticeLimits, told: NoticesToOthers): number {
  return Math.max(0, Math.min(perAppPerHour - told.appLastHour, perAppPerDay - told.appLastDay, perDay - told.shopLastDay));
}

/** The first of them go; those above the ceiling are held back. */
export function withinCeiling(sends: readonly PlannedSend[], left: number): readonly PlannedSend[] {
  let going = 0;
  return sends.map((send) => {
    if (send.state !== 'waiting' || !isNoticeToOthers(send)) return send;
    going += 1;
    return going <= left ? send : { ...send, state: 'skipped', held: true };
  });
}
