/**
 * Owns matching a typed text with the labels of buttons, so that a typed label means its button. For labels and command words
 * only: amounts and recipients are never matched loosely.
 */

import { clean } from './normalise.ts';

/** Index of the label that was meant, or null when none is near enough or two are equally near. */
export function bestMatch(typed: string, labels: readonly string[]): number | null {
  const wanted = plain(typed);
  if (wanted === '') return null;
  const plainLabels = labels.map(plain);
  const exact = only(plainLabels, (label) => label === wanted);
  if (exact !== null) return exact;
  if (/\d/.test(wanted) || wanted.length < 3) return null;
  const near = plainLabels.map((label) => (/\d/.test(label) ? Infinity : distance(wanted, label)));
  const least = Math.min(...near);
  const allowed = Math.floor(wanted.length / 4);
  if (least <= Math.min(allowed, 2)) return only(near, (value) => value === least);
  if (wanted.length < 4) return null;
  return only(
    plainLabels,
    (label) => label.startsWith(`${wanted} `) || (wanted.length >= 5 && ` ${label} `.includes(` ${wanted} `)),
  );
}

function only<T>(values: readonly T[], fits: (value: T) => boolean): number | null {
  const found = values.flatMap((value, index) => (fits(value) ? [index] : []));
  return found.length === 1 ? (found[0] ?? null) : null;
}

/** Letters and digits, single spaces: what stands on a button besides (emoji, marks) nobody types. */
function plain(text: string): string {
  return clean(text)
    .lower.replace(/'/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** Edit distance in which two swapped neighbours count once; capped at 3 by the length of the texts. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2 || a.length > 60) return Infinity;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, (before[j - 2] ?? 0) + 1);
      next.push(least);
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? Infinity;
}
