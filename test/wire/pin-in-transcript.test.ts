/** The digits of a PIN are in no table, whatever the channel: "I have not kept its digits" is said, so it has to be true. */

import { expect, it } from 'vitest';
import { writeDown } from '../../src/channels/web/messages.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { openWorld, type ChatWorld } from '../support/chat-world.ts';
import { MemoryTranscripts } from './web-memory.ts';

function holding({ core }: ChatWorld, digits: string): string[] {
  const { db } = core.store;
  const tables = db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
  expect(tables.length).toBeGreaterThan(10);
  return tables.filter((name) => JSON.stringify(db.prepare(`SELECT * FROM "${name}"`).all()).includes(digits));
}

it('the web chat keeps no PIN in its transcript, and knows a repetition of the message all the same', async () => {
  const transcripts = new MemoryTranscripts();
  const write = (text: string): ReturnType<typeof writeDown> =>
    writeDown({ transcripts, clock: systemClock }, 'chat', { id: 'message-1', text });
  expect(await write('my pin is 9173')).toMatchObject({ ok: true });
  expect(await write('my pin is 9173')).toMatchObject({ ok: true });
  expect(await write('buy 50')).toEqual({ ok: false, error: 'id_reused' });
  expect(JSON.stringify([...transcripts.lines.values()])).not.toContain('9173');
});

it('the web chat hides four digits alone while a phone rings, and knows their repetition when it has stopped', async () => {
  const transcripts = new MemoryTranscripts();
  const write = (id: string): ReturnType<typeof writeDown> =>
    writeDown({ transcripts, clock: systemClock }, 'chat', { id, text: '9173' });
  transcripts.rings = true;
  expect(await write('message-1')).toMatchObject({ ok: true });
  expect(JSON.stringify([...transcripts.lines.values()])).not.toContain('9173');
  transcripts.rings = false;
  expect(await write('message-1')).toMatchObject({ ok: true });
  expect(await write('message-2')).toMatchObject({ ok: true });
  expect(JSON.stringify([...transcripts.lines.values()])).toContain('9173');
});

it('no table of the database keeps it', async () => {
  const world = await openWorld();
  await world.hear({ content: { kind: 'text', text: '100 to 0733000000' } });
  await world.hear({ content: { kind: 'text', text: `${'x '.repeat(200)}my pin is 9173` } });
  expect(holding(world, '9173')).toEqual([]);
  await world.close();
});

it('no table keeps four digits alone while a prompt rings, and they are no amount', async () => {
  const world = await openWorld();
  const says = (text: string): Promise<void> => world.hear({ content: { kind: 'text', text } });
  await says('100 to 0733000000 from 0722000000');
  await says('yes');
  await says('buy airtime for 0733000001');
  await says('9173');
  expect(world.said.at(-1)?.text).toContain('Never send your PIN here: type it only on the phone that asks for it.');
  expect(holding(world, '9173')).toEqual([]);
  await world.pass(4 * 60_000);
  await says('9173');
  expect(holding(world, '9173')).toContain('message');
  await world.close();
});

it('an event that was set aside keeps none either, whether a phone rang or not', async () => {
  const world = await openWorld();
  const message = {
    address: { channel: 'terminal', account: 'test', chat: 'w' },
    sender: 'w',
    messageId: '1',
    sentAt: null,
  } as const;
  const content = { kind: 'text', text: '9173' } as const;
  const event = {
    kind: 'message',
    id: 'm:1',
    at: 0,
    message: { ...message, locale: null, senderName: null, ownPhone: null, content },
  };
  for (let tries = 0; tries < 3; tries += 1) await world.core.store.poison(event as never, 'it broke');
  expect(world.core.store.db.prepare('SELECT event FROM poison').pluck().get()).toContain('****');
  expect(holding(world, '9173')).toEqual([]);
  await world.close();
});
