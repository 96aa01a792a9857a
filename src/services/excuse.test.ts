/** Shows what people hear while the database refuses: one true sentence in their language, once, and nothing for a passing moment. */

import { beforeEach, describe, expect, it } from 'vitest';
import { aChat, aMessage, knownOf, NOW } from '../../test/support/decisions.ts';
import { breathe } from '../../test/support/workers-bench.ts';
import { ManualClock } from '../lib/clock.ts';
import { silentLog } from '../lib/log.ts';
import type { InboundMessage, OutboundMessage } from '../ports/channel.ts';
import type { Known } from '../ports/store.ts';
import { loadReference } from '../reference.ts';
import { createExcuses, type Excuses, type MessageEvent } from './excuse.ts';

const { phrasebook } = loadReference();
const SORRY = /^Sorry, we can't take orders just now/;

let clock: ManualClock;
let excuses: Excuses;
let sent: OutboundMessage[];
let known: () => Promise<readonly Known[]>;

beforeEach(() => {
  clock = new ManualClock(NOW);
  sent = [];
  known = () => Promise.resolve([knownOf()]);
  excuses = createExcuses({ store: { load: () => known() }, phrasebook, clock, log: silentLog });
});

const channel = {
  capabilities: { buttons: true, retireButtons: true, asksOwnPhone: true, redelivers: true },
  send(message: OutboundMessage) {
    sent.push(message);
    return Promise.resolve({ kind: 'sent', channelMessageId: '1' } as const);
  },
};

const from = (chat: string, more: Partial<InboundMessage> = {}): MessageEvent =>
  aMessage({ address: { channel: 'telegram', account: 'bot', chat }, ...more });

async function refusedFor(seconds: number, ...events: readonly MessageEvent[]): Promise<string[]> {
  for (let second = 0; second <= seconds; second += 1) {
    excuses.refused(channel, events);
    clock.advanceTo(clock.now() + 1_000);
  }
  await breathe();
  return sent.map((message) => (message.kind === 'text' ? message.text : message.kind));
}

describe('while the database refuses', () => {
  it('a chat hears it once, however often its message comes again', async () => {
    expect(await refusedFor(60, from('amina'))).toEqual([expect.stringMatching(SORRY)]);
    expect(sent).toMatchObject([{ address: { chat: 'amina' }, buttons: [] }]);
  });

  it('each chat hears it', async () => {
    await refusedFor(5, from('amina'), from('baraka'));
    expect(sent.map(({ address }) => address.chat)).toEqual(['amina', 'baraka']);
  });

  it('nobody hears of a moment that passes', async () => {
    expect(await refusedFor(1, from('amina'))).toEqual([]);
    excuses.taken();
    expect(await refusedFor(1, from('amina'))).toEqual([]);
  });

  it('the next trouble is told anew', async () => {
    await refusedFor(5, from('amina'));
    excuses.taken();
    expect(await refusedFor(5, from('amina'))).toHaveLength(2);
  });

  it.each<[string, InboundMessage['content']]>([
    ['an edit', { kind: 'unsupported', what: 'edit' }],
    ['a reaction', { kind: 'unsupported', what: 'reaction' }],
    ['a block', { kind: 'blocked' }],
  ])('%s, which is never answered, is not answered now', async (_what, content) => {
    expect(await refusedFor(5, from('amina', { content }))).toEqual([]);
  });
});

describe('the language', () => {
  it('is that of the chat, because reads go on', async () => {
    known = () => Promise.resolve([knownOf({ conversation: aChat({ language: 'sw' }) })]);
    expect(await refusedFor(3, from('amina', { locale: 'en' }))).toEqual([expect.stringMatching(/^Samahani/)]);
  });

  it.each([
    ['sw-KE', /^Samahani/],
    ['en', SORRY],
    [null, SORRY],
  ])('of somebody new, or when not even reads go on, is by the phone: %s', async (locale, words) => {
    known = () => Promise.reject(new Error('disk I/O error'));
    expect(await refusedFor(3, from('amina', { locale }))).toEqual([expect.stringMatching(words)]);
  });
});

it('a channel that fails meanwhile breaks nothing, and is not asked again for it', async () => {
  let asked = 0;
  const broken = {
    ...channel,
    send: () => {
      asked += 1;
      return Promise.reject(new Error('no network'));
    },
  };
  clock.advanceTo(NOW);
  excuses.refused(broken, [from('amina')]);
  clock.advanceTo(NOW + 5_000);
  excuses.refused(broken, [from('amina')]);
  excuses.refused(broken, [from('amina')]);
  await breathe();
  expect(asked).toBe(1);
});
