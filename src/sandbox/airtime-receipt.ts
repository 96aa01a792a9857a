/** Owns what the simulated upstream says of a purchase, in the layout of the specification's examples: receipts and failures. */

import type { Instant } from '../lib/clock.ts';
import type { AirtimeRequest } from './airtime-fields.ts';
import type { Document } from './airtime-document.ts';
import { FAILURES } from './faults.ts';
import { clockInNairobi } from '../domain/nairobi.ts';

export interface ReceiptState {
  readonly type: 'SUCCESS' | 'FAIL';
  readonly code: string;
  readonly message: string;
  /** The state of the purchase, which is not the envelope's. */
  readonly status: 'Requested' | 'Success' | 'Cancelled';
  /** The telco's own code; blank until there is one. */
  readonly telcoCode: string;
}

export const REQUESTED: ReceiptState = {
  type: 'SUCCESS',
  code: '0000',
  message: 'Airtime Requested',
  status: 'Requested',
  telcoCode: '',
};

export interface ReceiptOf {
  readonly request: AirtimeRequest;
  readonly reference: string;
  readonly at: Instant;
  readonly businessName: string;
}

export function receipt({ request, reference, at, businessName }: ReceiptOf, state: ReceiptState): Document {
  return {
    status: { type: state.type, code: state.code, message: state.message },
    data: {
      errors: [],
      sender: { name: businessName, mobile: '254733000000', email: 'admin@demo.com' },
      recipient: { name: request.recipientName, mobile: request.recipient, email: request.recipientEmail },
      payment: { network: request.paymentNetwork, name: request.payerName, mobile: request.payer, email: request.payerEmail },
      transaction: {
        type: 'Airtime',
        reference,
        date: clockInNairobi(at),
        status: state.status,
        currency: 'KES',
        amount: String(request.amountKes),
        note: request.note,
        code: state.telcoCode,
        source: 'API',
        country: 'KE',
        network: request.network,
      },
      messaging: { sender: '', recipient: '', message: '' },
      // The payer pays each purchase, so the balance of the channel does not move.
      channel: { type: 'Airtime', currency: 'KES', balance: '41126.00' },
    },
  };
}

export function failure(code: string, errors: readonly string[] = []): Document {
  return { status: { type: 'FAIL', code, message: FAILURES.get(code) ?? 'Undocumented' }, data: { errors } };
}

/** "R220925.0018.220016": day, hour and minute, then seconds and a running number. */
export function telcoCode(at: Instant, running: number): string {
  const [day = '', time = ''] = clockInNairobi(at).split(' ');
  const digits = time.replaceAll(':', '');
  return `R${day.replaceAll('-', '').slice(2)}.${digits.slice(0, 4)}.${digits.slice(4)}${String(running % 10_000).padStart(4, '0')}`;
}
