/** Owns the list of numbers whose owners want no payment prompts from us. */

import type { Instant } from '../../lib/clock.ts';
import type { Msisdn } from '../../domain/msisdn.ts';
import type { Db } from './connection.ts';
import type { Phones } from './phones.ts';
import type { Versions } from './versions.ts';

export interface StopList {
  has(number: Msisdn): boolean;
  /** Whoever reckoned with the number as a payer must decide again. */
  put(number: Msisdn, stopped: boolean, at: Instant): void;
  /** The last that came first. */
  all(): readonly { readonly phone: Msisdn; readonly since: Instant }[];
}

export function stopListOf(db: Db, phones: Phones, versions: Versions): StopList {
  const has = db
    .prepare<[string], number>('SELECT 1 FROM stop_list s JOIN phone p ON p.id = s.phone_id WHERE p.msisdn = ?')
    .pluck();
  const add = db.prepare<[number, Instant]>('INSERT INTO stop_list (phone_id, since) VALUES (?, ?) ON CONFLICT DO NOTHING');
  const remove = db.prepare<[number]>('DELETE FROM stop_list WHERE phone_id = ?');
  const all = db.prepare<[], { phone: Msisdn; since: Instant }>(
    `SELECT p.msisdn AS phone, s.since FROM stop_list s JOIN phone p ON p.id = s.phone_id
     WHERE p.msisdn IS NOT NULL ORDER BY s.since DESC, p.msisdn`,
  );
  return {
    has: (number) => has.get(number) !== undefined,
    put(number, stopped, at) {
      const id = phones.idOf(number);
      if (stopped) add.run(id, at);
      else remove.run(id);
      versions.bump(`payer:${number}`);
    },
    all: () => all.all(),
  };
}
