/**
 * Owns the settings: one schema of the environment, one help line per key, and the rules on what is real, simulated or off. All
 * that is wrong is reported at once; half a configuration never starts.
 */

import { z } from 'zod';
import {
  DARAJA_EXAMPLES,
  DARAJA_SETTINGS,
  darajaConfigured,
  darajaOf,
  halfSetDaraja,
  type DarajaConfig,
} from './config-daraja.ts';
import {
  fastMessageOf,
  halfSetNotifiers,
  NOTIFIER_EXAMPLES,
  NOTIFIER_SETTINGS,
  notifiersConfigured,
  smtpOf,
  type FastMessageConfig,
  type SmtpConfig,
} from './config-notifiers.ts';
import { contradictoryTuku, TUKU_EXAMPLES, TUKU_SETTINGS, tukuConfigured, tukuOf, type TukuConfig } from './config-tuku.ts';
import { address, onOff, oneOf, pathSecret, text, whole } from './config-values.ts';
import type { BreakerRules } from './domain/breaker.ts';
import { MOST_STRANGERS, RECALLED, type Limits } from './domain/limits.ts';
import { err, ok, type Result } from './lib/result.ts';
import type { LogLevel } from './lib/log.ts';

/** Something that a customer can dial, write to or open; words around it are welcome. */
function isContact(value: string): boolean {
  return /(?:\d[ -]?){8,}\d|\S@\S+\.\S|https?:\/\/\S|\b[\w-]+\.[a-z]{2,}\/?|(?:^|\s)@\w{4,}/i.test(value);
}

const AIRTIME_MIN_KES = 10;
const AIRTIME_MAX_KES = 10_000;
const SMS_MIN_KES = 10;
/** M-Pesa takes 250,000 in one payment; this is what one payer may pay in a day here. */
const SMS_MAX_KES = 100_000;

/** Every key with its help line; `jaza doctor` and `.env.example` are checked against it. */
export const ENVIRONMENT = z.object({
  TELEGRAM_BOT_TOKEN: z
    .string()
    .regex(/^\d+:[\w-]+$/, 'must read as @BotFather gave it: digits, a colon, letters, as in 123456:ABC-def')
    .optional()
    .describe('The token of your bot, from @BotFather. Turns Telegram on.'),
  TELEGRAM_API_ROOT: address.optional().describe('Another Bot API server than https://api.telegram.org.'),
  TELEGRAM_MODE: oneOf('polling', 'webhook')
    .default('polling')
    .describe('polling needs no public address; webhook needs PUBLIC_URL.'),
  WHATSAPP: onOff
    .default(false)
    .describe('on: WhatsApp, with a phone number of your own that you link by QR code. Unofficial: it can be banned.'),
  WHATSAPP_WEB_SOCKET_URL: z
    .url({ protocol: /^wss?$/, error: 'must be an address that begins with ws:// or wss://' })
    .optional()
    .describe('Another WhatsApp server, for tests.'),
  TOPUPS_API_TOKEN: text().optional().describe('Your token at the airtime provider. Without it airtime is simulated or off.'),
  TOPUPS_BASE_URL: address.optional().describe('Where the airtime provider is; default https://app.topups.co.ke.'),
  TOPUPS_FORMAT: oneOf('json', 'xml').default('json').describe('What is spoken with the airtime provider.'),
  TOPUPS_TIMEOUT_MS: whole(100, 300_000).default(30_000).describe('How long an answer of the airtime provider is waited for.'),
  TOPUPS_WEBHOOK_SECRET: pathSecret
    .optional()
    .describe('Secret part of the webhook address: <PUBLIC_URL>/webhooks/topups/<secret>.'),
  ...DARAJA_SETTINGS,
  ...TUKU_SETTINGS,
  ...NOTIFIER_SETTINGS,
  DATABASE_URL: z
    .string()
    .regex(/^sqlite:(?!\/\/[^/]).+/, 'must read sqlite:<file>, as in sqlite:data/jaza.db or sqlite:/var/lib/jaza/jaza.db')
    .default('sqlite:data/jaza.db')
    .describe('Where everything is kept.'),
  HTTP_HOST: text()
    .default('127.0.0.1')
    .describe('The address to listen on. Leave it on loopback, behind a proxy that does TLS.'),
  HTTP_PORT: whole(0, 65_535).default(3000).describe('The port to listen on; 0 takes a free one.'),
  PUBLIC_URL: address.optional().describe('How the world reaches this server, as in https://airtime.example.co.ke.'),
  WEB_CHAT: onOff.optional().describe('on: the web chat is open to the world; off: none. Unset: on loopback only.'),
  SANDBOX: onOff.optional().describe('on: whatever is not configured is simulated.'),
  SECRET_KEY: z
    .string()
    .min(22, 'must have 22 characters at least; this makes one: openssl rand -hex 16')
    .optional()
    .describe('Encrypts what is secret in the database. Unset: made once, in data/secret.key.'),
  BUSINESS_NAME: text(60).default('Jaza').describe('How the bot calls itself.'),
  SUPPORT_CONTACT: text(120)
    .refine(isContact, 'must hold a phone number, an e-mail address or a link')
    .optional()
    .describe('Where people reach a person: a number, an e-mail address or a link.'),
  AIRTIME_MIN_KES: whole(1, 100_000).default(AIRTIME_MIN_KES).describe('The smallest purchase.'),
  AIRTIME_MAX_KES: whole(1, 250_000).default(AIRTIME_MAX_KES).describe('The largest purchase.'),
  SMS_MIN_KES: whole(1, 100_000).default(SMS_MIN_KES).describe('The smallest purchase of SMS.'),
  SMS_MAX_KES: whole(1, 250_000).default(SMS_MAX_KES).describe('The largest; M-Pesa itself takes 250,000 in one payment.'),
  LIMIT_PROMPTS_OWN_PER_HOUR: whole(1, 100_000).default(20).describe("Payment prompts to a person's own verified number."),
  LIMIT_PROMPTS_OWN_PER_DAY: whole(1, 100_000).default(100).describe('The same, in 24 hours.'),
  LIMIT_PROMPTS_OTHER_PER_HOUR: whole(1, 100_000).default(3).describe('Payment prompts to any other number, over all customers.'),
  LIMIT_PROMPTS_OTHER_PER_DAY: whole(1, 100_000).default(10).describe('The same, in 24 hours.'),
  LIMIT_PROMPTS_OTHER_FIRST_PER_DAY: whole(1, 100_000)
    .default(1)
    .describe('The same by one customer, until that payer has approved once.'),
  LIMIT_PAYERS_PER_HOUR: whole(1, 100_000)
    .default(3)
    .describe('Different numbers that one customer may ask to pay, not their own and without an approval so far.'),
  LIMIT_PAYERS_PER_DAY: whole(1, 100_000).default(10).describe('The same, in 24 hours.'),
  LIMIT_STRANGERS_PER_HOUR: whole(1, MOST_STRANGERS)
    .default(100)
    .describe('Payment prompts to numbers that never approved one, over all customers.'),
  LIMIT_UNPAID_PROMPTS: whole(1, RECALLED)
    .default(2)
    .describe('Prompts in a row to any other number that are not paid, after which that phone is left in peace for a while.'),
  LIMIT_COOL_DOWN_MINUTES: whole(1, 1_440).default(30).describe('How long it is left in peace, in minutes.'),
  LIMIT_PERSON_KES_PER_DAY: whole(1, 10_000_000).default(100_000).describe('Bought by one person, from midnight to midnight.'),
  LIMIT_PERSON_ORDERS_PER_DAY: whole(1, 100_000).default(200).describe('The same, in purchases.'),
  LIMIT_PAYER_KES_PER_DAY: whole(1, 10_000_000)
    .default(100_000)
    .describe('Paid by one number, over all customers; M-Pesa itself allows 500,000.'),
  LIMIT_PAYER_ORDERS_PER_DAY: whole(1, 100_000).default(200).describe('The same, in purchases.'),
  LIMIT_RECIPIENT_KES_PER_DAY: whole(1, 10_000_000).default(50_000).describe('Sent to one number, over all customers.'),
  LIMIT_RECIPIENT_ORDERS_PER_DAY: whole(1, 100_000).default(200).describe('The same, in purchases.'),
  LIMIT_ALERTS_OTHER_PER_APP_PER_HOUR: whole(1, 10_000)
    .default(60)
    .describe("Alerts of low SMS by SMS or e-mail to addresses that are not the wallet owner's own, of one app."),
  LIMIT_ALERTS_OTHER_PER_APP_PER_DAY: whole(1, 10_000).default(200).describe('The same, in 24 hours.'),
  LIMIT_ALERTS_OTHER_PER_DAY: whole(1, 10_000).default(500).describe('The same, of all apps together.'),
  BREAKER_FAILURES: whole(1, 1_000)
    .default(5)
    .describe('Calls to the airtime provider in a row without a clear answer, after which no new orders are taken for a while.'),
  BREAKER_WITHIN_MINUTES: whole(1, 1_440).default(5).describe('They count only when they come within so many minutes.'),
  BREAKER_WAIT_SECONDS: whole(1, 600)
    .default(60)
    .describe('How long no orders are taken at first; doubled each time, up to 10 minutes.'),
  LOG_LEVEL: oneOf('debug', 'info', 'warn', 'error', 'silent').default('info').describe('How much is logged.'),
});

export type TopupsConfig =
  | {
      readonly kind: 'real';
      readonly baseUrl: string;
      readonly token: string;
      readonly format: 'json' | 'xml';
      readonly timeoutMs: number;
      readonly webhookSecret: string | null;
    }
  | {
      readonly kind: 'simulated';
      readonly format: 'json' | 'xml';
      readonly timeoutMs: number;
      readonly webhookSecret: string | null;
    }
  | { readonly kind: 'off' };

export interface Config {
  readonly telegram: { readonly token: string; readonly apiRoot: string | null; readonly mode: 'polling' | 'webhook' } | null;
  readonly whatsapp: { readonly webSocketUrl: string | null } | null;
  readonly webChat: 'loopback' | 'open' | 'off';
  readonly topups: TopupsConfig;
  /** Payments by M-Pesa, for what is not paid to the airtime provider: SMS. */
  readonly daraja: DarajaConfig;
  /** Where the wallets of SMS are kept; null: here. */
  readonly tuku: TukuConfig;
  /** Alerts by SMS. */
  readonly fastMessage: FastMessageConfig;
  /** Alerts by e-mail. */
  readonly smtp: SmtpConfig;
  readonly databasePath: string;
  readonly http: { readonly host: string; readonly port: number };
  readonly publicUrl: string | null;
  readonly secretKey: string | null;
  readonly businessName: string;
  readonly supportContact: string | null;
  readonly limits: Limits;
  readonly breaker: BreakerRules;
  readonly logLevel: LogLevel;
}

export const TOPUPS_HOST = 'https://app.topups.co.ke';

/** Reads the environment; the error lists everything that is wrong, a line each, ready to be shown to the operator. */
export function parseConfig(environment: Readonly<Record<string, string | undefined>>): Result<Config, readonly string[]> {
  const set = Object.fromEntries(
    Object.entries(environment).filter(([key, value]) => Object.hasOwn(ENVIRONMENT.shape, key) && value?.trim() !== ''),
  );
  const parsed = ENVIRONMENT.safeParse(set);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}${asIn(String(issue.path[0]))}`);
    return err([...wrong, ...contradictions(set)]);
  }
  const wrong = contradictions(set);
  if (wrong.length > 0) return err(wrong);
  const env = parsed.data;
  const simulate = env.SANDBOX ?? nothingConfigured(set);
  return ok({
    telegram:
      env.TELEGRAM_BOT_TOKEN === undefined
        ? null
        : { token: env.TELEGRAM_BOT_TOKEN, apiRoot: env.TELEGRAM_API_ROOT ?? null, mode: env.TELEGRAM_MODE },
    whatsapp: env.WHATSAPP ? { webSocketUrl: env.WHATSAPP_WEB_SOCKET_URL ?? null } : null,
    webChat: env.WEB_CHAT === undefined ? 'loopback' : env.WEB_CHAT ? 'open' : 'off',
    topups: topupsOf(env, simulate),
    daraja: darajaOf(env, simulate),
    tuku: tukuOf(env),
    fastMessage: fastMessageOf(env, simulate),
    smtp: smtpOf(env, simulate),
    databasePath: env.DATABASE_URL.slice('sqlite:'.length),
    http: { host: env.HTTP_HOST, port: env.HTTP_PORT },
    publicUrl: env.PUBLIC_URL ?? null,
    secretKey: env.SECRET_KEY ?? null,
    businessName: env.BUSINESS_NAME,
    supportContact: env.SUPPORT_CONTACT ?? null,
    limits: limitsOf(env),
    breaker: {
      failures: env.BREAKER_FAILURES,
      withinMs: env.BREAKER_WITHIN_MINUTES * 60_000,
      waitMs: env.BREAKER_WAIT_SECONDS * 1_000,
    },
    logLevel: env.LOG_LEVEL,
  });
}

/** All that a command needs which works on the database alone. */
const OF_THE_DATABASE = ['DATABASE_URL', 'SECRET_KEY', 'LOG_LEVEL'] as const;

/** The same from those keys alone, with everything else off: a mistake elsewhere must not keep an operator from stopping sales. */
export function parseDatabaseConfig(environment: Given): Result<Config, readonly string[]> {
  const own = Object.fromEntries(OF_THE_DATABASE.map((key) => [key, environment[key]]));
  return parseConfig({ ...own, SANDBOX: 'off', WEB_CHAT: 'off' });
}

/** A value that would be right, where the rule alone does not show one. */
const EXAMPLES: Readonly<Record<string, string>> = {
  TELEGRAM_API_ROOT: 'https://api.telegram.org',
  TELEGRAM_MODE: 'polling',
  WHATSAPP: 'on',
  WHATSAPP_WEB_SOCKET_URL: 'wss://web.whatsapp.com/ws/chat',
  TOPUPS_BASE_URL: 'https://app.topups.co.ke',
  TOPUPS_FORMAT: 'json',
  TOPUPS_TIMEOUT_MS: '30000',
  ...DARAJA_EXAMPLES,
  ...TUKU_EXAMPLES,
  ...NOTIFIER_EXAMPLES,
  HTTP_HOST: '127.0.0.1',
  HTTP_PORT: '3000',
  PUBLIC_URL: 'https://airtime.example.co.ke',
  WEB_CHAT: 'off',
  SANDBOX: 'on',
  BUSINESS_NAME: 'Mama Achieng Airtime',
  SUPPORT_CONTACT: '0722 000 000',
  AIRTIME_MIN_KES: '10',
  AIRTIME_MAX_KES: '10000',
  SMS_MIN_KES: '10',
  SMS_MAX_KES: '100000',
  BREAKER_FAILURES: '5',
  BREAKER_WITHIN_MINUTES: '5',
  BREAKER_WAIT_SECONDS: '60',
  LOG_LEVEL: 'info',
};

function asIn(key: string): string {
  const example = EXAMPLES[key] ?? (key.startsWith('LIMIT_') ? '10' : null);
  return example === null ? '' : `, as in ${key}=${example}`;
}

type Environment = z.infer<typeof ENVIRONMENT>;
type Given = Readonly<Record<string, string | undefined>>;

function limitsOf(env: Environment): Limits {
  return {
    airtimeMinKes: env.AIRTIME_MIN_KES,
    airtimeMaxKes: env.AIRTIME_MAX_KES,
    smsMinKes: env.SMS_MIN_KES,
    smsMaxKes: env.SMS_MAX_KES,
    promptsOwnPerHour: env.LIMIT_PROMPTS_OWN_PER_HOUR,
    promptsOwnPerDay: env.LIMIT_PROMPTS_OWN_PER_DAY,
    promptsOtherPerHour: env.LIMIT_PROMPTS_OTHER_PER_HOUR,
    promptsOtherPerDay: env.LIMIT_PROMPTS_OTHER_PER_DAY,
    promptsOtherFirstPerDay: env.LIMIT_PROMPTS_OTHER_FIRST_PER_DAY,
    newPayersPerHour: env.LIMIT_PAYERS_PER_HOUR,
    newPayersPerDay: env.LIMIT_PAYERS_PER_DAY,
    strangersPerHour: env.LIMIT_STRANGERS_PER_HOUR,
    coolDownAfterUnfinished: env.LIMIT_UNPAID_PROMPTS,
    coolDownMinutes: env.LIMIT_COOL_DOWN_MINUTES,
    noticesToOthers: {
      perAppPerHour: env.LIMIT_ALERTS_OTHER_PER_APP_PER_HOUR,
      perAppPerDay: env.LIMIT_ALERTS_OTHER_PER_APP_PER_DAY,
      perDay: env.LIMIT_ALERTS_OTHER_PER_DAY,
    },
    perDay: {
      person: { kes: env.LIMIT_PERSON_KES_PER_DAY, orders: env.LIMIT_PERSON_ORDERS_PER_DAY },
      payer: { kes: env.LIMIT_PAYER_KES_PER_DAY, orders: env.LIMIT_PAYER_ORDERS_PER_DAY },
      recipient: { kes: env.LIMIT_RECIPIENT_KES_PER_DAY, orders: env.LIMIT_RECIPIENT_ORDERS_PER_DAY },
    },
  };
}

/** No channel and no upstream is set: the whole product is simulated. */
function nothingConfigured(set: Given): boolean {
  const chats = set.TELEGRAM_BOT_TOKEN !== undefined || set.WHATSAPP === 'on';
  const upstreams =
    set.TOPUPS_API_TOKEN !== undefined || darajaConfigured(set) || tukuConfigured(set) || notifiersConfigured(set);
  return !chats && !upstreams;
}

function topupsOf(env: Environment, simulate: boolean): TopupsConfig {
  const webhookSecret = env.TOPUPS_WEBHOOK_SECRET ?? null;
  const wire = { format: env.TOPUPS_FORMAT, timeoutMs: env.TOPUPS_TIMEOUT_MS, webhookSecret };
  if (env.TOPUPS_API_TOKEN !== undefined)
    return { kind: 'real', baseUrl: env.TOPUPS_BASE_URL ?? TOPUPS_HOST, token: env.TOPUPS_API_TOKEN, ...wire };
  return simulate ? { kind: 'simulated', ...wire } : { kind: 'off' };
}

/** By the key that makes each real. */
const UPSTREAMS = {
  TOPUPS_API_TOKEN: 'airtime',
  DARAJA_CONSUMER_KEY: 'payments by M-Pesa',
  FAST_MESSAGE_API_KEY: 'SMS',
  SMTP_URL: 'e-mail',
} as const;

/** Null: nothing simulated would stand before the world. */
function simulatedBeforeTheWorld(set: Given): string | null {
  const simulate = simulates(set);
  const simulated = Object.entries(UPSTREAMS).filter(([key]) => set[key] === undefined);
  if (set.WEB_CHAT !== 'on' || !simulate || simulated.length === 0) return null;
  const [what, keys] = [simulated.map(([, name]) => name), simulated.map(([key]) => key)].map((list) => list.join(', '));
  return `WEB_CHAT: cannot be open to the world while this is simulated: ${what}. Set ${keys}, go without by SANDBOX=off, or remove WEB_CHAT.`;
}

/** What is not configured is simulated. */
function simulates(set: Given): boolean {
  return set.SANDBOX === undefined ? nothingConfigured(set) : set.SANDBOX === 'on';
}

/** What contradicts or half-sets itself; worded with the way out. */
function contradictions(set: Given): string[] {
  const wrong: string[] = [];
  const half = (key: string, needs: string, hint: string): void => {
    if (set[key] !== undefined && set[needs] === undefined) wrong.push(`${needs}: is missing, though ${key} is set. ${hint}`);
  };
  half('TELEGRAM_API_ROOT', 'TELEGRAM_BOT_TOKEN', 'Set the token, or remove the address.');
  half('TOPUPS_BASE_URL', 'TOPUPS_API_TOKEN', 'Set the token of that server, or remove the address.');
  if (set.TELEGRAM_MODE === 'webhook') {
    half('TELEGRAM_MODE', 'TELEGRAM_BOT_TOKEN', 'Set the token, or remove TELEGRAM_MODE.');
    half('TELEGRAM_MODE', 'PUBLIC_URL', 'Set it, or use TELEGRAM_MODE=polling.');
  }
  if (set.WHATSAPP_WEB_SOCKET_URL !== undefined && set.WHATSAPP !== 'on')
    wrong.push('WHATSAPP: must be "on" when WHATSAPP_WEB_SOCKET_URL is set.');
  const chats = set.TELEGRAM_BOT_TOKEN !== undefined || set.WHATSAPP === 'on';
  if (chats && set.TOPUPS_API_TOKEN === undefined && set.SANDBOX !== 'on') {
    wrong.push(
      'TOPUPS_API_TOKEN: is missing: with Telegram or WhatsApp on, airtime must be real. To try without money, set SANDBOX=on.',
    );
  }
  const exposed = simulatedBeforeTheWorld(set);
  if (exposed !== null) wrong.push(exposed);
  const paysSimulated = simulates(set) && !darajaConfigured(set);
  wrong.push(...halfSetDaraja(set), ...contradictoryTuku(set, paysSimulated), ...halfSetNotifiers(set));
  const upsideDown = (what: 'AIRTIME' | 'SMS', usual: readonly [number, number]): void => {
    const least = Number(set[`${what}_MIN_KES`] ?? usual[0]);
    const most = Number(set[`${what}_MAX_KES`] ?? usual[1]);
    if (least > most) wrong.push(`${what}_MIN_KES: is ${least}, above ${what}_MAX_KES, which is ${most}.`);
  };
  upsideDown('AIRTIME', [AIRTIME_MIN_KES, AIRTIME_MAX_KES]);
  upsideDown('SMS', [SMS_MIN_KES, SMS_MAX_KES]);
  return wrong;
}
