/** Owns the question whether the database is sound: reads all of it, so it is asked by a person, not by a timer. */

import { auditLedger } from './audit-ledger.ts';
import { assertDurable, type Db } from './connection.ts';

export type Soundness = { readonly ok: true } | { readonly ok: false; readonly why: string };

export function checker(db: Db, inMemory: boolean): () => Soundness {
  return () => {
    try {
      assertDurable(db, inMemory);
      const broken = db.prepare<[], string>('PRAGMA quick_check(1)').pluck().get();
      if (broken !== 'ok') return { ok: false, why: broken ?? 'the database does not answer' };
      const dangling = db.prepare('PRAGMA foreign_key_check').all();
      if (dangling.length > 0) return { ok: false, why: `${dangling.length} rows point nowhere` };
      const { faults } = auditLedger(db);
      return faults.length === 0 ? { ok: true } : { ok: false, why: faults.join('; ') };
    } catch (error) {
      return { ok: false, why: error instanceof Error ? error.message : String(error) };
    }
  };
}
