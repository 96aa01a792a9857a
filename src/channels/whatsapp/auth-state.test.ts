/** The keys of a linked WhatsApp: they come back after a restart, lie sealed, and are never half written. */

import * as tools from '@whiskeysockets/baileys';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../lib/clock.ts';
import { silentLog } from '../../lib/log.ts';
import type { AuthRow, AuthStore } from '../../ports/whatsapp-auth.ts';
import { AuthState, isPaired, type AuthDeps } from './auth-state.ts';
import { sealerFrom } from '../../lib/sealed.ts';

class MemoryStore implements AuthStore {
  readonly rows = new Map<string, Uint8Array>();
  readonly writes: (readonly AuthRow[])[] = [];
  failing = false;
  gate: Promise<void> = Promise.resolve();

  async read(account: string, type: string, ids: readonly string[]): Promise<Map<string, Uint8Array>> {
    const found = new Map<string, Uint8Array>();
    for (const id of ids) {
      const value = this.rows.get(`${account}|${type}|${id}`);
      if (value !== undefined) found.set(id, value);
    }
    return found;
  }

  async write(account: string, rows: readonly AuthRow[]): Promise<void> {
    await this.gate;
    if (this.failing) throw new Error('disk full');
    this.writes.push(rows);
    for (const { type, id, value } of rows) {
      if (value === null) this.rows.delete(`${account}|${type}|${id}`);
      else this.rows.set(`${account}|${type}|${id}`, value);
    }
  }

  async clear(): Promise<void> {
    this.rows.clear();
  }
}

function setup(store = new MemoryStore(), secret = 1): { deps: AuthDeps; store: MemoryStore; clock: ManualClock } {
  const clock = new ManualClock(0);
  return {
    store,
    clock,
    deps: {
      tools,
      store,
      sealer: sealerFrom(Buffer.alloc(32, secret), 'jaza/whatsapp-auth/1'),
      account: 'default',
      clock,
      log: silentLog,
    },
  };
}

async function load(deps: AuthDeps): Promise<AuthState> {
  const loaded = await AuthState.load(deps);
  if (!loaded.ok) throw new Error(loaded.error);
  return loaded.value;
}

const ME = { id: '254700000001:1@s.whatsapp.net', lid: '9000000000:1@lid' };
const ACCOUNT = { details: Buffer.from('details') };

describe('credentials', () => {
  it('come back after a restart, keys as bytes, and lie sealed in the store', async () => {
    const { deps, store } = setup();
    const before = await load(deps);
    Object.assign(before.creds, { me: ME, account: ACCOUNT });
    before.saveCreds();
    await before.settled();
    const after = await load(deps);
    expect(after.creds).toEqual(JSON.parse(JSON.stringify(before.creds, tools.BufferJSON.replacer), tools.BufferJSON.reviver));
    expect(Buffer.isBuffer(after.creds.noiseKey.private)).toBe(true);
    const stored = Buffer.from(store.rows.get('default|creds|creds') ?? []).toString('latin1');
    for (const secret of [Buffer.from(before.creds.noiseKey.private).toString('base64'), before.creds.advSecretKey, 'noiseKey']) {
      expect(stored).not.toContain(secret);
    }
  });

  it('are said to be unreadable under another SECRET_KEY, and are left as they are', async () => {
    const { deps, store } = setup();
    const state = await load(deps);
    state.saveCreds();
    await state.settled();
    const rows = new Map(store.rows);
    expect(await AuthState.load(setup(store, 2).deps)).toEqual({ ok: false, error: 'unreadable' });
    expect(store.rows).toEqual(rows);
    expect((await AuthState.fresh(setup(store, 2).deps)).paired).toBe(false);
    expect(store.rows.size).toBe(0);
  });

  it.each([
    ['named but not signed, as after an unfinished pairing code', { me: { ...ME, name: '~' } }],
    ['signed but not named', { account: ACCOUNT }],
  ])('are wiped when half paired: %s', async (_, half) => {
    const { deps, store } = setup();
    const before = await load(deps);
    Object.assign(before.creds, half);
    before.saveCreds();
    await before.keys.set({ 'lid-mapping': { '1': '2' } });
    await before.settled();
    const after = await load(deps);
    expect(after.creds.me).toBeUndefined();
    expect(after.creds.account).toBeUndefined();
    expect(
      after.creds.registrationId === before.creds.registrationId && after.creds.advSecretKey === before.creds.advSecretKey,
    ).toBe(false);
    expect(store.rows.size).toBe(0);
  });

  it('are paired only when both are there', () => {
    expect([{}, { me: ME }, { account: ACCOUNT }, { me: ME, account: ACCOUNT }].map(isPaired)).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });

  it('are saved in their order, and of those that wait for a slow store only the last', async () => {
    const { deps, store } = setup();
    const state = await load(deps);
    let open = (): void => undefined;
    store.gate = new Promise((resolve) => (open = resolve));
    for (const counter of [1, 2, 3]) {
      state.creds.accountSyncCounter = counter;
      state.saveCreds();
    }
    state.creds.accountSyncCounter = 99; // changed, not told: not saved
    open();
    await state.settled();
    expect(store.writes).toHaveLength(2);
    expect((await load(deps)).creds.accountSyncCounter).toBe(3);
  });

  it('survive a store that cannot write for a while', async () => {
    const { deps, store, clock } = setup();
    const state = await load(deps);
    store.failing = true;
    state.creds.accountSyncCounter = 7;
    state.saveCreds();
    for (let tries = 0; tries < 3; tries += 1) {
      while (clock.nextTaskAt() === null) await Promise.resolve();
      if (tries === 2) store.failing = false;
      clock.advanceTo(clock.nextTaskAt() ?? 0);
    }
    await state.settled();
    expect((await load(deps)).creds.accountSyncCounter).toBe(7);
  });

  it('do not hold up the end of the process when the store is broken', async () => {
    const { deps, store } = setup();
    const state = await load(deps);
    store.failing = true;
    state.saveCreds();
    await state.close();
    expect(store.rows.size).toBe(0);
  });
});

describe('keys', () => {
  const bytes = Buffer.from([0, 1, 2, 250]);
  const every: Required<tools.SignalDataSet> = {
    'pre-key': { '1': { public: bytes, private: bytes } },
    session: { '254722000001.0': bytes },
    'sender-key': { 'group::user': bytes },
    'sender-key-memory': { 'x@g.us': { 'y@s.whatsapp.net': true } },
    'app-state-sync-key': { AAAA: { keyData: bytes, timestamp: 5 } },
    'app-state-sync-version': { regular: { version: 3, hash: bytes, indexValueMap: { abc: { valueMac: bytes } } } },
    'lid-mapping': { '254722000001': '123456789', '123456789_reverse': '254722000001' },
    'device-list': { '254722000001': ['0', '7'] },
    tctoken: { '123456789@lid': { token: bytes, timestamp: '5', senderTimestamp: 6 } },
    'identity-key': { '123456789_1.0': bytes },
  };

  /** Bytes as text; keys of the app state are messages of the protocol, which compare only in their own form. */
  const plain = (type: keyof tools.SignalDataTypeMap, value: unknown): unknown => {
    const { AppStateSyncKeyData } = tools.proto.Message;
    const comparable = type === 'app-state-sync-key' ? AppStateSyncKeyData.fromObject(value as object) : value;
    return JSON.parse(JSON.stringify(comparable, tools.BufferJSON.replacer));
  };

  it.each(Object.keys(every) as (keyof tools.SignalDataTypeMap)[])('of type %s come back after a restart', async (type) => {
    const { deps, store } = setup();
    await (await load(deps)).keys.set({ [type]: every[type] });
    const ids = Object.keys(every[type]);
    const read = await (await load(deps)).keys.get(type, [...ids, 'missing']);
    expect(Object.keys(read).toSorted()).toEqual(ids.toSorted());
    for (const id of ids) expect(plain(type, read[id])).toEqual(plain(type, every[type][id]));
    expect(store.writes).toHaveLength(1);
  });

  it('of several types are written in one database transaction, and null removes', async () => {
    const { deps, store } = setup();
    const state = await load(deps);
    await state.keys.set({ session: { a: bytes, b: bytes }, 'lid-mapping': { c: 'd' } });
    expect(store.writes.map((rows) => rows.length)).toEqual([3]);
    await state.keys.set({ session: { a: null } });
    expect([...store.rows.keys()]).toEqual(['default|session|b', 'default|lid-mapping|c']);
    expect((await state.keys.get('session', ['a']))['a'] ?? null).toBeNull();
  });

  it('that were moved to another row or damaged count as absent', async () => {
    const { deps, store } = setup();
    await (await load(deps)).keys.set({ session: { a: bytes, b: bytes } });
    store.rows.set('default|session|c', store.rows.get('default|session|a') ?? new Uint8Array());
    store.rows.set('default|session|b', new Uint8Array([1, 2, 3]));
    expect(Object.keys(await (await load(deps)).keys.get('session', ['a', 'b', 'c']))).toEqual(['a']);
  });

  it('of a wiped session are not written by whoever still holds them', async () => {
    const { deps, store } = setup();
    const state = await load(deps);
    const { keys } = state;
    await state.wipe();
    await keys.set({ session: { a: bytes } });
    expect(store.rows.size).toBe(0);
    await state.keys.set({ session: { a: bytes } });
    expect(store.rows.size).toBe(1);
  });

  it('are not written any more after the end', async () => {
    const { deps, store } = setup();
    const state = await load(deps);
    await state.close();
    await state.keys.set({ session: { a: bytes } });
    expect(store.writes).toEqual([]);
  });
});
