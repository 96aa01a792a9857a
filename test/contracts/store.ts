/**
 * Owns the contract of a store: what every implementation of src/ports/store.ts must hold, so that a second one cannot drift
 * away from the first. What is particular to one database is tested beside it.
 */

import { afterEach, beforeEach, describe, it } from 'vitest';
import { alertsContract } from './store-alerts.ts';
import { ledgerContract } from './store-ledger.ts';
import { callsContract, ordersContract } from './store-orders.ts';
import { limitsContract } from './store-limits.ts';
import { elsewhereContract } from './store-elsewhere.ts';
import { mergeContract } from './store-merge.ts';
import { ownersContract } from './store-owners.ts';
import { operatorsContract } from './store-operators.ts';
import { outboxContract, restContract, timersContract } from './store-outbox.ts';
import { smsOrdersContract } from './store-sms-orders.ts';
import { batchContract, peopleContract } from './store-turns.ts';
import { walletsContract } from './store-wallets.ts';
import type { OpenStore } from './store-world.ts';

const PARTS = {
  people: peopleContract,
  batches: batchContract,
  orders: ordersContract,
  calls: callsContract,
  'orders of SMS': smsOrdersContract,
  limits: limitsContract,
  merges: mergeContract,
  owners: ownersContract,
  'what is given up': elsewhereContract,
  ledger: ledgerContract,
  alerts: alertsContract,
  wallets: walletsContract,
  outbox: outboxContract,
  timers: timersContract,
  operators: operatorsContract,
  rest: restContract,
};

/** `open` gives an empty store; its clock stands at `NOW` of store-world.ts. */
export function storeContract(name: string, open: () => Promise<OpenStore>): void {
  describe.each(Object.entries(PARTS))(`a store on ${name}: %s`, (_, part) => {
    let world: OpenStore | null = null;
    beforeEach(async () => {
      world = await open();
    });
    afterEach(async () => {
      await world?.close();
    });
    part(it, () => {
      if (world === null) throw new Error('the store is not open');
      return world;
    });
  });
}
