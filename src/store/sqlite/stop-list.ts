/** Owns the list of whoever wants no more of us: numbers get no payment prompts and no alerts, e-mail addresses no alerts. */

import { mailKey } from '../../domain/mail-address.ts';
import type { Instant } from '../../lib/clock.ts';
import type { Msisdn } from '../../domain/msisdn.ts';
import type { Db } from './connection.ts';
import type { Phones } from './phones.ts';
import type { Versions } from './versions.ts';

export interface StopList {
  has(number: Msisdn): boolean;
  /** Whoever reckoned with the number as a payer must decide again. */
  put(number: Msisdn, stopped: boolean, at: Instant): void;
  hasMail(address: string): boolean;
  putMail(address: string, stopped: boolean, at: Instant): void;
  /** Numbers and e-mail addresses, the last that came first. */
  all(): readonly { readonly address: string; readonly since: Instant }[];
}

export function stopListOf(db: Db, phones: Phones, versions: Versions): StopList {
  const has = db
    .prepare<[string], number>('SELECT 1 FROM stop_list s JOIN phone p ON p.id = s.phone_id WHERE p.msisdn = ?')
    .pluck();
  const add = db.prepare<[number, Instant]>('INSERT INTO stop_list (phone_id, since) VALUES (?, ?) ON CONFLICT DO NOTHING');
  const remove = db.prepare<[number]>('DELETE FROM stop_list WHERE phone_id = ?');
  const hasMail = db.prepare<[string], number>('SELECT 1 FROM mail_stop WHERE address = ?').pluck();
  const addMail = db.prepare<[string, Instant]>('INSERT INTO mail_stop (address, since) VALUES (?, ?) ON CONFLICT DO NOTHING');
  const removeMail = db.prepare<[string]>('DELETE FROM mail_stop WHERE address = ?');
  const all = db.prepare<[], { address: string; since: Instant }>(
    `SELECT p.msisdn AS address, s.since FROM stop_list s JOIN phone p ON p.id = s.phone_id WHERE p.msisdn IS NOT NULL
     UNION ALL SELECT address, since FROM mail_stop ORDER BY since DESC, address`,
  );
  return {
    has: (number) => has.get(number) !== undefined,
    put(number, stopped, at) {
      const id = phones.idOf(number);
      if (stopped) add.run(id, at);
      else remove.run(id);
      versions.bump(`payer:${number}`);
    },
    hasMail: (address) => hasMail.get(mailKey(address)) !== undefined,
    putMail(address, stopped, at) {
      if (stopped) addMail.run(mailKey(address), at);
      else removeMail.run(mailKey(address));
    },
    all: () => all.all(),
  };
}
