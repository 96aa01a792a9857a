/**
 * Owns the calls that move money. The start of a call is committed before its first byte; its answer, whatever it is, goes back as
 * an event. A call that was started is never started again from here: see the table in domain/order.ts.
 */

import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { AirtimeProvider, PurchaseReport } from '../ports/airtime-provider.ts';
import type { OutboxItem, Store, TurnEvent } from '../ports/store.ts';
import type { TurnRunner } from '../services/turn-runner.ts';
import { createInFlight } from './in-flight.ts';
import type { Worker } from './worker.ts';

const AT_ONCE = 16;
/** How long a claimed call may wait for its start to be committed. The call itself holds no lease: it has left the outbox by then. */
const LEASE_MS = 60_000;
/** While the answer cannot be written, it is kept here and offered again. */
const WRITE_AGAIN_MS = 1_000;

export function createCaller(options: {
  readonly store: Store;
  readonly runner: TurnRunner;
  readonly airtime: AirtimeProvider;
  readonly clock: Clock;
  readonly log: Log;
  readonly wake: () => void;
}): Worker {
  const { store, runner, airtime, clock } = options;
  const inFlight = createInFlight(AT_ONCE);

  async function call(item: OutboxItem): Promise<void> {
    if (item.work.kind !== 'call') throw new Error('invariant broken: a message is no call');
    const { order, purpose } = item.work;
    const log = options.log.child({ order: order.reference });
    const id = `call:${order.id}:${purpose}:${order.triesNotSent}`;
    const [started] = await runner.submit([
      { kind: 'call_starting', id: `${id}:starting`, at: clock.now(), orderId: order.id, purpose },
    ]);
    if (started !== 'committed') {
      log.warn({ started }, 'the call was not begun');
      return;
    }
    const report = await buy(order, log);
    log.info({ answer: report.answer.kind }, 'the upstream answered');
    for (;;) {
      const answered = {
        kind: 'call_answered',
        id: `${id}:answered`,
        at: clock.now(),
        orderId: order.id,
        purpose,
        ...report,
      } as const;
      const [ending] = await runner.submit([answered]);
      if (ending !== 'unavailable') break;
      await new Promise<void>((resolve) => clock.after(WRITE_AGAIN_MS, resolve));
    }
    options.wake();
  }

  /** The order may have been settled while its call waited: then the turn took the call back, and no byte leaves. */
  async function mayCall(starting: Extract<TurnEvent, { kind: 'call_starting' }>): Promise<boolean> {
    const [known] = await store.load([starting]);
    return known?.order?.state === 'submitting';
  }

  async function buy(order: Extract<OutboxItem['work'], { kind: 'call' }>['order'], log: Log): Promise<PurchaseReport> {
    try {
      return await airtime.buy({
        reference: order.reference,
        recipient: order.recipient,
        recipientNetwork: order.recipientNetwork,
        recipientName: order.recipientName,
        amountKes: order.amountKes,
        payer: order.payer,
        paymentNetwork: order.paymentNetwork,
      });
    } catch (error) {
      // A provider must not throw; if it does, nothing is known about the money.
      log.error({ error }, 'the provider broke');
      return { answer: { kind: 'unknown', why: 'the provider broke' }, raw: null };
    }
  }

  return {
    async step() {
      if (inFlight.room() <= 0) return false;
      const items = await store.claimOutbox('call', clock.now(), inFlight.room(), LEASE_MS);
      for (const item of items) inFlight.start(() => call(item));
      return items.length > 0;
    },
    busy: inFlight.busy,
    settled: inFlight.settled,
  };
}
