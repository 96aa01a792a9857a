/**
 * Owns the simulated provider of payments behind its port: it takes a payer's money and delivers nothing. It holds the truth: who was
 * charged for what. Its callbacks, which nobody signs, say so or something else; asked, it tells the truth or nothing.
 */

import type { NotPaidReason } from '../domain/order.ts';
import type {
  CallbackReading,
  PaymentAnswer,
  PaymentProvider,
  PaymentReport,
  PaymentRequest,
  PaymentStatus,
} from '../ports/payment-provider.ts';
import type { Fence } from './fence.ts';
import { CHARGING, moneyCall } from './money-call.ts';
import type { Phones } from './phones.ts';
import { Webhooks, type Webhook } from './webhooks.ts';
import type { World } from './world.ts';

type NotPaid = readonly [code: string, reason: NotPaidReason];

interface Payment extends PaymentRequest {
  readonly checkout: string;
  /** Null: the payer has not decided yet. */
  end: 'paid' | NotPaid | null;
}

/** What a callback says; it travels as JSON. */
interface Notice {
  readonly checkout: string;
  readonly code: string;
  readonly amount: number | null;
  readonly payer: string | null;
}

interface Callback extends Webhook {
  /** Of the order, as it stands in the address that is called. */
  readonly reference: string;
  readonly raw: string;
}

const UNREADABLE = '<h1>Bad Gateway</h1>';

export class Mpesa {
  readonly #world: World;
  readonly #phones: Phones;
  readonly #webhooks: Webhooks<Callback>;
  readonly #payments: Payment[] = [];

  constructor(world: World, phones: Phones) {
    this.#world = world;
    this.#phones = phones;
    this.#webhooks = new Webhooks(world, 'mpesa');
  }

  /** Where callbacks go while this life lasts. */
  plug(take: (reference: string, raw: string) => Promise<void>, fence: Fence): void {
    this.#webhooks.plug(({ reference, raw }) => take(reference, raw), fence);
  }

  programDied(): void {
    this.#webhooks.programDied();
  }

  provider(fence: Fence): PaymentProvider {
    return {
      name: 'daraja',
      request: (payment) => this.#request(payment, fence),
      status: (checkout) => this.#status(checkout, fence),
      parseCallback: readCallback,
      probe: () => Promise.resolve(this.#world.upstreamDown ? { reachable: false, why: 'down' } : { reachable: true }),
    };
  }

  /** The truth, for an operator who asks: null while a phone may still ring. */
  outcomeOf(reference: string): 'paid' | 'not paid' | null {
    const payment = this.#payments.find((one) => one.reference === reference);
    if (payment === undefined) return 'not paid';
    return payment.end === null ? null : payment.end === 'paid' ? 'paid' : 'not paid';
  }

  async #request(asked: PaymentRequest, fence: Fence): Promise<PaymentReport<PaymentAnswer>> {
    const world = this.#world;
    return moneyCall<PaymentAnswer>(
      { world, fence },
      { ...asked, purpose: 'answer', recipient: null },
      {
        name: 'mpesa',
        faults: CHARGING,
        isAway: () => world.upstreamDown,
        refuses() {
          if (!world.strikes('call refused')) return null;
          const ours = world.roll('calls').odds(0.2);
          return { answer: { kind: 'refused', code: '400.002.02', message: 'Bad Request', ours }, evidence: 'answer refused' };
        },
        accepts: () => ({ kind: 'accepted', upstreamReference: this.#ring(asked).checkout }),
      },
    );
  }

  #ring(asked: PaymentRequest): Payment {
    const world = this.#world;
    const payment: Payment = { ...asked, checkout: `ws_CO_${this.#payments.length + 1}`, end: null };
    this.#payments.push(payment);
    if (world.strikes('no prompt shown')) {
      const shown: NotPaid[] = [
        ['1001', 'busy'],
        ['9999', 'not_prompted'],
      ];
      world.agenda.later(world.roll('payers').between(10, 3_000), () => this.#ends(payment, world.roll('payers').pick(shown)));
      return payment;
    }
    this.#phones.ring(asked, {
      decides: () => this.#ends(payment, this.#decided()),
      ignored: () => this.#ends(payment, world.roll('payers').odds(0.5) ? ['1019', 'expired'] : ['1037', 'phone_unreachable']),
    });
    // Before the payer has looked, somebody else may say that it is paid.
    if (world.strikes('webhook forged')) this.#webhooks.send(this.#forged(payment), world.roll('webhooks').between(0, 10_000));
    return payment;
  }

  #decided(): 'paid' | NotPaid {
    const world = this.#world;
    if (world.strikes('payer declines')) return ['1032', 'cancelled'];
    if (world.strikes('wrong PIN')) return ['2001', 'wrong_pin'];
    if (world.strikes('too little money')) return ['1', 'too_little_money'];
    return 'paid';
  }

  #ends(payment: Payment, end: 'paid' | NotPaid): void {
    const world = this.#world;
    payment.end = end;
    const paid = end === 'paid';
    if (paid) world.watch.charged(payment.reference);
    world.tell('phone', `${payment.payer} ${paid ? 'pays' : `does not pay (${end[1]})`} for ${payment.reference}`);
    const { checkout, amountKes, payer } = payment;
    const notice: Notice = paid
      ? { checkout, code: '0', amount: amountKes, payer }
      : { checkout, code: end[0], amount: null, payer: null };
    this.#webhooks.tell(this.#sent(payment.reference, notice, true), {
      contradicting: () => this.#sent(payment.reference, { ...notice, code: paid ? '1032' : '0' }, true),
      forged: () => this.#forged(payment),
    });
  }

  // ---- questions ------------------------------------------------------------------------------------------------------------

  async #status(checkout: string, fence: Fence): Promise<PaymentReport<PaymentStatus>> {
    const world = this.#world;
    const roll = world.roll('questions');
    await fence.passing('ask', 'before');
    await fence.pause(world.strikes('question slow') ? roll.between(3_000, 30_000) : roll.between(50, 1_000));
    const payment = this.#payments.find((one) => one.checkout === checkout);
    const answer: PaymentStatus =
      world.upstreamDown || world.strikes('question unanswered') || payment === undefined
        ? { kind: 'unknown', why: 'no answer' }
        : statusOf(payment);
    await fence.passing('asked', 'before');
    world.tell('mpesa', `says of ${checkout}: ${answer.kind}`);
    if (answer.kind === 'paid' && payment !== undefined) world.watch.told(payment.reference, 'status paid');
    if (answer.kind === 'not_paid' && payment !== undefined) world.watch.told(payment.reference, 'status not paid');
    return { answer, raw: JSON.stringify(answer) };
  }

  // ---- callbacks ------------------------------------------------------------------------------------------------------------

  #sent(reference: string, notice: Notice, genuine: boolean): Callback {
    const unreadable = this.#world.strikes('callback unreadable');
    const { checkout, code, amount } = notice;
    return {
      reference,
      raw: unreadable ? UNREADABLE : JSON.stringify(notice),
      says: unreadable ? `${reference} unreadable` : `${reference} ${checkout} ${code} KES ${amount ?? '?'}`,
      genuine,
      arrived: () => undefined,
      taken: () => undefined,
    };
  }

  /**
   * As somebody might send it who knows this order's own address and reads along: that it is paid, under whatever name they know. A name
   * that the program never wrote down is beyond what it promises (docs/security.md).
   */
  #forged({ reference, checkout, amountKes, payer }: Payment): Callback {
    const roll = this.#world.roll('webhooks');
    const others = this.#payments.filter((one) => one.reference !== reference && this.#isWritten(one));
    const another = others.length === 0 ? 'ws_CO_999' : roll.pick(others).checkout;
    const notice: Notice = { checkout, code: '0', amount: amountKes, payer };
    // Another payment's name is what may do harm, where there is one.
    const kind = others.length > 0 && roll.odds(0.7) ? roll.between(4, 5) : roll.between(0, 5);
    if (kind === 0) return this.#sent(reference, notice, false);
    if (kind === 1) return this.#sent(reference, { ...notice, amount: amountKes * 10 }, false);
    if (kind === 2) return this.#sent(reference, { ...notice, payer: '254799999999' }, false);
    if (kind === 3) return this.#sent('JZ23467999', notice, false);
    if (kind === 4) return this.#sent(reference, { ...notice, checkout: another }, false);
    return this.#sent(reference, { checkout: another, code: roll.pick(['0', '1032']), amount: null, payer: null }, false);
  }

  #isWritten({ checkout }: Payment): boolean {
    const { db } = this.#world.disk.store;
    return db.prepare<[string]>('SELECT 1 FROM payment_name WHERE name = ?').get(checkout) !== undefined;
  }
}

function statusOf({ end }: Payment): PaymentStatus {
  if (end === null) return { kind: 'pending' };
  if (end === 'paid') return { kind: 'paid', code: '0' };
  const [code, reason] = end;
  return { kind: 'not_paid', code, reason, message: 'No luck' };
}

/** Another for every payment. */
const receiptOf = (checkout: string): string =>
  `N${checkout
    .replace(/[^A-Za-z0-9]/g, '')
    .toUpperCase()
    .slice(-9)
    .padStart(9, '0')}`;

function readCallback(raw: string): CallbackReading {
  if (raw === UNREADABLE) return { kind: 'unreadable', why: 'not JSON' };
  const { checkout, code, amount, payer } = JSON.parse(raw) as Notice;
  const receipt = code === '0' ? receiptOf(checkout) : null;
  return { kind: 'read', upstreamReference: checkout, code, amountKes: amount, receipt, payer };
}
