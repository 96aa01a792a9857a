/** Owns the kinds of values that settings have, and what is said of one that cannot be read. The value itself is never said: it may be a secret. */

import { z } from 'zod';

export const text = (most = 1_000): z.ZodType<string, string> =>
  z.string().trim().min(1, 'must not be empty').max(most, `must have ${most} characters at most`);

export const oneOf = <const T extends readonly [string, string, ...string[]]>(
  ...values: T
): z.ZodEnum<z.core.util.ToEnum<T[number]>> => z.enum(values, `must be ${values.slice(0, -1).join(', ')} or ${values.at(-1)}`);

export const whole = (least: number, most: number): z.ZodType<number, string> => {
  const range = `must be a whole number from ${least} to ${most}`;
  const digits = z
    .string()
    .trim()
    .regex(/^\d{1,9}$/, range)
    .transform(Number);
  return digits.pipe(z.number().min(least, range).max(most, range));
};

export const onOff = oneOf('on', 'off').transform((value) => value === 'on');

/** Without slashes at its end. */
export const address = z
  .url({ protocol: /^https?$/, hostname: /.+/, error: 'must be an address that begins with http:// or https://' })
  .transform((value) => value.replace(/\/+$/, ''));

/** The only lock of an address that strangers may try: 128 bits at least. */
export const pathSecret = z
  .string()
  .regex(/^[A-Za-z0-9_-]{22,}$/, 'must have 22 letters, digits, - or _ at least; this makes one: openssl rand -hex 16');

/** An address on this machine: what is said to it leaves it nowhere. */
export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
