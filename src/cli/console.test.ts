/** Owns the examples of what the console shows of names that other people chose. */

import { afterEach, expect, it, vi } from 'vitest';
import { complain, print } from './console.ts';

afterEach(() => void vi.restoreAllMocks());

const EXAMPLES: readonly (readonly [name: string, hidden: string, shown: string])[] = [
  ['a line of its own', 'Ann\nJZ7K2M: paid', 'Ann?JZ7K2M: paid'],
  ['a line by its other signs', 'Ann\u2028JZ\u2029paid\r', 'Ann?JZ?paid?'],
  ['a hold of the terminal', 'Ann\u001b[2J', 'Ann?[2J'],
  ['another direction', '\u202e000 2270\u202c\u2066\u200f', '?000 2270???'],
  ['nothing that is seen', 'shop\u200b\u2060\ufeff1045', 'shop???1045'],
  ['letters that are blank', 'sh\u3164op\u115f\u034f\u2800', 'sh?op???'],
  ['half a character', 'Ann\ud83d', 'Ann?'],
  ['letters and marks that are seen', "Njoki Wang'ombe \u00e9 \u{1f642}", "Njoki Wang'ombe \u00e9 \u{1f642}"],
];

it.each(EXAMPLES)('shows a name with %s whole and on its line', (_, hidden, shown) => {
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  print([hidden, 'next']);
  expect(written.mock.calls).toEqual([[`${shown}\nnext\n`]]);
});

it('keeps the lines of a complaint, and what is hidden in them is seen', () => {
  const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  expect(complain('No \u202ewho.\nSee the list.')).toBe(1);
  expect(written.mock.calls).toEqual([['No ?who.\nSee the list.\n']]);
});
