/**
 * Owns the reading of balances that another server keeps: whatever is due, a few at a time. What was read goes in as an event; nothing is
 * lost when the program ends, because what is due stays due.
 */

import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { DueBalance } from '../ports/remote-balance.ts';
import type { BalanceReading, WalletServer } from '../ports/wallet-server.ts';
import type { Store } from '../ports/store.ts';
import type { TurnRunner } from '../services/turn-runner.ts';
import { createInFlight } from './in-flight.ts';
import type { Worker } from './worker.ts';

const AT_ONCE = 4;
/** Longer than any answer is waited for, which settings keep to two minutes. */
const LEASE_MS = 180_000;

export function createBalanceReader(options: {
  readonly store: Pick<Store, 'claimBalances'>;
  readonly runner: Pick<TurnRunner, 'submit'>;
  readonly walletServer: Pick<WalletServer, 'balance'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly wake: () => void;
}): Worker {
  const { store, runner, walletServer, clock, log, wake } = options;
  const inFlight = createInFlight(AT_ONCE, { ended: wake, failed: (error) => log.error({ error }, 'a balance was not read') });

  async function read({ owner, looks }: DueBalance): Promise<void> {
    const reading = await asked(owner);
    if (reading.kind === 'unknown') log.warn({ why: reading.why }, 'a balance could not be read');
    const id = `balance:${owner.appId ?? ''}/${owner.userId}:${looks}`;
    // What cannot be written down is read again when its lease is over.
    await runner.submit([{ kind: 'balance_read', id, at: clock.now(), owner, looks, reading }]);
  }

  async function asked(owner: DueBalance['owner']): Promise<BalanceReading> {
    try {
      return await walletServer.balance(owner);
    } catch (error) {
      log.error({ error }, 'the server of wallets broke');
      return { kind: 'unknown', why: 'it broke' };
    }
  }

  return {
    async step() {
      if (inFlight.room() <= 0) return false;
      const due = await store.claimBalances(clock.now(), inFlight.room(), LEASE_MS);
      for (const one of due) inFlight.start(() => read(one));
      return due.length > 0;
    },
    busy: inFlight.busy,
    settled: inFlight.settled,
  };
}
