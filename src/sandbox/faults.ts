/** Owns the ways in which the simulated upstream can be told to misbehave at the next purchase, and their spelling. */

import { err, ok, type Result } from '../lib/result.ts';

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
  /** A failure with this code, and nothing happens. */
  | `refuse:${string}`;

const PLAIN_FAULTS: readonly Fault[] = ['timeout', '500', 'garbage', 'charged-500', 'webhook-twice', 'webhook-lost'];

/** The documented failures (airtime-api.txt, "Status"), and 7000, the gap in their numbering. */
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

/** The error says what may be written instead. */
export function parseFault(text: string): Result<Fault, string> {
  const plain = PLAIN_FAULTS.find((fault) => fault === text);
  if (plain !== undefined) return ok(plain);
  const code = /^refuse:(\d{4})$/.exec(text)?.[1];
  if (code !== undefined && FAILURES.has(code)) return ok<Fault>(`refuse:${code}`);
  const codes = [...FAILURES.keys()].join(', ');
  return err(`no such fault; there are ${PLAIN_FAULTS.join(', ')}, and refuse:CODE with a CODE of ${codes}`);
}
