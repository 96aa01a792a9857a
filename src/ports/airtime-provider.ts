/**
 * The port of an airtime provider: one call that moves money, and the webhooks that tell what became of it. The closed list
 * of answers is what domain/order.ts is built on: `unknown` is an answer, and is never retried.
 */

import type { Kes } from '../domain/money.ts';
import type { Msisdn } from '../domain/msisdn.ts';
import type { RefusalCode } from '../domain/order.ts';
import type { PaymentNetwork, RecipientNetwork } from '../domain/networks.ts';

export interface AirtimePurchase {
  /** Our order's reference, sent as `note`: the only thing that a webhook can be matched by when the answer was lost. */
  readonly reference: string;
  readonly recipient: Msisdn;
  /** Only if the person chose it or the provider said it; never guessed from a prefix. */
  readonly recipientNetwork: RecipientNetwork | null;
  readonly recipientName: string | null;
  readonly amountKes: Kes;
  readonly payer: Msisdn;
  readonly paymentNetwork: PaymentNetwork;
}

export type { RefusalCode } from '../domain/order.ts';

export type PurchaseAnswer =
  /** Requested, not delivered: the payer's phone rings now. */
  | { readonly kind: 'accepted'; readonly upstreamReference: string }
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly message: string }
  | { readonly kind: 'cancelled'; readonly message: string }
  /** Provably no byte of the request left: the error came before the socket was connected. `unasked`: the call was not even tried, which says nothing of the upstream. */
  | { readonly kind: 'not_sent'; readonly why: string; readonly unasked?: true }
  /** Anything else. Money may or may not have moved. */
  | { readonly kind: 'unknown'; readonly why: string };

export interface PurchaseReport {
  readonly answer: PurchaseAnswer;
  /** The answer's body as it came, for the record; null when there was none. */
  readonly raw: string | null;
}

export type WebhookReading =
  | {
      readonly kind: 'read';
      /** Our reference, if it was there. */
      readonly note: string | null;
      readonly upstreamReference: string | null;
      readonly amountKes: number | null;
      readonly mobile: string | null;
      readonly outcome: 'positive' | 'cancelled' | 'negative';
      /** The status word as it came. */
      readonly status: string;
    }
  | { readonly kind: 'unreadable'; readonly why: string };

export type Reachability = { readonly reachable: true } | { readonly reachable: false; readonly why: string };

export interface AirtimeProvider {
  readonly name: 'topups';
  /** At most one request per call, never repeated, never redirected. Never throws for what the upstream does. */
  buy(purchase: AirtimePurchase): Promise<PurchaseReport>;
  /** Liberal in shape (JSON, XML, form), strict in nothing: matching is done where orders are known. Never throws. */
  parseWebhook(raw: string, contentType: string | null): Promise<WebhookReading>;
  /** Opens a connection and closes it; sends no request. For `jaza doctor`. */
  probe(): Promise<Reachability>;
}
