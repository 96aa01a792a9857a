/**
 * Owns how programs read wallets that another server keeps: that one is asked first, and what it says is written down like any other reading.
 * While it does not answer, what it said last is told, with its date.
 */

import type { Buyer } from '../domain/tariff.ts';
import type { Clock } from '../lib/clock.ts';
import { freshId } from '../lib/random.ts';
import type { ThresholdReads } from '../ports/alert.ts';
import type { WalletServer } from '../ports/wallet-server.ts';
import type { WalletReads } from '../ports/wallet.ts';
import type { TurnRunner } from './turn-runner.ts';

export function lookingElsewhere(
  reads: WalletReads & ThresholdReads,
  walletServer: Pick<WalletServer, 'balance'>,
  runner: Pick<TurnRunner, 'submit'>,
  clock: Clock,
): WalletReads & ThresholdReads {
  const look = async (owner: Buyer): Promise<void> => {
    const reading = await walletServer.balance(owner);
    if (reading.kind === 'unknown') return;
    await runner.submit([
      { kind: 'balance_read', id: `balance:look:${freshId()}`, at: clock.now(), owner, looks: null, reading },
    ]);
  };
  return {
    ...reads,
    async wallet(owner) {
      await look(owner);
      return reads.wallet(owner);
    },
    async thresholds(owner) {
      await look(owner);
      return reads.thresholds(owner);
    },
  };
}
