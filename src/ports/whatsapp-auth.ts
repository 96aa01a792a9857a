/**
 * The port of the WhatsApp session: where the keys that make us a linked device are kept. Values come sealed from the channel
 * (src/lib/sealed.ts), so whoever stores them neither reads nor changes them. Table
 * `whatsapp_auth(account, type, id, value)`, primary key (account, type, id).
 */

export interface AuthRow {
  /** `creds`, or a type of Baileys' `SignalDataTypeMap`. */
  readonly type: string;
  readonly id: string;
  /** null removes the row. */
  readonly value: Uint8Array | null;
}

/** All three reject when the database cannot do it: the channel then tries again and tells the operator. */
export interface AuthStore {
  /** The rows that exist; ids without a row are absent from the map. `ids` may hold thousands. */
  read(account: string, type: string, ids: readonly string[]): Promise<Map<string, Uint8Array>>;
  /** Everything in one database transaction, durable when it resolves. */
  write(account: string, rows: readonly AuthRow[]): Promise<void>;
  /** Removes every row of the account. */
  clear(account: string): Promise<void>;
}
