/** Typed labels: what counts as the label of a button, and what is left alone. */

import { describe, expect, test } from 'vitest';
import { bestMatch } from './best-match.ts';

const LABELS = [
  'Buy airtime',
  'Check balance',
  'Cancel',
  'Change recipient',
  'Change amount',
  'KES 100',
  'KES 200',
  '✅ Confirm',
];

describe('a typed label', () => {
  const meant: [string, string][] = [
    ['Buy airtime', 'Buy airtime'],
    ['buy airtime', 'Buy airtime'],
    [' BUY   AIRTIME! ', 'Buy airtime'],
    ['by airtime', 'Buy airtime'],
    ['buy aitrime', 'Buy airtime'],
    ['cancle', 'Cancel'],
    ['confirm', '✅ Confirm'],
    ['chek balance', 'Check balance'],
    ['check', 'Check balance'],
    ['balance', 'Check balance'],
    ['change recipent', 'Change recipient'],
    ['kes 100', 'KES 100'],
    ['ｃａｎｃｅｌ', 'Cancel'],
  ];
  test.each(meant)('%s', (typed, label) => {
    expect(LABELS[bestMatch(typed, LABELS) ?? -1]).toBe(label);
  });
});

describe('is not guessed', () => {
  test.each(['', '   ', '👍', 'change', 'no', 'ok', 'KES 10', 'kes 1000', '100', 'something else', 'a'.repeat(5_000)])(
    '%s',
    (typed) => {
      expect(bestMatch(typed, LABELS)).toBeNull();
    },
  );

  test('between two labels that are equal', () => {
    expect(bestMatch('mum', ['Mum', 'mum'])).toBeNull();
  });

  test('without labels', () => {
    expect(bestMatch('cancel', [])).toBeNull();
  });
});
