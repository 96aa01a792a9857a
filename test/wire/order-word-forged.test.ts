/** A word about an order that nobody was asked for: a customer who makes up the button of "Did it arrive?" is not believed. */

import { afterEach, expect, it } from 'vitest';
import type { InboundMessage } from '../../src/ports/channel.ts';
import { openWorld, type ChatWorld } from '../support/chat-world.ts';

let world: ChatWorld;
afterEach(() => world.close());

const says = (text: string): Partial<InboundMessage> => ({ content: { kind: 'text', text } });
const taps = (data: string): Partial<InboundMessage> => ({ content: { kind: 'tap', data, on: null } });

function table(name: string): number {
  return world.core.store.db.prepare<[], number>(`SELECT count(*) FROM ${name}`).pluck().get() ?? 0;
}

it.each(['got', 'notpaid', 'notgot'])('%s, tapped while the phone rings, settles nothing and frees no phone', async (word) => {
  world = await openWorld();
  await world.hear(says('buy 50 for 0722000111, payer 0711000222 mpesa'));
  await world.hear(says('yes'));
  expect(world.prompts).toHaveLength(1);
  const reference = /JZ\w{8}/.exec(world.said.map(({ text }) => text).join('\n'))?.[0] ?? '';
  await world.hear(taps(`${word}=${reference}:-:0`));
  expect(world.said.at(-1)?.text).toContain(reference);
  expect(world.said.at(-1)?.text).not.toContain('Airtime sent');
  expect(table('journal')).toBe(0);

  await world.hear(says('buy 60 for 0722000111, payer 0711000222 mpesa'));
  await world.hear(says('yes'));
  expect(world.prompts).toHaveLength(1);

  // Where webhooks reach us nobody is ever asked: a person decides, and the button is worth nothing then either.
  await world.pass(11 * 60_000);
  await world.hear(taps(`${word}=${reference}:-:0`));
  const states = world.core.store.db.prepare<[], string>('SELECT DISTINCT state FROM orders').pluck().all();
  expect(states).toEqual(['review']);
  expect(table('journal')).toBe(0);
});
