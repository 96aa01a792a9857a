/** Shows the small stores beside the big one: WhatsApp's keys and the web chat's transcripts. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { achieng, person, placed, welcomed } from '../../../test/contracts/store-world.ts';
import { ManualClock } from '../../lib/clock.ts';
import { silentLog } from '../../lib/log.ts';
import type { WebLine } from '../../ports/web-transcript.ts';
import { openSqliteStore, type SqliteStore } from './open.ts';

let folder = '';
let store: SqliteStore;
const open = (name: string): Promise<SqliteStore> =>
  openSqliteStore({ path: join(folder, name), clock: new ManualClock(0), log: silentLog });
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jaza-keys-'));
  store = await open('jaza.db');
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const plain = (found: Map<string, Uint8Array>): [string, number[]][] => [...found].map(([id, value]) => [id, [...value]]);

describe('keys of WhatsApp', () => {
  it('are written, changed and removed together', async () => {
    const { whatsappAuth: auth } = store;
    await auth.write('a', [
      { type: 'creds', id: '', value: bytes(0, 255, 7) },
      { type: 'session', id: '1', value: bytes(1) },
      { type: 'session', id: '2', value: bytes(2) },
    ]);
    await auth.write('a', [
      { type: 'session', id: '1', value: bytes(9) },
      { type: 'session', id: '2', value: null },
      { type: 'session', id: '3', value: null },
    ]);
    expect(plain(await auth.read('a', 'session', ['1', '2', '3']))).toEqual([['1', [9]]]);
    expect(plain(await auth.read('a', 'creds', ['']))).toEqual([['', [0, 255, 7]]]);
    expect(plain(await auth.read('b', 'creds', ['']))).toEqual([]);
  });

  it('leave nothing behind when one of them cannot be written', async () => {
    const { whatsappAuth: auth } = store;
    const broken = { type: 'session', id: '2', value: 'text' as unknown as Uint8Array };
    await expect(auth.write('a', [{ type: 'session', id: '1', value: bytes(1) }, broken])).rejects.toThrow('cannot store TEXT');
    expect(plain(await auth.read('a', 'session', ['1', '2']))).toEqual([]);
  });

  it('are read by the thousand and cleared per account', async () => {
    const { whatsappAuth: auth } = store;
    const ids = Array.from({ length: 3_000 }, (_, at) => String(at));
    for (const account of ['a', 'b'])
      await auth.write(
        account,
        ids.map((id) => ({ type: 'pre-key', id, value: bytes(1) })),
      );
    expect((await auth.read('a', 'pre-key', ids)).size).toBe(3_000);
    await auth.clear('a');
    expect((await auth.read('a', 'pre-key', ids)).size).toBe(0);
    expect((await auth.read('b', 'pre-key', ids)).size).toBe(3_000);
  });
});

describe('transcripts of the web chat', () => {
  const said = (id: string, from: 'bot' | 'person' = 'bot'): WebLine => ({
    kind: 'said',
    from,
    id,
    at: 5,
    text: `text ${id}`,
    buttons: [{ id: 'yes:1:1', label: 'Yes' }],
    tap: null,
  });

  it('grow by numbered lines, and give a line once', async () => {
    const { webTranscripts: lines } = store;
    const first = await lines.append('one', said('1'));
    const other = await lines.append('two', said('1'));
    const again = await lines.append('one', { ...said('1'), text: 'changed' } as WebLine);
    const persons = await lines.append('one', said('1', 'person'));
    const retired = await lines.append('one', { kind: 'retired', from: 'bot', id: '2', at: 6, on: '1' });
    expect(again).toEqual(first);
    expect([first, other, persons, retired].map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    expect(await lines.since('one', 0, 10)).toEqual([first, persons, retired]);
    expect(await lines.since('one', first.seq, 1)).toEqual([persons]);
    expect(await lines.latest('one', 2)).toEqual([persons, retired]);
    expect(await lines.find('two', 'bot', '1')).toEqual(other);
    expect(await lines.find('two', 'person', '1')).toBeNull();
    expect(other.line).toEqual(said('1'));
  });

  it('never use a number again, also when everything was forgotten', async () => {
    const { seq } = await store.webTranscripts.append('one', said('1'));
    expect((await store.prune(10 ** 12)).texts).toBe(1);
    expect((await store.webTranscripts.append('one', said('1'))).seq).toBeGreaterThan(seq);
  });

  it('know whether a prompt of an order from their chat may ring', async () => {
    const wanja = person('wanja', 'web');
    await welcomed(store, wanja, achieng);
    const { promptLiveUntil } = await placed(store, wanja);
    const until = promptLiveUntil ?? 0;
    expect(await store.webTranscripts.mayRing(wanja.address.chat, until - 1)).toBe(true);
    expect(await store.webTranscripts.mayRing(wanja.address.chat, until)).toBe(false);
    expect(await store.webTranscripts.mayRing(achieng.address.chat, until - 1)).toBe(false);
  });
});
