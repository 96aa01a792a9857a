/** Owns the rows of `phone`: the one place where a number stands, so that it can be blanked without touching what points to it. */

import type { Msisdn } from '../../domain/msisdn.ts';
import type { Db } from './connection.ts';

export interface Phones {
  /** The id of the number's row, made when it is seen first. */
  idOf(number: Msisdn): number;
}

export function phonesOf(db: Db): Phones {
  const find = db.prepare<[string], number>('SELECT id FROM phone WHERE msisdn = ?').pluck();
  const add = db.prepare<[string]>('INSERT INTO phone (msisdn) VALUES (?)');
  return { idOf: (number) => find.get(number) ?? Number(add.run(number).lastInsertRowid) };
}
