/** The digits of a PIN are in no table, whatever the channel: "I have not kept its digits" is said, so it has to be true. */

import { expect, it } from 'vitest';
import { writeDown } from '../../src/channels/web/messages.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { openWorld } from '../support/chat-world.ts';
import { MemoryTranscripts } from './web-memory.ts';

it('the web chat keeps no PIN in its transcript, and knows a repetition of the message all the same', async () => {
  const transcripts = new MemoryTranscripts();
  const write = (text: string): ReturnType<typeof writeDown> =>
    writeDown({ transcripts, clock: systemClock }, 'chat', { id: 'message-1', text });
  expect(await write('my pin is 9173')).toMatchObject({ ok: true });
  expect(await write('my pin is 9173')).toMatchObject({ ok: true });
  expect(await write('buy 50')).toEqual({ ok: false, error: 'id_reused' });
  expect(JSON.stringify([...transcripts.lines.values()])).not.toContain('9173');
});

it('no table of the database keeps it', async () => {
  const world = await openWorld();
  await world.hear({ content: { kind: 'text', text: '100 to 0733000000' } });
  await world.hear({ content: { kind: 'text', text: `${'x '.repeat(200)}my pin is 9173` } });
  const { db } = world.core.store;
  const tables = db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
  const holding = tables.filter((name) => JSON.stringify(db.prepare(`SELECT * FROM "${name}"`).all()).includes('9173'));
  expect(tables.length).toBeGreaterThan(10);
  expect(holding).toEqual([]);
  await world.close();
});
