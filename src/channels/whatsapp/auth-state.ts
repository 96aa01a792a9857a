/**
 * Owns our identity as a linked device: the credentials and the Signal keys, sealed and in the database. Credentials are
 * saved in the order of their changes and never lost to a failed write; half-paired ones are wiped, because WhatsApp would
 * refuse them for ever. Knows nothing of connections.
 */

import type { AuthenticationCreds, SignalDataSet, SignalDataTypeMap, SignalKeyStore } from '@whiskeysockets/baileys';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { AuthRow, AuthStore } from '../../ports/whatsapp-auth.ts';
import { baileysCache } from './bounded-map.ts';
import { baileysLog } from './baileys-log.ts';
import type { Sealer } from '../../lib/sealed.ts';

/** The part of Baileys that this file uses; handed in, because Baileys is loaded late. */
export type AuthTools = Pick<
  typeof import('@whiskeysockets/baileys'),
  'BufferJSON' | 'initAuthCreds' | 'makeCacheableSignalKeyStore' | 'proto'
>;

const CREDS = { type: 'creds', id: 'creds' } as const;
const CACHED_KEYS = 5000;
const SAVE_AGAIN_AFTER_MS = 1000;

export interface AuthDeps {
  readonly tools: AuthTools;
  readonly store: AuthStore;
  readonly sealer: Sealer;
  /** Whose rows these are in the store; not the phone number, which is not known before pairing. */
  readonly account: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** A device is linked when the phone has signed it (`account`) and the network has named it (`me`); one without the other is neither. */
export function isPaired(creds: Pick<AuthenticationCreds, 'account' | 'me'>): boolean {
  return creds.account !== undefined && creds.me !== undefined;
}

export class AuthState {
  readonly #deps: AuthDeps;
  #creds: AuthenticationCreds;
  #keys: SignalKeyStore;
  #unsaved: Uint8Array | null = null;
  #saving: Promise<void> | null = null;
  #hurry: (() => void) | null = null;
  #closing = false;
  #closed = false;
  #era = 0;
  readonly #writing = new Set<Promise<void>>();

  private constructor(deps: AuthDeps, creds: AuthenticationCreds) {
    this.#deps = deps;
    this.#creds = creds;
    this.#keys = this.#cachedKeys();
  }

  /** `unreadable`: something is saved, but not with this SECRET_KEY. Rejects when the store does. */
  static async load(deps: AuthDeps): Promise<Result<AuthState, 'unreadable'>> {
    const rows = await deps.store.read(deps.account, CREDS.type, [CREDS.id]);
    const sealed = rows.get(CREDS.id);
    if (sealed === undefined) return ok(new AuthState(deps, deps.tools.initAuthCreds()));
    const plain = deps.sealer.open(rowName(deps.account, CREDS.type, CREDS.id), sealed);
    if (!plain.ok) return err('unreadable');
    const state = new AuthState(deps, JSON.parse(plain.value, deps.tools.BufferJSON.reviver) as AuthenticationCreds);
    await state.dropHalfPaired();
    return ok(state);
  }

  /** For an unreadable session that the operator gave up. */
  static async fresh(deps: AuthDeps): Promise<AuthState> {
    await deps.store.clear(deps.account);
    return new AuthState(deps, deps.tools.initAuthCreds());
  }

  get creds(): AuthenticationCreds {
    return this.#creds;
  }

  get keys(): SignalKeyStore {
    return this.#keys;
  }

  get paired(): boolean {
    return isPaired(this.#creds);
  }

  /** Before each connection: with a name but no signature WhatsApp would answer every login with 401. */
  async dropHalfPaired(): Promise<void> {
    if (!this.paired && (this.#creds.me !== undefined || this.#creds.account !== undefined)) await this.wipe();
  }

  /** Forgets the device; the next connection shows a new QR. */
  async wipe(): Promise<void> {
    await this.settled();
    await this.#deps.store.clear(this.#deps.account);
    this.#creds = this.#deps.tools.initAuthCreds();
    this.#keys = this.#cachedKeys();
  }

  /** Takes a snapshot now and writes it; of snapshots that wait for a slow store only the last is written. */
  saveCreds(): void {
    this.#unsaved = this.#seal(CREDS.type, CREDS.id, this.#creds);
    this.#saving ??= this.#save();
  }

  /** Resolves when everything told so far is in the store. */
  async settled(): Promise<void> {
    await this.#saving;
  }

  /** The last chance: a write that fails from now on is not tried again, and the store is not touched after this resolves. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#hurry?.();
    await this.settled();
    await Promise.allSettled(this.#writing);
    this.#closed = true;
  }

  async #save(): Promise<void> {
    while (this.#unsaved !== null) {
      const value = this.#unsaved;
      this.#unsaved = null;
      try {
        await this.#deps.store.write(this.#deps.account, [{ ...CREDS, value }]);
      } catch (error) {
        this.#deps.log.error({ error }, 'the WhatsApp session could not be saved');
        if (this.#closing) break;
        this.#unsaved ??= value;
        await this.#pause();
      }
    }
    this.#saving = null;
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#deps.clock.after(SAVE_AGAIN_AFTER_MS, resolve);
      this.#hurry = () => {
        cancel();
        resolve();
      };
    });
  }

  #cachedKeys(): SignalKeyStore {
    const era = (this.#era += 1);
    const raw: SignalKeyStore = {
      get: (type, ids) => this.#readKeys(type, ids),
      // A socket that ended may still write; after a wipe its keys belong to nobody.
      set: (data) => (era === this.#era ? this.#writeKeys(data) : undefined),
    };
    return this.#deps.tools.makeCacheableSignalKeyStore(raw, baileysLog(this.#deps.log), baileysCache(CACHED_KEYS));
  }

  async #readKeys<T extends keyof SignalDataTypeMap>(type: T, ids: string[]): Promise<Record<string, SignalDataTypeMap[T]>> {
    const { tools, store, sealer, account, log } = this.#deps;
    const found: Record<string, SignalDataTypeMap[T]> = {};
    for (const [id, sealed] of await store.read(account, type, ids)) {
      const plain = sealer.open(rowName(account, type, id), sealed);
      if (!plain.ok) {
        // As if it were not there: Signal then opens a new session, which costs a repetition and loses nothing.
        log.warn({ type }, 'a WhatsApp key could not be read and is left out');
        continue;
      }
      const value: unknown = JSON.parse(plain.value, tools.BufferJSON.reviver);
      found[id] = (
        type === 'app-state-sync-key' ? tools.proto.Message.AppStateSyncKeyData.fromObject(value as object) : value
      ) as SignalDataTypeMap[T];
    }
    return found;
  }

  async #writeKeys(data: SignalDataSet): Promise<void> {
    const rows: AuthRow[] = [];
    for (const [type, values] of Object.entries(data)) {
      for (const [id, value] of Object.entries(values)) {
        rows.push({ type, id, value: value === null || value === undefined ? null : this.#seal(type, id, value) });
      }
    }
    if (rows.length === 0 || this.#closed) return;
    const write = this.#deps.store.write(this.#deps.account, rows);
    this.#writing.add(write);
    await write.finally(() => this.#writing.delete(write));
  }

  #seal(type: string, id: string, value: unknown): Uint8Array {
    return this.#deps.sealer.seal(
      rowName(this.#deps.account, type, id),
      JSON.stringify(value, this.#deps.tools.BufferJSON.replacer),
    );
  }
}

function rowName(account: string, type: string, id: string): string {
  return JSON.stringify([account, type, id]);
}
