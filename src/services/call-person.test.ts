/** Shows that whoever calls a person again and again rings the operators once an hour for each reason. */

import { expect, it } from 'vitest';
import { aChat, attention, aMessage, anOrder, knownOf, MINUTE_MS, NOW, only, rulesOf } from '../../test/support/decisions.ts';
import type { Content } from '../ports/channel.ts';
import { decide } from './decide.ts';

it.each([
  ['typed', 'I want to talk to a person'],
  ['typed', 'nataka kuongea na mtu'],
  ['typed', 'i paid twice'],
  ['typed', 'money was taken but no airtime came'],
  ['tapped', 'human=JZ7K2M4QPW:-:0'],
])('a call for a person, %s again and again, goes round once an hour, and another reason at once: %s', (how, what) => {
  let conversation = aChat();
  const calls = (content: Content, at: number): number => {
    const turn = decide(knownOf({ conversation, recentOrders: [anOrder()] }), { ...aMessage({ content }), at }, rulesOf());
    const remembered = only(turn, 'remember')[0];
    if (remembered !== undefined) conversation = { ...conversation, session: remembered.session };
    return attention(turn).filter((row) => row.startsWith('help_wanted')).length;
  };
  const same: Content = how === 'typed' ? { kind: 'text', text: what } : { kind: 'tap', data: what, on: null };
  const made = Array.from({ length: 5 }, (_, minute) => calls(same, NOW + minute * MINUTE_MS));
  expect(made).toEqual([1, 0, 0, 0, 0]);
  expect(calls({ kind: 'text', text: 'send me a copy of my data' }, NOW + 6 * MINUTE_MS)).toBe(1);
  expect(calls(same, NOW + 60 * MINUTE_MS)).toBe(1);
});
