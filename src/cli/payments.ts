/** Owns what the doctor says of payments by M-Pesa: whether they are real, whether it is reachable, and whether it can call back. */

import type { Config } from '../config.ts';
import type { DarajaConfig } from '../config-daraja.ts';
import { probe } from '../lib/single-post.ts';
import { callbackAddressOf } from '../payments.ts';
import type { Finding } from './doctor.ts';

const KEYS = 'DARAJA_CONSUMER_KEY, DARAJA_CONSUMER_SECRET, DARAJA_SHORTCODE and DARAJA_PASSKEY';

export async function payments({ daraja, publicUrl }: Config, patienceMs: number): Promise<Finding[]> {
  if (daraja.kind === 'simulated')
    return [{ mark: 'note', text: `Payments by M-Pesa are SIMULATED: set ${KEYS} to be paid for SMS` }];
  if (daraja.kind === 'off') return [{ mark: 'note', text: `Payments by M-Pesa are off, so nobody can buy SMS: set ${KEYS}` }];
  const reached = await probe(daraja.baseUrl, patienceMs);
  const mpesa: Finding = reached.reachable
    ? { mark: 'ok', text: `M-Pesa: ${daraja.baseUrl} is reachable (the keys are tried with the first payment)` }
    : { mark: 'wrong', text: `M-Pesa: ${daraja.baseUrl} is not reachable (${reached.why}). Nobody can pay for SMS until it is` };
  return [mpesa, callbacks(daraja, publicUrl)];
}

const SLOWER = 'M-Pesa cannot tell us of payments. They are found by asking, so it works, and people wait a little longer';

function callbacks(daraja: Extract<DarajaConfig, { kind: 'real' }>, publicUrl: string | null): Finding {
  if (callbackAddressOf(daraja, publicUrl) !== null)
    return { mark: 'ok', text: `M-Pesa calls back at an address of its own for each order, below ${publicUrl}/webhooks/daraja/` };
  if (publicUrl === null) return { mark: 'note', text: `PUBLIC_URL is not set: ${SLOWER}` };
  if (daraja.callbackSecret === null) return { mark: 'note', text: `DARAJA_CALLBACK_SECRET is not set: ${SLOWER}` };
  return { mark: 'note', text: `PUBLIC_URL is without https, and M-Pesa calls nothing else: ${SLOWER}` };
}
