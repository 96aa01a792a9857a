/**
 * Owns the calls that move money. The start of a call is committed before its first byte; its answer, whatever it is, goes back as
 * an event. A call that was started is never started again from here: see the table in domain/order.ts.
 */

import type { AirtimeOrder } from '../domain/order.ts';
import { assert } from '../lib/assert.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { AirtimeProvider, PurchaseReport } from '../ports/airtime-provider.ts';
import type { OutboxItem, Store, TurnEvent } from '../ports/store.ts';
import type { TurnRunner } from '../services/turn-runner.ts';
import { createInFlight } from './in-flight.ts';
import { createUnwritten } from './unwritten.ts';
import type { Worker } from './worker.ts';

const AT_ONCE = 16;
/** How long a claimed call may wait for its start to be committed. The call itself holds no lease: it has left the outbox by then. */
const LEASE_MS = 60_000;

type Starting = Extract<TurnEvent, { kind: 'call_starting' }>;
type Answered = Extract<TurnEvent, { kind: 'call_answered' }>;

export function createCaller(options: {
  readonly store: Pick<Store, 'claimOutbox' | 'load'>;
  readonly runner: Pick<TurnRunner, 'submit'>;
  readonly airtime: Pick<AirtimeProvider, 'buy'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly wake: () => void;
}): Worker {
  const { store, runner, airtime, clock, wake } = options;
  const inFlight = createInFlight(AT_ONCE, {
    ended: wake,
    failed: (error) => options.log.error({ error }, 'a call broke'),
  });
  const unbegun = createUnwritten<OutboxItem>(clock, wake);
  const unwritten = createUnwritten<Answered>(clock, wake);

  async function call(item: OutboxItem): Promise<void> {
    assert(item.work.kind === 'call', 'a message is no call');
    const { order, purpose } = item.work;
    assert(order.kind === 'airtime', `nobody takes the payment of ${order.reference}`);
    const id = `call:${order.id}:${purpose}:${order.triesNotSent}`;
    const starting: Starting = { kind: 'call_starting', id: `${id}:starting`, at: clock.now(), orderId: order.id, purpose };
    const log = options.log.child({ turn: starting.id, order: order.reference });
    const [begun] = await runner.submit([starting]);
    if (begun === 'unavailable') return unbegun.keep([item]);
    if (begun !== 'committed') return log.warn({ begun }, 'the call was not begun');
    const report = await bought(starting, order, log);
    log.info({ answer: report.answer.kind }, 'the call ended');
    await tell({ kind: 'call_answered', id: `${id}:answered`, at: clock.now(), orderId: order.id, purpose, ...report });
  }

  async function bought(starting: Starting, order: AirtimeOrder, log: Log): Promise<PurchaseReport> {
    const obstacle = await whyNot(starting);
    if (obstacle !== null) return { answer: { kind: 'not_sent', why: obstacle, unasked: true }, raw: null };
    try {
      const { reference, recipient, recipientNetwork, recipientName, amountKes, payer, paymentNetwork } = order;
      return await airtime.buy({ reference, recipient, recipientNetwork, recipientName, amountKes, payer, paymentNetwork });
    } catch (error) {
      // A provider must not throw; if it does, nothing is known about the money.
      log.error({ error }, 'the provider broke');
      return { answer: { kind: 'unknown', why: 'the provider broke' }, raw: null };
    }
  }

  /** The order may have been settled while its call waited: then the turn took the call back, and no byte leaves. */
  async function whyNot(starting: Starting): Promise<string | null> {
    try {
      const [known] = await store.load([starting]);
      return known?.order?.state === 'submitting' ? null : 'the order was settled before its call began';
    } catch (error) {
      options.log.error({ turn: starting.id, error }, 'the order could not be read again, so nothing is sent');
      return 'the order could not be read again';
    }
  }

  async function tell(answered: Answered): Promise<void> {
    const [ending] = await runner.submit([answered]);
    if (ending === 'unavailable') unwritten.keep([answered]);
  }

  return {
    async step() {
      const answers = unwritten.take();
      for (const answered of answers) inFlight.start(() => tell(answered));
      const again = unbegun.take();
      for (const item of again) inFlight.start(() => call(item));
      if (inFlight.room() <= 0) return answers.length + again.length > 0;
      const items = await store.claimOutbox('call', clock.now(), inFlight.room(), LEASE_MS);
      for (const item of items) inFlight.start(() => call(item));
      return answers.length + again.length + items.length > 0;
    },
    busy: inFlight.busy,
    settled: inFlight.settled,
  };
}
