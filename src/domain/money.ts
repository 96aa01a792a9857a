/** Owns `Kes`, whole Kenya shillings. Money is never a fraction: cents are refused where they are read, not rounded here. */

import { err, ok, type Result } from '../lib/result.ts';

/** Prices and the books count in thousandths, because an SMS costs less than a shilling. */
export const MILLIKES_PER_KES = 1_000;

/** Whole Kenya shillings, 0 or more. */
export type Kes = number & { readonly __brand: 'Kes' };

export function parseKes(value: number): Result<Kes, 'not_whole' | 'negative' | 'too_big'> {
  if (!Number.isInteger(value)) return err('not_whole');
  if (value < 0) return err('negative');
  if (!Number.isSafeInteger(value * MILLIKES_PER_KES)) return err('too_big');
  return ok(value as Kes);
}

/** For constants and for values that a parser has already checked; throws on anything else. */
export function kes(value: number): Kes {
  const parsed = parseKes(value);
  if (!parsed.ok) throw new Error(`invariant broken: ${value} is not whole shillings (${parsed.error})`);
  return parsed.value;
}

/** "1,234": how an amount is grouped in both languages. */
export function formatKes(amount: Kes): string {
  return formatGrouped(amount);
}

/** A whole number with its thousands set apart. */
export function formatGrouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
