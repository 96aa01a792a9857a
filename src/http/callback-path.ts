/**
 * Owns where M-Pesa tells of a payment: each order has an address of its own, made under the shop's secret, so whoever has seen the address
 * of one order (in a log, say) cannot speak of another one.
 */

import { createHmac, timingSafeEqual } from 'node:crypto';

const CALLBACKS = '/webhooks/daraja/';
/** An order's reference. */
const REFERENCE = /^[A-Z0-9]{4,20}$/;

/** `/webhooks/daraja/<22 letters>/<reference>` */
export function callbackPath(reference: string, secret: string): string {
  return `${CALLBACKS}${lockOf(reference, secret)}/${reference}`;
}

/** The order's reference; null: no such address was ever given out. A null secret gives out none. */
export function orderOfCallback(path: string, secret: string | null): string | null {
  if (secret === null || !path.startsWith(CALLBACKS)) return null;
  const [lock = '', reference = '', ...more] = path.slice(CALLBACKS.length).split('/');
  if (more.length > 0 || !REFERENCE.test(reference)) return null;
  // Neither what is given nor its length shows in the time it takes.
  const digest = (text: string): Buffer => createHmac('sha256', secret).update(text).digest();
  return timingSafeEqual(digest(lock), digest(lockOf(reference, secret))) ? reference : null;
}

function lockOf(reference: string, secret: string): string {
  return createHmac('sha256', secret).update(`daraja-callback/${reference}`).digest('base64url').slice(0, 22);
}
