/** Owns the settings of payments by M-Pesa (Daraja), and the rules on when they are real, simulated or off. */

import { z } from 'zod';
import { address, pathSecret, whole } from './config-values.ts';

export const DARAJA_HOST = 'https://api.safaricom.co.ke';

const credential = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]{1,500}$/, 'must be as Safaricom gave it: no spaces, and 500 characters at most');
const businessNumber = z
  .string()
  .trim()
  .regex(/^\d{5,7}$/, 'must have 5 to 7 digits');

export const DARAJA_SETTINGS = {
  DARAJA_CONSUMER_KEY: credential
    .optional()
    .describe('The key of your app at Safaricom (developer.safaricom.co.ke). Turns payments by M-Pesa on, for SMS.'),
  DARAJA_CONSUMER_SECRET: credential.optional().describe('The secret of that app.'),
  DARAJA_SHORTCODE: businessNumber.optional().describe('Your PayBill number; with DARAJA_TILL the store number of that till.'),
  DARAJA_PASSKEY: credential.optional().describe('The passkey that Safaricom gave you for that number.'),
  DARAJA_TILL: businessNumber.optional().describe('Your till number, if you have Buy Goods and no PayBill.'),
  DARAJA_BASE_URL: address.optional().describe(`Where M-Pesa is; default ${DARAJA_HOST}.`),
  DARAJA_TIMEOUT_MS: whole(100, 300_000).default(30_000).describe('How long an answer of M-Pesa is waited for.'),
  DARAJA_CALLBACK_SECRET: pathSecret
    .optional()
    .describe(
      'A secret from which each order gets an address of its own, below <PUBLIC_URL>/webhooks/daraja/, for M-Pesa to call back at.',
    ),
};

export const DARAJA_EXAMPLES: Readonly<Record<string, string>> = {
  DARAJA_SHORTCODE: '174379',
  DARAJA_TILL: '174379',
  DARAJA_BASE_URL: DARAJA_HOST,
  DARAJA_TIMEOUT_MS: '30000',
};

interface Wire {
  readonly timeoutMs: number;
  /** Null: M-Pesa does not call back, and payments are found by asking. */
  readonly callbackSecret: string | null;
}

export type DarajaConfig =
  | (Wire & {
      readonly kind: 'real';
      readonly baseUrl: string;
      readonly consumerKey: string;
      readonly consumerSecret: string;
      readonly shortcode: string;
      readonly passkey: string;
      /** Null: the shortcode is a PayBill. */
      readonly till: string | null;
    })
  | (Wire & { readonly kind: 'simulated' })
  | { readonly kind: 'off' };

const settings = z.object(DARAJA_SETTINGS);
type Given = Readonly<Record<string, string | undefined>>;

/** None of them does anything without the others. */
const NEEDED = ['DARAJA_CONSUMER_KEY', 'DARAJA_CONSUMER_SECRET', 'DARAJA_SHORTCODE', 'DARAJA_PASSKEY'] as const;
const USELESS_ALONE = [...NEEDED, 'DARAJA_TILL', 'DARAJA_BASE_URL'] as const;

export function darajaConfigured(set: Given): boolean {
  return NEEDED.some((key) => set[key] !== undefined);
}

export function darajaOf(env: z.infer<typeof settings>, simulate: boolean): DarajaConfig {
  const { DARAJA_CONSUMER_KEY: consumerKey, DARAJA_CONSUMER_SECRET: consumerSecret } = env;
  const { DARAJA_SHORTCODE: shortcode, DARAJA_PASSKEY: passkey } = env;
  const wire: Wire = { timeoutMs: env.DARAJA_TIMEOUT_MS, callbackSecret: env.DARAJA_CALLBACK_SECRET ?? null };
  if (consumerKey !== undefined && consumerSecret !== undefined && shortcode !== undefined && passkey !== undefined) {
    const baseUrl = env.DARAJA_BASE_URL ?? DARAJA_HOST;
    return { kind: 'real', baseUrl, consumerKey, consumerSecret, shortcode, passkey, till: env.DARAJA_TILL ?? null, ...wire };
  }
  return simulate ? { kind: 'simulated', ...wire } : { kind: 'off' };
}

/** Every key that is missing, once one is there that does nothing alone. */
export function halfSetDaraja(set: Given): string[] {
  const given = USELESS_ALONE.find((key) => set[key] !== undefined);
  if (given === undefined) return [];
  return NEEDED.filter((key) => set[key] === undefined).map(
    (key) => `${key}: is missing, though ${given} is set. Payments by M-Pesa need it too; or remove ${given}.`,
  );
}
