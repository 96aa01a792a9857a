/**
 * The port of a provider that takes a payment and delivers nothing itself (M-Pesa STK push): one request that rings the payer's phone, a
 * question that may be asked as often as needed, and callbacks, which nobody signs: they say when to ask, never what is believed.
 */

import type { Kes } from '../domain/money.ts';
import type { Msisdn } from '../domain/msisdn.ts';
import type { NotPaidReason } from '../domain/order.ts';
import type { Reachability } from './airtime-provider.ts';

export interface PaymentRequest {
  /** Our order's reference: part of the callback's address, so that a payment is found though the answer was lost. */
  readonly reference: string;
  readonly payer: Msisdn;
  /** Whole shillings. */
  readonly amountKes: Kes;
}

export type PaymentAnswer =
  /** Requested, not paid: the payer's phone rings now. `upstreamReference` is what is asked about later. */
  | { readonly kind: 'accepted'; readonly upstreamReference: string }
  /** A clear no: nobody's phone rings. `ours`: credentials or set-up, so every request fails until the shop mends it. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string; readonly ours: boolean }
  /** Provably no byte of the request left. `unasked`: it was not even tried. */
  | { readonly kind: 'not_sent'; readonly why: string; readonly unasked?: true }
  /** Anything else: the phone may ring. */
  | { readonly kind: 'unknown'; readonly why: string };

export type PaymentStatus =
  | { readonly kind: 'paid'; readonly code: string }
  | { readonly kind: 'not_paid'; readonly code: string; readonly reason: NotPaidReason; readonly message: string }
  /** The payer has not decided yet. */
  | { readonly kind: 'pending' }
  /** It could not be asked, or the answer could not be read: asked again later. */
  | { readonly kind: 'unknown'; readonly why: string };

export type CallbackReading =
  | {
      readonly kind: 'read';
      readonly upstreamReference: string;
      readonly code: string;
      /** Of a payment that was made. */
      readonly amountKes: number | null;
      readonly receipt: string | null;
      readonly payer: string | null;
    }
  | { readonly kind: 'unreadable'; readonly why: string };

export interface PaymentReport<A> {
  readonly answer: A;
  /** The answer's body as it came, for the record; null when there was none. Holds no secret. */
  readonly raw: string | null;
}

export interface PaymentProvider {
  readonly name: 'daraja';
  /** At most one prompt per call, never repeated, never redirected. Never throws for what the upstream does. */
  request(payment: PaymentRequest): Promise<PaymentReport<PaymentAnswer>>;
  /** Moves nothing, so it may be asked again. Never throws for what the upstream does. */
  status(upstreamReference: string): Promise<PaymentReport<PaymentStatus>>;
  /** Never throws. */
  parseCallback(raw: string): CallbackReading;
  /** Opens a connection and closes it; sends no request. For `jaza doctor`. */
  probe(): Promise<Reachability>;
}
