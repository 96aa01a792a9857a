/**
 * Owns the ways in which the simulated upstreams can be told to misbehave at the next purchase or push, and their spelling: one
 * vocabulary for both. A fault that only one of them knows waits for that one.
 */

import { err, ok, type Result } from '../lib/result.ts';
import { RESULTS } from './push-results.ts';

export type Fault =
  /** The request is taken, the phone does not ring, the connection stays open until somebody closes it. */
  | 'timeout'
  /** HTTP 500, and nothing happens. */
  | '500'
  /** An unreadable answer, and nothing happens. */
  | 'garbage'
  /** HTTP 500, but the phone rings, and the webhook comes when the payer has answered. */
  | 'charged-500'
  | 'webhook-twice'
  | 'webhook-lost'
  /** A failure with this code, of airtime or of a push, and nothing happens. */
  | `refuse:${string}`
  /** A push is accepted and ends with this code at once: no phone rings, and the callback comes before the answer. */
  | `result:${string}`;

const PLAIN_FAULTS: readonly Fault[] = ['timeout', '500', 'garbage', 'charged-500', 'webhook-twice', 'webhook-lost'];

/** The documented failures of a purchase (airtime-api.txt, "Status"), and 7000, the gap in their numbering. */
export const FAILURES: ReadonlyMap<string, string> = new Map([
  ['1000', 'Invalid API Request'],
  ['2000', 'Invalid Request Method'],
  ['3000', 'Missing or Invalid Parameters'],
  ['4000', 'Invalid API Token'],
  ['5000', 'Request Not Allowed'],
  ['6000', 'Invalid Account'],
  ['7000', 'Undocumented'],
  ['8000', 'Purchase Cancelled'],
  ['9000', 'Gateway Error'],
]);

/** Failures of a push, with the status of HTTP that each comes under. */
export const PUSH_ERRORS: ReadonlyMap<string, { readonly status: number; readonly message: string }> = new Map([
  ['400.002.02', { status: 400, message: 'Bad Request - Invalid PhoneNumber' }],
  ['400.002.05', { status: 400, message: 'Invalid Request Payload' }],
  ['404.001.03', { status: 404, message: 'Invalid Access Token' }],
  [
    '500.001.1001',
    { status: 500, message: 'Unable to lock subscriber, a transaction is already in process for the current subscriber' },
  ],
  ['500.003.1001', { status: 500, message: 'Internal Server Error' }],
]);

/** The error says what may be written instead. */
export function parseFault(text: string): Result<Fault, string> {
  const plain = PLAIN_FAULTS.find((fault) => fault === text);
  if (plain !== undefined) return ok(plain);
  const refusal = /^refuse:([\d.]+)$/.exec(text)?.[1];
  if (refusal !== undefined && (FAILURES.has(refusal) || PUSH_ERRORS.has(refusal))) return ok<Fault>(`refuse:${refusal}`);
  const result = /^result:(\d+)$/.exec(text)?.[1];
  if (result !== undefined && RESULTS.has(result)) return ok<Fault>(`result:${result}`);
  const list = (codes: Iterable<string>): string => [...codes].join(', ');
  return err(
    `no such fault; there are ${PLAIN_FAULTS.join(', ')}; refuse:CODE with a CODE of ${list(FAILURES.keys())} (airtime) ` +
      `or ${list(PUSH_ERRORS.keys())} (M-Pesa); and result:CODE with a CODE of ${list(RESULTS.keys())} (M-Pesa)`,
  );
}

/** Whether the next call to this upstream is the one that it was meant for. */
export function isMeantFor(fault: Fault, upstream: 'airtime' | 'push'): boolean {
  if (fault.startsWith('result:')) return upstream === 'push';
  if (!fault.startsWith('refuse:')) return true;
  return upstream === 'airtime' ? FAILURES.has(fault.slice('refuse:'.length)) : PUSH_ERRORS.has(fault.slice('refuse:'.length));
}
