/** Shows what a line in the terminal means: buttons by their numbers, the simulated phone, words. */

import { expect, it } from 'vitest';
import { createPlainScreen } from './chat-plain.ts';

const menu = (...labels: string[]): Parameters<ReturnType<typeof createPlainScreen>['show']>[0] => ({
  type: 'message',
  id: 'm-1',
  to: 'local',
  text: 'How much airtime?',
  buttons: labels.map((label, at) => ({ id: `button-${at + 1}`, label })),
});

it.each<[string, Record<string, string> | null]>([
  ['1', { tap: 'button-1' }],
  [' 2 ', { tap: 'button-2' }],
  ['3', { text: '3' }],
  ['100', { text: '100' }],
  ['0', { text: '0' }],
  ['1 please', { text: '1 please' }],
  ['/phone 0722000000 approve', { phone: '0722000000', answer: 'approve' }],
  ['/phone 0722000000 perhaps', null],
  ['/phone', null],
])('%j', (typed, meant) => {
  const screen = createPlainScreen(() => undefined);
  screen.show(menu('KES 50', 'Cancel'));
  expect(screen.meantBy(typed)).toEqual(meant);
});

it('numbers stand for the buttons that were shown last, also after a message without any', () => {
  const shown: string[] = [];
  const screen = createPlainScreen((text) => shown.push(text));
  expect(screen.meantBy('1')).toEqual({ text: '1' });
  screen.show(menu('KES 50'));
  screen.show(menu());
  expect(screen.meantBy('1')).toEqual({ tap: 'button-1' });
  expect(shown[0]).toContain('  1. KES 50\n');
});
