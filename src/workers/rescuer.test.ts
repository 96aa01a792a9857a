/** Shows what becomes of what a dead process left behind, and of what this one could write down but not turn. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  achieng,
  commit,
  freshId,
  message,
  MINUTE_MS,
  NOW,
  phones,
  placed,
  say,
  started,
  welcomed,
} from '../../test/contracts/store-world.ts';
import { openBench, type Bench } from '../../test/support/workers-bench.ts';
import type { TurnEvent } from '../ports/store.ts';

let folder: string;
let bench: Bench;
const path = (): string => join(folder, 'jaza.db');

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jaza-rescue-'));
  bench = await openBench(path());
  await welcomed(bench.store, achieng);
});
afterEach(async () => {
  await bench.close();
  rmSync(folder, { recursive: true });
});

/** The process ends here, as by SIGKILL, and another one begins a minute later. */
async function restart(): Promise<void> {
  await bench.close();
  bench = await openBench(path(), NOW + MINUTE_MS);
  await bench.rescuer.takeOver();
  await bench.driver.drain();
}

const stateOf = (id: string): unknown => bench.store.db.prepare('SELECT state FROM orders WHERE id = ?').pluck().get(id);

describe('a yes that was written down and not turned', () => {
  const heard = (id: string, text: string, at: number): TurnEvent => {
    const event = message(achieng, { id, at, text });
    return event.kind === 'message' ? { ...event, message: { ...event.message, ownPhone: phones.achieng } } : event;
  };

  it.each([
    ['a minute', 1, 1],
    ['an hour', 60, 0],
  ])('is turned %s later, in the next life: orders are made, if it is not late by then', async (_, minutes, orders) => {
    await bench.runner.submit([heard('w1', '100 to 0110000003 from my number by mpesa', NOW)]);
    await bench.driver.drain();
    await bench.store.record([heard('w2', 'yes', NOW + MINUTE_MS)]);
    await bench.close();
    bench = await openBench(path(), NOW + (1 + minutes) * MINUTE_MS);
    await bench.rescuer.takeOver();
    await bench.driver.drain();
    expect(bench.store.db.prepare('SELECT created_at FROM orders').all()).toHaveLength(orders);
    const again = bench.sent.map((said) => (said.kind === 'text' ? said.text : said.kind)).join('\n');
    expect(again).toContain(orders === 1 ? 'is requested' : 'Please check');
    expect(await bench.store.recorded(1)).toEqual([]);
  });
});

describe('after a crash', () => {
  it('between the start of a call and its answer: unknown, and never a second call', async () => {
    const order = await placed(bench.store, achieng);
    await started(bench.store, order);
    await restart();
    expect(stateOf(order.id)).toBe('unknown');
    expect(bench.bought).toEqual([]);
    await restart();
    await bench.pass(60 * MINUTE_MS);
    expect(stateOf(order.id)).toBe('unknown');
    expect(bench.bought).toEqual([]);
    expect(bench.sent).toHaveLength(0);
  });

  it('the customer hears that we do not know, once', async () => {
    const order = await placed(bench.store, achieng);
    await started(bench.store, order);
    await bench.close();
    bench = await openBench(path(), NOW + MINUTE_MS);
    await bench.rescuer.takeOver();
    await bench.driver.drain();
    expect(bench.sent).toHaveLength(1);
    await restart();
    expect(bench.sent).toHaveLength(0);
  });

  it('before the start of a call: it is made, once', async () => {
    const order = await placed(bench.store, achieng);
    await restart();
    expect(bench.bought).toHaveLength(1);
    expect(stateOf(order.id)).toBe('awaiting_payment');
  });

  it('with a call claimed and not begun: it is made, once', async () => {
    await placed(bench.store, achieng);
    expect(await bench.store.claimOutbox('call', NOW, 1, 10 * MINUTE_MS)).toHaveLength(1);
    await restart();
    expect(bench.bought).toHaveLength(1);
  });

  it('with a message handed to the network and not written down: it is sent again at once', async () => {
    await commit(bench.store, message(achieng), [say(achieng, 'common:welcome')]);
    expect(await bench.store.claimOutbox('send', NOW, 1, 10 * MINUTE_MS)).toHaveLength(1);
    await restart();
    expect(bench.sent).toHaveLength(1);
  });

  it('with events written down and not turned: they are turned, in their order, once', async () => {
    const words = Array.from({ length: 250 }, (_one, at) =>
      message(achieng, { text: 'hello', at: NOW + at, id: freshId('event') }),
    );
    await bench.store.record(words);
    await restart();
    expect(await bench.store.recorded(10)).toEqual([]);
    const heard = bench.store.db
      .prepare("SELECT channel_message_id FROM message WHERE direction = 'in' ORDER BY id")
      .pluck()
      .all();
    expect(heard).toEqual(words.map(({ id }) => id));
    await restart();
    expect(bench.store.db.prepare("SELECT count(*) FROM message WHERE direction = 'in'").pluck().get()).toBe(250);
  });
});

describe('while the database takes events down and cannot turn them', () => {
  it('they stay, and are turned when it writes again, without a restart', async () => {
    bench.failing.add('commit');
    const word = message(achieng);
    expect(await bench.runner.submitRecorded([word])).toEqual(['unavailable']);
    expect(await bench.store.recorded(10)).toHaveLength(1);
    await bench.pass(1_000);
    expect(await bench.store.recorded(10)).toHaveLength(1);
    bench.failing.clear();
    await bench.pass(1_000);
    expect(await bench.store.recorded(10)).toEqual([]);
    expect(await bench.runner.submit([word])).toEqual(['duplicate']);
  });

  it('a call that was out is remembered as such until that can be written', async () => {
    const order = await placed(bench.store, achieng);
    await started(bench.store, order);
    bench.failing.add('commit');
    await bench.rescuer.takeOver();
    expect(stateOf(order.id)).toBe('submitting');
    bench.failing.clear();
    await bench.pass(1_000);
    expect(stateOf(order.id)).toBe('unknown');
  });
});
