/** Owns the settings of a remote SMS wallet (a server of sms-wallet-api.txt), and the rules on when it is used and how it is spoken to. */

import { z } from 'zod';
import { address, isLoopback, onOff, whole } from './config-values.ts';

const apiKey = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]{1,500}$/, 'must be as that server gave it: no spaces, and 500 characters at most');

const serverAddress = address
  .refine(
    (value) => value.startsWith('https:') || isLoopback(value),
    'must begin with https://: its key would travel in the open. Only on this machine (127.0.0.1, localhost) may it be http://',
  )
  .refine((value) => !/\/api\/?$/.test(value), 'leave /api away: it is added to the address');

export const TUKU_SETTINGS = {
  TUKU_BASE_URL: serverAddress
    .optional()
    .describe(
      'Another server that keeps the SMS wallets of your customers (its address without /api). Unset: they are kept here.',
    ),
  TUKU_API_KEY: apiKey
    .optional()
    .describe('Your key there: it must be allowed to top up, to read balances and prices, and to be believed about payments.'),
  TUKU_TIMEOUT_MS: whole(100, 120_000).default(30_000).describe('How long an answer of that server is waited for.'),
  TUKU_HIDES_OWN_SMS: onOff
    .default(false)
    .describe('on: start though wallets here still hold SMS, which their owners then neither see nor use.'),
};

export const TUKU_EXAMPLES: Readonly<Record<string, string>> = {
  TUKU_BASE_URL: 'https://sms.example.co.ke',
  TUKU_TIMEOUT_MS: '30000',
  TUKU_HIDES_OWN_SMS: 'off',
};

/** Null: wallets are kept here, on our own ledger. */
export type TukuConfig = {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly timeoutMs: number;
  /** SMS that our own wallets still hold may be out of sight. */
  readonly hidesOwnSms: boolean;
} | null;

const settings = z.object(TUKU_SETTINGS);
type Given = Readonly<Record<string, string | undefined>>;

export function tukuConfigured(set: Given): boolean {
  return set.TUKU_BASE_URL !== undefined || set.TUKU_API_KEY !== undefined;
}

export function tukuOf({
  TUKU_BASE_URL: baseUrl,
  TUKU_API_KEY: key,
  TUKU_TIMEOUT_MS: timeoutMs,
  TUKU_HIDES_OWN_SMS: hidesOwnSms,
}: z.infer<typeof settings>): TukuConfig {
  return baseUrl === undefined || key === undefined ? null : { baseUrl, apiKey: key, timeoutMs, hidesOwnSms };
}

/** `paysSimulated`: payments by M-Pesa are simulated, so nobody pays for what would be added there. */
export function contradictoryTuku(set: Given, paysSimulated: boolean): string[] {
  const half = (key: string, other: string, hint: string): string[] =>
    set[key] === undefined && set[other] !== undefined ? [`${key}: is missing, though ${other} is set. ${hint}`] : [];
  const wrong = [
    ...half('TUKU_API_KEY', 'TUKU_BASE_URL', 'Set your key at that server; or remove the address, to keep wallets here.'),
    ...half('TUKU_BASE_URL', 'TUKU_API_KEY', 'Set the address of that server; or remove the key, to keep wallets here.'),
  ];
  const { TUKU_BASE_URL: url, TUKU_API_KEY: key } = set;
  if (url !== undefined && key !== undefined && paysSimulated && URL.canParse(url) && !isLoopback(url))
    wrong.push(
      'TUKU_BASE_URL: payments by M-Pesa are simulated, and real SMS would be added there for them. Set DARAJA_CONSUMER_KEY and what belongs to it; or SANDBOX=off, to sell none; or try with a server on this machine.',
    );
  return wrong;
}
