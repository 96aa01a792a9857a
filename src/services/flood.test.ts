/** Shows how fast one person may write, what becomes of the rest, and that it costs nobody else anything. */

import { describe, expect, it } from 'vitest';
import { aChat, aMessage, knownOf, NOW } from '../../test/support/decisions.ts';
import { ManualClock } from '../lib/clock.ts';
import { silentLog } from '../lib/log.ts';
import type { OutboundMessage, SendOutcome } from '../ports/channel.ts';
import { loadReference } from '../reference.ts';
import type { MessageEvent } from './excuse.ts';
import { createFlood } from './flood.ts';

const { phrasebook } = loadReference();
const capabilities = { buttons: true, retireButtons: true, asksOwnPhone: true, redelivers: true };

function stand(language: 'en' | 'sw' = 'en') {
  const clock = new ManualClock(NOW);
  const known = knownOf({ conversation: aChat({ language }) });
  const told: string[] = [];
  const channel = {
    capabilities,
    send: (message: OutboundMessage): Promise<SendOutcome> => {
      if (message.kind === 'text') told.push(message.text);
      return Promise.resolve({ kind: 'sent', channelMessageId: message.id });
    },
  };
  const store = { load: () => Promise.resolve([known]) };
  const flood = createFlood({ store, phrasebook, clock, log: silentLog });
  let made = 0;
  const writes = (count: number, more: Parameters<typeof aMessage>[0] = {}): MessageEvent[] =>
    Array.from({ length: count }, () => aMessage({ messageId: String((made += 1)), sentAt: null, ...more }));
  const through = (events: readonly MessageEvent[]): number => flood.letThrough(channel, events).length;
  const saidSoFar = async (): Promise<readonly string[]> => {
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
    return told;
  };
  return { clock, writes, through, saidSoFar };
}

describe('a person who writes', () => {
  it('twenty at once and one a second is read', async () => {
    const { clock, writes, through, saidSoFar } = stand();
    expect(through(writes(20))).toBe(20);
    for (let second = 0; second < 100; second += 1) {
      clock.advanceTo(clock.now() + 1_000);
      expect(through(writes(1))).toBe(1);
    }
    expect(await saidSoFar()).toEqual([]);
  });

  it.each([
    ['en', /faster than I can read[\s\S]*nothing was bought/],
    ['sw', /haraka kuliko[\s\S]*hazijanunua chochote/],
  ] as const)('three thousand at once: twenty are read, and one notice a minute says so, in %s', async (language, notice) => {
    const { clock, writes, through, saidSoFar } = stand(language);
    expect(through(writes(3_000))).toBe(20);
    expect(await saidSoFar()).toEqual([expect.stringMatching(notice)]);
    clock.advanceTo(clock.now() + 59_000);
    expect(through(writes(3_000))).toBe(20);
    expect(await saidSoFar()).toHaveLength(1);
    clock.advanceTo(clock.now() + 1_000);
    through(writes(3_000));
    expect(await saidSoFar()).toHaveLength(2);
  });

  it('too fast holds up nobody else', () => {
    const { writes, through } = stand();
    through(writes(3_000));
    expect(through(writes(1, { sender: '43' }))).toBe(1);
    expect(through(writes(1))).toBe(0);
  });
});

describe('what is let through all the same', () => {
  it('is what waited at the network while we were away, a hundred at most', () => {
    const { writes, through } = stand();
    expect(through(writes(150, { sentAt: NOW - 61_000 }))).toBe(100);
    expect(through(writes(1))).toBe(1);
  });

  it('is not what a page says has waited', () => {
    const { writes, through } = stand();
    const address = { channel: 'web', account: 'web', chat: '42' } as const;
    expect(through(writes(60, { address, sentAt: NOW - 61_000 }))).toBe(20);
  });

  it('is a message that comes again, as the database could not take it', () => {
    const { writes, through } = stand();
    const events = writes(30);
    expect(through(events)).toBe(20);
    expect(through(events)).toBe(20);
    expect(through(writes(1))).toBe(0);
  });

  it('is the terminal, and a word of the network that the person blocked us', () => {
    const { writes, through } = stand();
    expect(through(writes(100, { address: { channel: 'terminal', account: 'local', chat: 'a' } }))).toBe(100);
    through(writes(100));
    expect(through(writes(1, { content: { kind: 'blocked' } }))).toBe(1);
  });
});
