/**
 * Owns what is loaded of the wallet that an event asks something of, or that its order fills: whom an alert could reach is read only
 * where one may come of it.
 */

import { crossingAt } from '../../domain/threshold.ts';
import { messagesOf, type Balances } from '../../domain/wallet.ts';
import type { Order } from '../../domain/order.ts';
import type { TurnEvent } from '../../ports/store.ts';
import type { KnownWallet, WalletRequest } from '../../ports/wallet.ts';
import type { SetThreshold } from '../../ports/alert.ts';
import type { ThresholdsReader } from './read-thresholds.ts';
import type { WalletsReader } from './read-wallets.ts';

/** Null: the event is about none. */
export function walletKnower(
  wallets: WalletsReader,
  thresholds: ThresholdsReader,
): (event: TurnEvent, order: Order | null) => KnownWallet | null {
  const known = (event: TurnEvent, order: Order | null): Omit<KnownWallet, 'thresholds' | 'alerting'> | null => {
    if (event.kind === 'wallet') return wallets.known(event.owner, event);
    if (event.kind === 'threshold' || event.kind === 'balance_read') return wallets.known(event.owner, null);
    if (order?.kind === 'sms') return wallets.known(order.wallet, null);
    if (event.kind !== 'timer' || event.timer.kind !== 'threshold_due') return null;
    const owner = thresholds.ownerByThreshold(event.timer.thresholdId);
    return owner === null ? null : wallets.known(owner, null);
  };
  return (event, order) => {
    const about = known(event, order);
    if (about?.wallet == null) return about === null ? null : { ...about, thresholds: [], alerting: null };
    const set = thresholds.of(about.wallet.id);
    if (!mayAlert(event, about.balances, set)) return { ...about, thresholds: set, alerting: null };
    const wished = event.kind === 'threshold' && event.request.kind === 'set' ? [event.request.wish] : [];
    const recipients = [...set, ...wished].map((one) => one.recipients);
    return { ...about, thresholds: set, alerting: thresholds.alerting(about.wallet, recipients, event.at) };
  };
}

function mayAlert(event: TurnEvent, balances: Balances, thresholds: readonly SetThreshold[]): boolean {
  if (event.kind === 'threshold' || event.kind === 'timer') return true;
  if (event.kind === 'balance_read') return event.reading.kind === 'read' && isCrossed(thresholds, event.reading.smsBalance);
  // What an order of SMS moves, it adds.
  if (event.kind !== 'wallet') return false;
  return isCrossed(thresholds, messagesOf(balances) + addedBy(event.request));
}

function isCrossed(thresholds: readonly SetThreshold[], balance: number): boolean {
  return thresholds.some((threshold) => crossingAt(threshold, balance) === 'alert');
}

/** Of a top-up no more than that it adds. */
function addedBy(request: WalletRequest): number {
  if (request.kind === 'top_up') return 0;
  return request.kind === 'debit' ? -request.units : request.units;
}
