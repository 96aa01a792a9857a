/**
 * Owns the calls to whoever takes money, or delivers for it. The start of a call is committed before its first byte; its answer, whatever it is, goes back
 * as an event. A call that moves money and was started is never started again from here: see the tables of states in domain.
 */

import type { Order } from '../domain/order.ts';
import { assert, assertNever } from '../lib/assert.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { err, ok, type Result } from '../lib/result.ts';
import type { AirtimeProvider } from '../ports/airtime-provider.ts';
import type { PaymentProvider, PaymentReport, PaymentStatus } from '../ports/payment-provider.ts';
import type { PaidTopUp, WalletServer } from '../ports/wallet-server.ts';
import type { OutboxItem } from '../ports/outbox.ts';
import type { Known, Store, TurnEvent } from '../ports/store.ts';
import type { TurnRunner } from '../services/turn-runner.ts';
import { createInFlight } from './in-flight.ts';
import { createRetryBuffer } from './retry-buffer.ts';
import type { Worker } from './worker.ts';

const AT_ONCE = 16;
/** How long a claimed call may wait for its start to be committed. The call itself holds no lease: it has left the outbox by then. */
const LEASE_MS = 60_000;

type Starting = Extract<TurnEvent, { kind: 'call_starting' }>;
type Answered = Extract<TurnEvent, { kind: 'call_answered' }>;
/** What comes back, without which call it was. */
type Outcome = Answered extends infer One ? (One extends Answered ? Pick<One, 'purpose' | 'answer' | 'raw'> : never) : never;

type MoneyAnswer =
  | { readonly kind: 'not_sent'; readonly why: string; readonly unasked: true }
  | { readonly kind: 'unknown'; readonly why: string };

interface Report<A> {
  readonly answer: A;
  readonly raw: string | null;
}

export interface Providers {
  /** Null: it is off, and what is to be called there is not sent. */
  readonly airtime: Pick<AirtimeProvider, 'buy'> | null;
  readonly payments: Pick<PaymentProvider, 'request' | 'status'> | null;
  /** Whoever keeps wallets of SMS elsewhere. */
  readonly walletServer: Pick<WalletServer, 'topUp'> | null;
}

export function createCaller(
  options: Providers & {
    readonly store: Pick<Store, 'claimOutbox' | 'load'>;
    readonly runner: Pick<TurnRunner, 'submit'>;
    readonly clock: Clock;
    readonly log: Log;
    readonly wake: () => void;
  },
): Worker {
  const { store, runner, clock, wake } = options;
  const inFlight = createInFlight(AT_ONCE, {
    ended: wake,
    failed: (error) => options.log.error({ error }, 'a call broke'),
  });
  const unbegun = createRetryBuffer<OutboxItem>(clock, wake);
  const unwritten = createRetryBuffer<Answered>(clock, wake);
  const perform = performer(options);

  async function call(item: OutboxItem): Promise<void> {
    assert(item.work.kind === 'call', 'a message is no call');
    const { order, purpose } = item.work;
    // A question is asked as often as needed, each time under an id of its own.
    const id = `call:${order.id}:${purpose}:${purpose === 'ask_payment' ? item.id : order.triesNotSent}`;
    const starting: Starting = { kind: 'call_starting', id: `${id}:starting`, at: clock.now(), orderId: order.id, purpose };
    const log = options.log.child({ turn: starting.id, order: order.reference });
    const [begun] = await runner.submit([starting]);
    if (begun === 'unavailable') return unbegun.keep([item]);
    if (begun !== 'committed') return log.warn({ begun }, 'the call was not begun');
    const outcome = await perform(starting, order, log);
    log.info({ purpose, answer: outcome.answer.kind }, 'the call ended');
    await tell({ kind: 'call_answered', id: `${id}:answered`, at: clock.now(), orderId: order.id, ...outcome });
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

/** The call itself, once its start is written down. */
function performer({
  store,
  airtime,
  payments,
  walletServer,
}: Providers & { readonly store: Pick<Store, 'load'> }): (starting: Starting, order: Order, log: Log) => Promise<Outcome> {
  /** The order may have been settled while its call waited: then the turn took the call back, and no byte leaves. */
  async function readAgain(starting: Starting, log: Log): Promise<Result<Known, string>> {
    try {
      const [known] = await store.load([starting]);
      const out = starting.purpose === 'deliver_sms' ? 'delivering' : 'submitting';
      return known?.order?.state === out ? ok(known) : err('the order was settled before its call began');
    } catch (error) {
      log.error({ error }, 'the order could not be read again, so nothing is sent');
      return err('the order could not be read again');
    }
  }

  async function moneyMoved<A>(
    starting: Starting,
    log: Log,
    send: ((known: Known) => Promise<Report<A>>) | null,
  ): Promise<Report<A | MoneyAnswer>> {
    const unasked = (why: string): Report<MoneyAnswer> => ({ answer: { kind: 'not_sent', why, unasked: true }, raw: null });
    if (send === null) return unasked('the provider is switched off');
    const read = await readAgain(starting, log);
    if (!read.ok) return unasked(read.error);
    try {
      return await send(read.value);
    } catch (error) {
      // A provider must not throw; if it does, nothing is known about the money.
      log.error({ error }, 'the provider broke');
      return { answer: { kind: 'unknown', why: 'the provider broke' }, raw: null };
    }
  }

  async function asked({ upstreamReference }: Order, log: Log): Promise<PaymentReport<PaymentStatus>> {
    const unknown = (why: string): PaymentReport<PaymentStatus> => ({ answer: { kind: 'unknown', why }, raw: null });
    if (payments === null) return unknown('the provider is switched off');
    if (upstreamReference === null) return unknown('there is no reference to ask about');
    try {
      return await payments.status(upstreamReference);
    } catch (error) {
      log.error({ error }, 'the provider broke');
      return unknown('the provider broke');
    }
  }

  return async (starting, order, log) => {
    const { purpose } = starting;
    switch (purpose) {
      case 'buy_airtime': {
        assert(order.kind === 'airtime', `${order.reference} is no order of airtime`);
        const { reference, recipient, recipientNetwork, recipientName, amountKes, payer, paymentNetwork } = order;
        const purchase = { reference, recipient, recipientNetwork, recipientName, amountKes, payer, paymentNetwork };
        return { purpose, ...(await moneyMoved(starting, log, airtime === null ? null : () => airtime.buy(purchase))) };
      }
      case 'request_payment': {
        assert(order.kind === 'sms', `${order.reference} is paid where it is bought`);
        const { reference, payer, amountKes } = order;
        const send = payments === null ? null : () => payments.request({ reference, payer, amountKes });
        return { purpose, ...(await moneyMoved(starting, log, send)) };
      }
      case 'deliver_sms': {
        const send = walletServer === null ? null : ({ receipt }: Known) => walletServer.topUp(paidTopUp(order, receipt));
        return { purpose, ...(await moneyMoved(starting, log, send)) };
      }
      case 'ask_payment':
        return { purpose, ...(await asked(order, log)) };
      default:
        return assertNever(purpose);
    }
  };
}

/**
 * The order's reference is the top-up's own id there: sent twice, it would be added once. The receipt is what the payer has, so a program
 * there that brings it is not credited for it once more; a send that came to nothing is repeated with the same one.
 */
function paidTopUp(order: Order, receipt?: string): PaidTopUp {
  assert(order.kind === 'sms' && order.paidAt !== null, `${order.reference} is not paid`);
  const { reference, wallet: owner, amountKes, upstreamReference, createdAt } = order;
  const paymentReference = receipt ?? upstreamReference ?? reference;
  return { reference, owner, amountKes, paymentMethod: 'mpesa', paymentReference, orderedAt: createdAt };
}
