/** Words that crossed with a question: they were written to something else, so they never buy and are never taken as evidence. */

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { msisdn } from '../../src/domain/msisdn.ts';
import { silenceChoices } from '../../src/conversation/order-talk.ts';
import type { OrderState } from '../../src/domain/order.ts';
import { decide } from '../../src/services/decide.ts';
import type { InboundMessage } from '../../src/ports/channel.ts';
import { aChat, aMessage, anOrder, knownOf, MINUTE_MS, NOW, only, rulesOf, said } from '../support/decisions.ts';
import { openWorld, type ChatWorld, type WorldOptions } from '../support/chat-world.ts';

const OWN = msisdn('254722000001');
const says = (text: string): Partial<InboundMessage> => ({ ownPhone: OWN, content: { kind: 'text', text } });

let world: ChatWorld;
afterEach(() => world.close());

async function afterwards(options: WorldOptions, ...together: readonly Partial<InboundMessage>[]): Promise<string> {
  world = await openWorld(options);
  await world.hear(...together);
  return world.said.at(-1)?.text ?? '';
}

function orders(): number {
  return world.core.store.db.prepare<[], number>('SELECT count(*) FROM orders').pluck().get() ?? 0;
}

describe.each([
  ['with buttons', {}],
  ['with numbers', { numbered: true }],
])('on a channel %s', (_channel, options: WorldOptions) => {
  it.each([
    ['a purchase and its yes in the same instant', ['100 to 0733000000', 'yes']],
    ['a purchase and its yes in Swahili', ['nunulia 0733000000 ya 100', 'ndio']],
    ['a correction and a yes', ['100 to 0733000000', 'no, 700', 'yes']],
    ['the label of the button', ['100 to 0733000000', 'Yes, buy KES 100']],
  ])('%s: the confirmation is shown, and nothing is bought', async (_case, texts) => {
    const last = await afterwards(options, ...texts.map(says));
    expect(last).toMatch(/crossed with my last one|zimepishana/);
    expect(last).toContain('0733 000 000');
    expect(orders()).toBe(0);
    await world.hear(says('yes'));
    expect(orders()).toBe(1);
  });
});

it('the same number twice answers one question, and not the confirmation after it', async () => {
  world = await openWorld({ numbered: true });
  await world.hear(says('airtime for 0733000000'));
  await world.hear(says('1'), says('1'));
  expect(orders()).toBe(0);
  await world.hear(says('1'));
  expect(orders()).toBe(1);
});

it('a tapped button is bound to what it was shown with, and needs no such care', async () => {
  world = await openWorld();
  await world.hear(says('100 to 0733000000'));
  const yes = world.said.at(-1)?.buttons[0]?.id ?? '';
  await world.hear(says('hello'), { ownPhone: OWN, content: { kind: 'tap', data: yes, on: null } });
  expect(orders()).toBe(1);
});

it('a cancel that is tapped right after the yes is heard: the order is stopped, or it is told that it cannot be', async () => {
  world = await openWorld();
  await world.hear(says('100 to 0733000000'));
  const buttons = world.said.at(-1)?.buttons ?? [];
  const tap = (start: string): Partial<InboundMessage> => {
    const data = buttons.find(({ id }) => id.startsWith(start))?.id ?? '';
    return { ownPhone: OWN, content: { kind: 'tap', data, on: null } };
  };
  const before = world.said.length;
  await world.hear(tap('ok'), tap('ok'), tap('no'));
  const texts = world.said.slice(before).map(({ text }) => text);
  expect(orders()).toBe(1);
  expect(texts[0]).toContain('Order JZ');
  expect(texts.join('\n')).toMatch(/can't stop it|cancelled/);
});

it('a yes that was written while the confirmation was still on its way buys nothing, however late it comes', async () => {
  world = await openWorld({ numbered: true });
  await world.hear(says('100 to 0733000000'));
  const writtenAt = world.clock.now();
  // Decided at once, shown only when the network takes it.
  await world.hear({ ...says('no, 700'), sentAt: writtenAt });
  world.core.store.db.exec(`UPDATE conversation SET asked_at = ${writtenAt + 2_000}`);
  await world.pass(3_000);
  await world.hear({ ...says('yes'), sentAt: writtenAt + 1_000 });
  expect(orders()).toBe(0);
  expect(world.said.at(-1)?.text).toContain('KES 700');
  await world.pass(2_000);
  await world.hear({ ...says('yes'), sentAt: world.clock.now() });
  expect(orders()).toBe(1);
});

it('a yes to what was shown before the clock was set back, and changed since, buys nothing, and is asked for again', async () => {
  const database = join(mkdtempSync(join(tmpdir(), 'jaza-crossed-')), 'jaza.db');
  world = await openWorld({ numbered: true, database });
  const askedAt = world.clock.now();
  await world.hear({ ...says('100 to 0733000000'), sentAt: askedAt });
  await world.pass(10_000);
  await world.hear({ ...says('no, 700'), sentAt: askedAt + 10_000 });
  await world.close();

  const startAt = askedAt - 30 * 24 * 60 * MINUTE_MS;
  world = await openWorld({ numbered: true, database, startAt, clockSetBack: true });
  // The change reaches the screen only now; the yes was written before, by the clock of the network.
  world.core.store.db.exec(`UPDATE conversation SET asked_at = ${startAt}`);
  await world.pass(8 * MINUTE_MS);
  await world.hear({ ...says('yes'), sentAt: askedAt + 20_000 });
  expect(orders()).toBe(0);
  expect(world.said.at(-1)?.text).toContain('KES 700');
  await world.pass(10_000);
  await world.hear({ ...says('yes'), sentAt: askedAt + 9 * MINUTE_MS });
  expect(orders()).toBe(1);
});

describe('on a network that tells whole seconds', () => {
  const seconds = (at: number): number => Math.floor(at / 1_000) * 1_000;

  it.each([
    [300, 0],
    [2_100, 1],
  ])('the same number again %i ms after the one before buys %i', async (apartMs, bought) => {
    world = await openWorld({ numbered: true, startAt: Date.parse('2026-11-22T08:00:00.900Z') });
    const from = (text: string): Partial<InboundMessage> => ({ ...says(text), sentAt: seconds(world.clock.now() - 50) });
    await world.hear(from('airtime for 0733000000'));
    await world.pass(10_000);
    await world.hear(from('1'));
    await world.pass(apartMs);
    await world.hear(from('1'));
    expect(orders()).toBe(bought);
  });

  it('a number that was written while the confirmation was on its way, and overtaken, buys nothing', async () => {
    world = await openWorld({ numbered: true, startAt: Date.parse('2026-11-22T08:00:00.700Z') });
    const from = (text: string, agoMs: number): Partial<InboundMessage> => ({
      ...says(text),
      sentAt: seconds(world.clock.now() - agoMs),
    });
    await world.hear(from('airtime for 0733000000', 50));
    await world.pass(10_000);
    await world.hear(from('150', 2_000));
    await world.pass(5_000);
    // Written a little more than a second after the question by its own seconds, and just before it in truth.
    await world.hear(from('1', 4_700));
    expect(orders()).toBe(0);
  });

  it('what was held up and comes all at once buys nothing', async () => {
    world = await openWorld({ numbered: true });
    const from = (text: string, agoMs: number): Partial<InboundMessage> => ({
      ...says(text),
      sentAt: seconds(world.clock.now() - agoMs),
    });
    await world.hear(from('hello', 0));
    // As long as lags are kept, and longer: all that is known of the network is that it is slow.
    for (const ago of [90_000, 80_000, 70_000, 60_000]) await world.hear(from('hello', ago));
    await world.hear(from('100 to 0733000000', 50_000));
    await world.pass(500);
    await world.hear(from('yes', 10_000));
    expect(orders()).toBe(0);
    await world.pass(2_000);
    await world.hear(from('yes', 0));
    expect(orders()).toBe(1);
  });
});

describe('words that were written before the question and come after it', () => {
  const at = (sentAt: number, text: string): Partial<InboundMessage> => ({ ...says(text), sentAt });

  it('do not confirm', async () => {
    world = await openWorld({ numbered: true });
    const start = world.clock.now();
    await world.hear(at(start, '100 to 0733000000'));
    await world.pass(3 * MINUTE_MS);
    await world.hear(at(world.clock.now(), 'no, 700'));
    await world.hear(at(start + MINUTE_MS, 'yes'));
    expect(orders()).toBe(0);
    expect(world.said.at(-1)?.text).toContain('KES 700');
    await world.pass(2_000);
    await world.hear(at(world.clock.now(), 'yes'));
    expect(orders()).toBe(1);
  });

  it.each([
    ['the same number twice, one of them five seconds late', 0, 0, 5_000],
    ['a number to the question before, overtaken by the next', 1_000, 2_000, 30_000],
  ])('do not confirm, however short before it they were written: %s', async (_case, first, second, comesAfter) => {
    world = await openWorld({ numbered: true });
    const start = world.clock.now();
    await world.hear(at(start, 'airtime for 0733000000'));
    await world.pass(10_000);
    const written = world.clock.now();
    await world.pass(second);
    await world.hear(at(written + second, '50'));
    await world.pass(comesAfter);
    await world.hear(at(written + first, '1'));
    expect(orders()).toBe(0);
    await world.pass(5_000);
    await world.hear(at(world.clock.now(), '1'));
    expect(orders()).toBe(1);
  });

  it.each([
    ['ahead', 5 * MINUTE_MS],
    ['behind', -5 * MINUTE_MS],
  ])('are told from an answer also where our clock is %s of the network', async (_case, offMs) => {
    world = await openWorld({ numbered: true });
    await world.hear(at(world.clock.now() - offMs, '100 to 0733000000'));
    await world.pass(3_000);
    await world.hear(at(world.clock.now() - offMs, 'yes'));
    expect(orders()).toBe(1);
  });

  it.each<[string, number, OrderState]>([
    ['in time', 0, 'delivered'],
    ['a little late', 30_000, 'delivered'],
    ['from before the question', 4 * MINUTE_MS, 'awaiting_payment'],
    ['very late', 11 * MINUTE_MS, 'awaiting_payment'],
  ])('do not tell that airtime arrived: %s', (_case, lateMs, state) => {
    const order = anOrder({ createdAt: NOW - 12 * MINUTE_MS });
    const conversation = aChat({ choices: silenceChoices(order) });
    const rules = rulesOf({
      webhooksReachUs: false,
      capabilities: () => ({ buttons: false, asksOwnPhone: false, retireButtons: false }),
    });
    const message = aMessage({ content: { kind: 'text', text: '1' }, sentAt: NOW - lateMs });
    const turn = decide(knownOf({ conversation, recentOrders: [order] }), message, rules);
    expect(only(turn, 'advance_order').at(-1)?.to ?? order.state).toBe(state);
    expect(said(turn)).toEqual([state === 'delivered' ? 'order:delivered' : 'common:crossed']);
  });
});
