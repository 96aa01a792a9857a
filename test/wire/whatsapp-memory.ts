/** A WhatsApp session in memory, for tests: its rows can be looked at, copied and lost. */

import type { AuthRow, AuthStore } from '../../src/ports/whatsapp-auth.ts';

export class MemoryAuth implements AuthStore {
  readonly rows = new Map<string, Uint8Array>();
  /** Nothing can be changed. */
  failing = false;

  async read(account: string, type: string, ids: readonly string[]): Promise<Map<string, Uint8Array>> {
    const found = new Map<string, Uint8Array>();
    for (const id of ids) {
      const value = this.rows.get(`${account}|${type}|${id}`);
      if (value !== undefined) found.set(id, value);
    }
    return found;
  }

  async write(account: string, rows: readonly AuthRow[]): Promise<void> {
    if (this.failing) throw new Error('disk full');
    for (const { type, id, value } of rows) {
      if (value === null) this.rows.delete(`${account}|${type}|${id}`);
      else this.rows.set(`${account}|${type}|${id}`, value);
    }
  }

  async clear(): Promise<void> {
    if (this.failing) throw new Error('disk full');
    this.rows.clear();
  }
}
