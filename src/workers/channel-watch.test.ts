/** Shows when a channel that is down is told of: after three minutes, once, and once more when it is up again. */

import { afterEach, beforeEach, expect, it } from 'vitest';
import { ManualClock } from '../lib/clock.ts';
import type { ChannelHealth } from '../ports/channel.ts';
import { breathe } from '../../test/support/workers-bench.ts';
import { watchChannels } from './channel-watch.ts';

const MINUTE_MS = 60_000;
const UP: ChannelHealth = { state: 'up' };
const DOWN: ChannelHealth = { state: 'down', why: 'the token was refused', remedy: 'Set TELEGRAM_BOT_TOKEN anew' };

let clock: ManualClock;
let health: ChannelHealth;
let writes: boolean;
let told: string[];
let stop: () => void;

beforeEach(() => {
  clock = new ManualClock(0);
  health = UP;
  writes = true;
  told = [];
  stop = watching();
});
afterEach(() => stop());

function watching(toldDown: readonly string[] = []): () => void {
  const incidents: Parameters<typeof watchChannels>[2] = {
    channel(name, state, detail) {
      if (writes) told.push(`${clock.now() / MINUTE_MS} min: ${name} ${state}, ${detail}`);
      return Promise.resolve(writes);
    },
  };
  return watchChannels([{ name: 'telegram', health: () => health }], clock, incidents, toldDown);
}

async function pass(minutes: number): Promise<void> {
  for (let at = 0; at < minutes * 3; at += 1) {
    clock.advanceTo(clock.now() + MINUTE_MS / 3);
    await breathe(2);
  }
}

it('tells of a channel that stays down, once, with what to do, and that it is up again', async () => {
  await pass(5);
  health = DOWN;
  await pass(60);
  health = UP;
  await pass(60);
  expect(told).toEqual([
    expect.stringMatching(/^8\.\d+ min: telegram channel_down, the token was refused\. Set TELEGRAM_BOT_TOKEN anew$/),
    expect.stringMatching(/^65\.\d+ min: telegram channel_up, up again$/),
  ]);
});

it('says nothing of a hiccup', async () => {
  for (let times = 0; times < 10; times += 1) {
    health = DOWN;
    await pass(2);
    health = UP;
    await pass(1);
  }
  expect(told).toEqual([]);
});

it('tells it again when it could not be written down', async () => {
  health = DOWN;
  writes = false;
  await pass(10);
  writes = true;
  await pass(1);
  expect(told).toHaveLength(1);
});

it('looks no more once it is stopped', async () => {
  health = DOWN;
  stop();
  await pass(10);
  expect(told).toEqual([]);
});

it('tells after a restart that a channel is up again, and not once more that it is down', async () => {
  stop();
  health = DOWN;
  stop = watching(['telegram']);
  await pass(10);
  expect(told).toEqual([]);
  health = UP;
  await pass(1);
  expect(told).toEqual([expect.stringMatching(/telegram channel_up/)]);
});
