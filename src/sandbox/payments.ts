/**
 * Owns what the simulated M-Pesa does with a push: lets the payer's phone ring, keeps what became of it for whoever asks, and calls
 * the shop back. What was promised to misbehave for this payment misbehaves here.
 */

import type { Msisdn } from '../domain/msisdn.ts';
import type { Clock, Instant } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import { clockInNairobi } from '../domain/nairobi.ts';
import type { Fault } from './faults.ts';
import { PAYMENT_ANSWERS, PROMPT_LIFE_MS, type Answer, type PromptBoard } from './prompts.ts';
import { BUSY, EXPIRED, PAID, RESULT_OF, RESULTS } from './push-results.ts';
import type { SendCallback, Webhooks } from './webhooks.ts';

export interface PaymentsParts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly board: PromptBoard;
  readonly webhooks: Webhooks;
  readonly sendCallback: SendCallback;
}

export interface PushRequest {
  readonly payer: Msisdn;
  readonly amountKes: number;
  /** What the payer reads as the account. */
  readonly account: string;
  readonly callbackUrl: string;
}

export interface Payment extends PushRequest {
  readonly checkoutRequestId: string;
  readonly merchantRequestId: string;
  readonly at: Instant;
  /** Null: the payer has not decided. */
  readonly result: { readonly code: string; readonly words: string } | null;
}

export interface Payments {
  /** The phone rings before this resolves, unless it is busy. With a fault that tells the result, the callback comes first. */
  push(request: PushRequest, fault: Fault | null): Promise<Payment>;
  /** Resolves when the callback was answered, if there is one. False: that prompt is not open. */
  answer(reference: string, how: Answer): Promise<boolean>;
  find(checkoutRequestId: string): Payment | null;
  /** Takes the timers back. */
  close(): void;
}

interface Entry extends Payment {
  readonly fault: Fault | null;
  result: Payment['result'];
  takeBack: (() => void) | null;
}

/** The oldest is forgotten first. */
const MAX_PAYMENTS = 10_000;

export function createPayments({ clock, ids, board, webhooks, sendCallback }: PaymentsParts): Payments {
  const payments = new Map<string, Entry>();

  const finish = async (payment: Entry, code: string): Promise<void> => {
    if (payment.result !== null) return;
    payment.result = { code, words: RESULTS.get(code) ?? 'Undocumented' };
    payment.takeBack?.();
    const body = callbackBody(payment, code, ids.id('').slice(0, 7).toUpperCase(), clock.now());
    const times = payment.fault === 'webhook-lost' ? 0 : payment.fault === 'webhook-twice' ? 2 : 1;
    await webhooks.send(
      Array.from({ length: times }, () => body),
      (raw) => sendCallback(payment.callbackUrl, raw),
    );
  };

  const keep = (request: PushRequest, fault: Fault | null): Entry => {
    const id = ids.id('');
    const made = { checkoutRequestId: `ws_CO_SIM_${id}`, merchantRequestId: `SIM-${id.slice(0, 8)}-1`, at: clock.now() };
    const payment: Entry = { ...request, ...made, fault, result: null, takeBack: null };
    payments.set(payment.checkoutRequestId, payment);
    const [oldest] = payments.keys();
    if (payments.size > MAX_PAYMENTS && oldest !== undefined) {
      payments.get(oldest)?.takeBack?.();
      payments.delete(oldest);
    }
    return payment;
  };

  const ring = (payment: Entry): void => {
    const { payer: phone, amountKes, account: note, checkoutRequestId: reference, at } = payment;
    // The prompt's own end at this instant is the board's; an ignored one expires here.
    payment.takeBack = clock.after(PROMPT_LIFE_MS, () => void finish(payment, EXPIRED));
    board.ring({ phone, amountKes, paymentNetwork: 'M-Pesa', recipient: null, reference, note, at, answers: PAYMENT_ANSWERS });
  };

  return {
    push: async (request, fault) => {
      const busy = board.open().some(({ phone, paymentNetwork }) => phone === request.payer && paymentNetwork === 'M-Pesa');
      const payment = keep(request, fault);
      if (fault?.startsWith('result:') === true) await finish(payment, fault.slice('result:'.length));
      else if (busy) void finish(payment, BUSY);
      else ring(payment);
      return payment;
    },
    answer: async (reference, how) => {
      const payment = payments.get(reference);
      if (payment === undefined || !board.end(reference, how)) return false;
      if (how !== 'ignore') await finish(payment, RESULT_OF[how]);
      return true;
    },
    find: (checkoutRequestId) => payments.get(checkoutRequestId) ?? null,
    close: () => {
      for (const { takeBack } of payments.values()) takeBack?.();
    },
  };
}

function callbackBody(payment: Entry, code: string, receipt: string, at: Instant): string {
  const { checkoutRequestId, merchantRequestId, amountKes, payer, result } = payment;
  const items = [
    { Name: 'Amount', Value: amountKes },
    { Name: 'MpesaReceiptNumber', Value: `SIM${receipt}` },
    { Name: 'Balance' },
    { Name: 'TransactionDate', Value: Number(clockInNairobi(at).replace(/\D/g, '')) },
    { Name: 'PhoneNumber', Value: Number(payer) },
  ];
  return JSON.stringify({
    Body: {
      stkCallback: {
        MerchantRequestID: merchantRequestId,
        CheckoutRequestID: checkoutRequestId,
        ResultCode: Number(code),
        ResultDesc: result?.words,
        ...(code === PAID ? { CallbackMetadata: { Item: items } } : {}),
      },
    },
  });
}
