/** Shows that what is to be said is said: in order, again after trouble, never for ever, and nobody waits for another's chat. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  achieng,
  baraka,
  commit,
  HOUR_MS,
  known,
  message,
  MINUTE_MS,
  person,
  placed,
  say,
  welcomed,
} from '../../test/contracts/store-world.ts';
import { breathe, held, openBench, type Bench } from '../../test/support/workers-bench.ts';
import type { OutboundMessage, SendOutcome } from '../ports/channel.ts';
import type { Change } from '../ports/store.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
  await welcomed(bench.store, achieng, baraka);
});
afterEach(() => bench.close());

/** Texts of one phrase each, so that what arrives can be told apart. */
const says = (who: typeof achieng, ...keys: string[]): Promise<void> =>
  commit(
    bench.store,
    message(who, { at: bench.clock.now() }),
    keys.map((key) => say(who, key)),
  );
const texts = (): string[] => bench.sent.map((one) => (one.kind === 'text' ? (one.text.split(' ')[0] ?? '') : one.kind));
const retry = (afterMs: number | null): SendOutcome => ({ kind: 'retry', why: 'flood', afterMs });
const waiting = (): unknown => bench.store.db.prepare('SELECT count(*) FROM outbox WHERE dead_at IS NULL').pluck().get();
const dead = (): unknown[] => bench.store.db.prepare('SELECT why FROM outbox WHERE dead_at IS NOT NULL').pluck().all();

describe('a message', () => {
  it('goes out in words, with its buttons, under the id of its row, and what was sent is kept', async () => {
    const choices = [{ id: 'help:-:0', label: { key: 'common:menu-help' } }];
    const change: Change = {
      kind: 'say',
      conversationId: achieng.conversationId,
      reply: { parts: [{ key: 'common:take-your-time' }], choices },
      language: 'en',
      orderId: null,
    };
    await commit(bench.store, message(achieng), [change]);
    await bench.driver.drain();
    const [sent] = bench.sent as Extract<OutboundMessage, { kind: 'text' }>[];
    expect(sent).toMatchObject({ kind: 'text', address: achieng.address, buttons: [{ id: 'help:-:0' }] });
    expect(sent?.text).not.toContain(':');
    expect(await bench.store.sentText('telegram', `on-${sent?.id}`)).toBe(sent?.text);
    expect(waiting()).toBe(0);
  });

  it('waits for the one before it in its chat, and for no other chat’s', async () => {
    const slow = held<SendOutcome>();
    bench.outcomes.push(() => slow.promise);
    await says(achieng, 'common:cancelled', 'common:welcome');
    await says(baraka, 'common:take-your-time');
    bench.driver.wake();
    await breathe();
    expect(bench.sent.map(({ address }) => address.chat)).toEqual(['chat-achieng', 'chat-baraka']);
    slow.release({ kind: 'sent', channelMessageId: '1' });
    await bench.driver.drain();
    expect(bench.sent).toHaveLength(3);
    expect(waiting()).toBe(0);
  });

  it('that is on its way is not sent again when the clock is put forward past its lease', async () => {
    const slow = held<SendOutcome>();
    bench.outcomes.push(() => slow.promise);
    await says(achieng, 'common:cancelled', 'common:welcome');
    bench.driver.wake();
    await breathe();
    bench.clock.setTo(bench.clock.now() + 30 * 24 * HOUR_MS);
    bench.driver.wake();
    await breathe();
    expect(bench.sent).toHaveLength(1);
    slow.release({ kind: 'sent', channelMessageId: '1' });
    await bench.driver.drain();
    expect(bench.sent).toHaveLength(2);
    expect(waiting()).toBe(0);
  });

  it('whose buttons are to go takes them off', async () => {
    await commit(bench.store, message(achieng), [
      { kind: 'retire_buttons', conversationId: achieng.conversationId, channelMessageId: '99' },
    ]);
    await bench.driver.drain();
    expect(bench.sent).toMatchObject([{ kind: 'retire_buttons', channelMessageId: '99', address: achieng.address }]);
  });
});

describe('trouble', () => {
  it('backs off: longer each time, at most ten minutes, and nothing overtakes', async () => {
    await says(achieng, 'common:cancelled', 'common:welcome');
    const instants: number[] = [];
    for (let attempt = 0; attempt < 14; attempt += 1) {
      bench.outcomes.push(() => {
        instants.push(bench.clock.now());
        return Promise.resolve(retry(null));
      });
    }
    await bench.driver.drain();
    while (instants.length < 14) {
      const next = await bench.store.nextDueAt();
      await bench.pass((next ?? bench.clock.now()) - bench.clock.now());
    }
    const waits = instants.slice(1).map((instant, at) => instant - (instants[at] ?? 0));
    for (const [at, wait] of waits.entries()) {
      const least = Math.min(10 * MINUTE_MS, 1_000 * 2 ** at);
      expect(wait).toBeGreaterThanOrEqual(least);
      expect(wait).toBeLessThanOrEqual(least * 1.25 + 1);
    }
    await bench.pass(HOUR_MS);
    expect(texts().at(-2)).toBe(texts()[0]);
    expect(waiting()).toBe(0);
  });

  it('waits as long as the network says', async () => {
    await says(achieng, 'common:welcome');
    bench.outcomes.push(retry(37_000));
    await bench.driver.drain();
    await bench.pass(36_999);
    expect(bench.sent).toHaveLength(1);
    await bench.pass(1);
    expect(bench.sent).toHaveLength(2);
  });

  it('gives up after 150 attempts, a day or more, and goes on with the next', async () => {
    await says(achieng, 'common:cancelled', 'common:welcome');
    const start = bench.clock.now();
    for (let attempt = 0; attempt < 150; attempt += 1) bench.outcomes.push(retry(null));
    while (dead().length === 0) await bench.pass(10 * MINUTE_MS * 1.25);
    expect(bench.clock.now() - start).toBeGreaterThan(24 * HOUR_MS);
    await bench.driver.drain();
    expect(bench.sent).toHaveLength(151);
    expect(dead()).toEqual(['flood']);
    expect(waiting()).toBe(0);
  });

  it('a channel that breaks is trouble of the same kind', async () => {
    await says(achieng, 'common:welcome');
    bench.outcomes.push(() => Promise.reject(new Error('a bug')));
    await bench.driver.drain();
    await bench.pass(2_000);
    expect(bench.sent).toHaveLength(2);
    expect(waiting()).toBe(0);
  });
});

describe('never', () => {
  it('a message that the network refuses is a dead letter, and the next goes out', async () => {
    await says(achieng, 'common:cancelled', 'common:welcome');
    bench.outcomes.push({ kind: 'refused', why: 'bad request' });
    await bench.driver.drain();
    expect(bench.sent).toHaveLength(2);
    expect(dead()).toEqual(['bad request']);
  });

  it('a chat that blocked us gets nothing more of what waited, until the person writes', async () => {
    await says(achieng, 'common:cancelled', 'common:welcome');
    bench.outcomes.push({ kind: 'blocked', why: 'bot was blocked' });
    await bench.driver.drain();
    expect(bench.sent).toHaveLength(1);
    expect(dead()).toEqual(['bot was blocked', 'bot was blocked']);
    expect((await known(bench.store, message(achieng))).conversation?.blockedAt).toBe(bench.clock.now());
  });

  it('a message to a channel that is switched off is a dead letter', async () => {
    const elsewhere = person('njeri', 'whatsapp');
    await welcomed(bench.store, elsewhere);
    await says(elsewhere, 'common:welcome');
    await bench.driver.drain();
    expect(bench.sent).toEqual([]);
    expect(dead()).toEqual(['its channel is switched off']);
  });

  it('a message that cannot be put into words ends neither the process nor the chat', async () => {
    const unsayable = { key: 'order:line', params: { when: { time: Number.NaN } } };
    const change: Change = {
      kind: 'say',
      conversationId: achieng.conversationId,
      reply: { parts: [unsayable], choices: [] },
      language: 'en',
      orderId: null,
    };
    await commit(bench.store, message(achieng), [change, say(achieng, 'common:take-your-time')]);
    await bench.driver.drain();
    expect(waiting()).toBe(0);
    expect(dead()).toEqual(['it could not be put into words']);
    expect(bench.sent).toHaveLength(1);
  });
});

describe('while the database cannot write', () => {
  it('what was sent is kept, written a second later, and not sent again', async () => {
    await says(achieng, 'common:cancelled', 'common:welcome');
    bench.failing.add('finishSends');
    await bench.driver.drain();
    await bench.pass(1_000);
    await bench.pass(1_000);
    expect(bench.sent).toHaveLength(1);
    bench.failing.clear();
    await bench.pass(1_000);
    await bench.driver.drain();
    expect(bench.sent).toHaveLength(2);
    expect(waiting()).toBe(0);
  });

  it('it is not sent again either when its lease has run out before', async () => {
    await says(achieng, 'common:cancelled');
    bench.failing.add('finishSends');
    await bench.driver.drain();
    for (let minutes = 0; minutes < 5; minutes += 1) await bench.pass(MINUTE_MS);
    bench.failing.clear();
    await bench.pass(MINUTE_MS);
    expect(bench.sent).toHaveLength(1);
    expect(waiting()).toBe(0);
  });

  it('nothing is claimed, and it goes on by itself when it writes again', async () => {
    await says(achieng, 'common:cancelled');
    bench.failing.add('claimOutbox');
    bench.driver.wake();
    await breathe();
    expect(bench.sent).toEqual([]);
    bench.failing.clear();
    bench.clock.advanceTo(bench.clock.now() + 1_000);
    await breathe();
    expect(bench.sent).toHaveLength(1);
  });
});

it('more messages than can be sent at once all go out, without waiting for the clock', async () => {
  const people = Array.from({ length: 100 }, (_one, at) => person(`p${at}`));
  await welcomed(bench.store, ...people);
  for (const who of people) await says(who, 'common:welcome');
  bench.driver.wake();
  await breathe(400);
  expect(bench.sent).toHaveLength(100);
});

it('lines about a message carry the turn that said it and its order', async () => {
  const order = await placed(bench.store, achieng);
  const about = message(achieng);
  await commit(bench.store, about, [say(achieng, 'common:welcome', order.id)]);
  bench.outcomes.push({ kind: 'refused', why: 'bad request' });
  await bench.driver.drain();
  expect(bench.logged.find(({ msg }) => msg === 'a message was refused')).toMatchObject({
    turn: about.id,
    order: order.reference,
    why: 'bad request',
  });
});
