/**
 * Owns the ids of choices: `action[=value]:draft:revision`, at most 64 bytes because Telegram takes no more. A choice is bound to
 * the draft and the revision that it was shown with, or to none (`-`) when it means the same for ever.
 */

import type { Draft } from './session.ts';

export interface ParsedChoice {
  readonly action: string;
  readonly value: string | null;
  /** Null: bound to no draft. */
  readonly draft: string | null;
  readonly revision: number;
}

const FORM = /^([a-z_]+)(?:=([A-Za-z0-9 .@_-]{1,40}))?:([0-9a-z]{8}|-):(\d{1,6})$/;

/** A choice that belongs to a draft. */
export function draftChoice(draft: Draft, action: string, value: string | number | null = null): string {
  return `${action}${value === null ? '' : `=${value}`}:${draft.id}:${draft.revision}`;
}

/** A choice that means the same whenever it is tapped. */
export function freeChoice(action: string, value: string | null = null): string {
  return `${action}${value === null ? '' : `=${value}`}:-:0`;
}

/** Offers so many shillings' worth of SMS in one tap. `wallet`: its `walletKey`, where the person may have several. */
export function smsTopUpChoice(amountKes: number, wallet: string | null): string {
  return freeChoice('buy_sms', wallet === null ? String(amountKes) : `${amountKes}.${wallet}`);
}

/** Null: not one of ours; somebody else's button, or damaged. */
export function parseChoice(id: string): ParsedChoice | null {
  const match = FORM.exec(id);
  if (match === null) return null;
  const [, action = '', value, draft, revision] = match;
  return { action, value: value ?? null, draft: draft === '-' || draft === undefined ? null : draft, revision: Number(revision) };
}
