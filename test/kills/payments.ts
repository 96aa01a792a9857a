/**
 * Owns the provider of payments that the killed program asks: M-Pesa's three endpoints in another process than the program's. It counts
 * every push, charges or does not as each payer's plan says, answers questions with the truth, and calls back to a shop that may be dead.
 */

import { setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sleep } from '../../src/lib/clock.ts';
import type { UpstreamPlan } from './plan.ts';
import { bodyOf, post, readFields, repeated, type Purchase, type UpstreamOptions } from './upstream.ts';

/** A payment is a purchase of the provider's service: `delivered` is paid, `cancelled` is not. */
export interface PaymentsUpstream {
  readonly url: string;
  readonly payments: ReadonlyMap<string, Purchase>;
  /** Pushes that broke off before they could be read. */
  readonly unread: () => number;
  /** Resolves when every callback that is repeated until it is taken was taken. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export const SHOP = {
  DARAJA_CONSUMER_KEY: 'key',
  DARAJA_CONSUMER_SECRET: 'secret',
  DARAJA_SHORTCODE: '174379',
  DARAJA_PASSKEY: 'pass',
};

interface Payment extends Purchase {
  readonly checkout: string;
  readonly callbackUrl: string;
}

export async function openKillsPayments(options: Omit<UpstreamOptions, 'webhookUrl'>): Promise<PaymentsUpstream> {
  const payments = new Map<string, Payment>();
  const callbacks = new Set<Promise<void>>();
  const closing = new AbortController();
  setMaxListeners(0, closing.signal);
  let unread = 0;
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => serve(request, readFields(body) ?? {}, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  function serve(request: IncomingMessage, fields: Purchase['fields'], response: ServerResponse): void {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/oauth/v1/generate') return json(response, 200, { access_token: 'token', expires_in: '3599' });
    if (pathname === '/mpesa/stkpushquery/v1/query') return told(fields['CheckoutRequestID'] ?? '', response);
    const reference = fields['AccountReference'];
    // Nobody can act on half a push, nor tell whose it was.
    if (reference === undefined) unread += 1;
    else pushed(reference, fields, response);
  }

  function pushed(note: string, fields: Purchase['fields'], response: ServerResponse): void {
    const payer = fields['PhoneNumber'] ?? '';
    const plan = options.planFor(payer);
    const payment: Payment = payments.get(note) ?? {
      note,
      fields: { payment_mobile: payer, mobile: '', amount: fields['Amount'] ?? '' },
      checkout: `ws_CO_${note}`,
      callbackUrl: fields['CallBackURL'] ?? '',
      requests: 0,
      ended: null,
      webhookTaken: false,
    };
    payments.set(note, payment);
    payment.requests += 1;
    if (plan.answer === 'refuse') payment.ended = 'refused';
    options.reached('call');
    void answer(payment, plan, response);
    if (plan.answer === 'refuse' || plan.payer === 'ignores') return;
    const following = follow(payment, plan);
    callbacks.add(following);
    void following.then(() => callbacks.delete(following));
  }

  async function answer({ checkout }: Payment, plan: UpstreamPlan, response: ServerResponse): Promise<void> {
    if (plan.answer === 'hold') return;
    await sleep(plan.answerAfterMs, closing.signal);
    if (plan.answer === 'drop') return void response.destroy();
    if (plan.answer === 'lost') response.writeHead(500).end('<h1>Internal Server Error</h1>');
    else if (plan.answer === 'refuse') json(response, 400, failure('400.002.02', 'Bad Request - Invalid PhoneNumber'));
    else json(response, 200, { ...accepted(checkout), ResponseDescription: 'Success. Request accepted for processing' });
    options.reached('answer');
  }

  /** The payer decides; the shop is called back as planned. */
  async function follow(payment: Payment, plan: UpstreamPlan): Promise<void> {
    await sleep(plan.webhookAfterMs, closing.signal);
    payment.ended = plan.payer === 'approves' ? 'delivered' : 'cancelled';
    const send = (): Promise<boolean> => post(payment.callbackUrl, callbackOf(payment));
    await repeated(plan.webhook, send, {
      signal: closing.signal,
      reached: options.reached,
      taken: () => (payment.webhookTaken = true),
    });
  }

  /** Whoever asks is told the truth. */
  function told(checkout: string, response: ServerResponse): void {
    const payment = [...payments.values()].find((one) => one.checkout === checkout);
    if (payment === undefined) return json(response, 400, failure('400.002.02', 'Bad Request - Invalid CheckoutRequestID'));
    if (payment.ended === null) return json(response, 500, failure('500.001.1001', 'The transaction is being processed'));
    json(response, 200, { ...accepted(checkout), ...resultOf(payment) });
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    payments,
    unread: () => unread,
    settled: async () => {
      while (callbacks.size > 0) await Promise.all(callbacks);
    },
    close: async () => {
      closing.abort();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function resultOf({ ended }: Payment): { readonly ResultCode: string; readonly ResultDesc: string } {
  return ended === 'delivered'
    ? { ResultCode: '0', ResultDesc: 'The service request is processed successfully.' }
    : { ResultCode: '1032', ResultDesc: 'Request cancelled by user' };
}

function callbackOf(payment: Payment): string {
  const { checkout, ended, fields } = payment;
  const items = [
    { Name: 'Amount', Value: Number(fields['amount']) },
    { Name: 'MpesaReceiptNumber', Value: 'NLJ7RT61SV' },
    { Name: 'PhoneNumber', Value: Number(fields['payment_mobile']) },
  ];
  const { ResultCode, ResultDesc } = resultOf(payment);
  const metadata = ended === 'delivered' ? { CallbackMetadata: { Item: items } } : {};
  const stkCallback = {
    MerchantRequestID: '1',
    CheckoutRequestID: checkout,
    ResultCode: Number(ResultCode),
    ResultDesc,
    ...metadata,
  };
  return JSON.stringify({ Body: { stkCallback } });
}

const accepted = (checkout: string) => ({ MerchantRequestID: '1', CheckoutRequestID: checkout, ResponseCode: '0' });
const failure = (errorCode: string, errorMessage: string) => ({ requestId: '1', errorCode, errorMessage });

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
