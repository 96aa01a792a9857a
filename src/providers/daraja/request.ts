/**
 * Owns what is sent to Daraja: the push that rings the payer's phone and the question what became of it, each signed with a password
 * made of the passkey and the minute. Values are texts, as in Safaricom's own samples.
 */

import type { Instant } from '../../lib/clock.ts';
import type { PaymentRequest } from '../../ports/payment-provider.ts';
import { clockInNairobi } from '../../domain/nairobi.ts';

export interface Merchant {
  readonly shortcode: string;
  readonly passkey: string;
  /** The till that is paid (Buy Goods); null: the shortcode is a PayBill, and is paid itself. */
  readonly till: string | null;
  /** Where M-Pesa tells what became of the payment of the order with this reference; null: this shop cannot be reached. */
  readonly callbackAddress: ((reference: string) => string) | null;
}

/** What makes a request the shop's own, for the minute it is made in. */
export interface Signature {
  readonly BusinessShortCode: string;
  readonly Password: string;
  readonly Timestamp: string;
}

const MAX_ACCOUNT_REFERENCE = 12;
/** Thirteen characters at most. */
const DESCRIPTION = 'SMS bundle';
/** The field is required. This name exists nowhere (RFC 2606), so that nobody else hears of payments. */
const NOBODY = 'https://no-callback.invalid/';

export function pushBody(merchant: Merchant, payment: PaymentRequest, signature: Signature): string {
  return JSON.stringify({
    ...signature,
    TransactionType: merchant.till === null ? 'CustomerPayBillOnline' : 'CustomerBuyGoodsOnline',
    Amount: String(payment.amountKes),
    PartyA: payment.payer,
    PartyB: merchant.till ?? merchant.shortcode,
    PhoneNumber: payment.payer,
    CallBackURL: merchant.callbackAddress?.(payment.reference) ?? NOBODY,
    AccountReference: payment.reference.slice(0, MAX_ACCOUNT_REFERENCE),
    TransactionDesc: DESCRIPTION,
  });
}

export function queryBody(checkoutRequestId: string, signature: Signature): string {
  return JSON.stringify({ ...signature, CheckoutRequestID: checkoutRequestId });
}

export function signatureOf({ shortcode, passkey }: Merchant, at: Instant): Signature {
  const timestamp = clockInNairobi(at).replace(/\D/g, '');
  const password = Buffer.from(`${shortcode}${passkey}${timestamp}`).toString('base64');
  return { BusinessShortCode: shortcode, Password: password, Timestamp: timestamp };
}
