/** One customer cannot make the phones of any number of strangers ring, and a crowd of made-up customers not of all of them. */

import { afterEach, expect, it } from 'vitest';
import type { InboundMessage } from '../../src/ports/channel.ts';
import { openWorld, type ChatWorld } from '../support/chat-world.ts';

let world: ChatWorld;
afterEach(() => world.close());

const MINUTE_MS = 60_000;

/** In a channel that is not trusted. */
function from(sender: string, text: string): Partial<InboundMessage> {
  return { address: { channel: 'telegram', account: 'test', chat: sender }, sender, content: { kind: 'text', text } };
}

async function asks(sender: string, payer: number): Promise<void> {
  await world.pass(2_000);
  await world.hear(from(sender, `buy 50 for 0722000111, payer 07110002${String(payer).padStart(2, '0')} mpesa`));
  await world.hear(from(sender, 'yes'));
}

const rung = (): number => new Set(world.prompts.map(({ phone }) => phone)).size;

it('three new phones in an hour, ten in a day', async () => {
  world = await openWorld();
  for (let payer = 0; payer < 12; payer += 1) await asks('wanjiku', payer);
  expect(rung()).toBe(3);
  expect(world.said.at(-1)?.text).toMatch(/several new numbers to pay in the last hour[\s\S]*nothing was bought/);
  for (let hour = 1; hour <= 4; hour += 1) {
    await world.pass(61 * MINUTE_MS);
    for (let payer = 0; payer < 4; payer += 1) await asks('wanjiku', 10 * hour + payer);
  }
  expect(rung()).toBe(10);
  expect(world.said.at(-1)?.text).toContain('many new numbers to pay today');
});

it('all customers together: a ceiling', async () => {
  world = await openWorld({ env: { LIMIT_STRANGERS_PER_HOUR: '5' } });
  for (let one = 0; one < 8; one += 1) await asks(`visitor${one}`, one);
  expect(rung()).toBe(5);
  expect(world.said.at(-1)?.text).toContain('Many new numbers are being asked to pay just now');
});
