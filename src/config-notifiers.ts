/**
 * Owns the settings of what carries alerts outside of chats: SMS by Fast Message and e-mail by SMTP, and the rules on when each of
 * them is real, simulated or off.
 */

import { z } from 'zod';
import { address, text, whole } from './config-values.ts';
import { err, ok, type Result } from './lib/result.ts';

export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte. */
  readonly secure: boolean;
  readonly login: { readonly user: string; readonly password: string } | null;
}

export interface MailSender {
  readonly name: string | null;
  readonly address: string;
}

const SMTP_PORT = 587;
const SMTPS_PORT = 465;

const SMTP_URL_RULE = 'must be an address that begins with smtp:// or smtps://, with nothing behind the host and its port';
const SMTP_FROM_RULE = 'must be an address, alone or as Name <address>';

/** Names are free of what could end a header or begin another address. */
const SENDER = /^(?:(?<name>[^<>"\\,;:@\p{Cc}\p{Cs}]{1,60}?)?\s*<(?<inside>[^<>]+)>|(?<alone>[^<>]+))$/u;
const ADDRESS = /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*$/;

const smtpUrl = z.string().transform((value, context): SmtpServer => {
  const read = readSmtpUrl(value.trim());
  if (read.ok) return read.value;
  context.addIssue(read.error);
  return z.NEVER;
});

const sender = z.string().transform((value, context): MailSender => {
  const { name, inside, alone } = SENDER.exec(value.trim())?.groups ?? {};
  const found = (inside ?? alone ?? '').trim();
  if (ADDRESS.test(found)) return { name: name ?? null, address: found };
  context.addIssue(SMTP_FROM_RULE);
  return z.NEVER;
});

export const NOTIFIER_SETTINGS = {
  FAST_MESSAGE_BASE_URL: address
    .optional()
    .describe('Where your SMS company is, of the Fast Message family, as in https://sms.example.co.ke.'),
  FAST_MESSAGE_API_KEY: text().optional().describe('Your API key there. Turns alerts by SMS on.'),
  FAST_MESSAGE_PARTNER_ID: text(60).optional().describe('Your partner id there.'),
  FAST_MESSAGE_SENDER: text(20).optional().describe('The sender id that your SMS carry, as your SMS company gave it to you.'),
  FAST_MESSAGE_TIMEOUT_MS: whole(100, 120_000).default(30_000).describe('How long an answer of the SMS company is waited for.'),
  SMTP_URL: smtpUrl
    .optional()
    .describe('Your mail server with its login, as in smtp://user:password@host:587. Turns alerts by e-mail on.'),
  SMTP_FROM: sender.optional().describe('Who e-mails are from, as in Mama Achieng <alerts@example.co.ke>.'),
};

/** A value that would be right, where the rule alone does not show one. */
export const NOTIFIER_EXAMPLES: Readonly<Record<string, string>> = {
  FAST_MESSAGE_BASE_URL: 'https://sms.example.co.ke',
  FAST_MESSAGE_TIMEOUT_MS: '30000',
  SMTP_URL: 'smtp://user:password@smtp.example.co.ke:587',
  SMTP_FROM: 'Mama Achieng <alerts@example.co.ke>',
};

export type FastMessageConfig =
  | {
      readonly kind: 'real';
      readonly baseUrl: string;
      readonly apiKey: string;
      readonly partnerId: string;
      readonly sender: string;
      readonly timeoutMs: number;
    }
  | { readonly kind: 'simulated'; readonly timeoutMs: number }
  | { readonly kind: 'off' };

export type SmtpConfig =
  ({ readonly kind: 'real'; readonly from: MailSender } & SmtpServer) | { readonly kind: 'simulated' } | { readonly kind: 'off' };

type NotifierEnvironment = z.infer<z.ZodObject<typeof NOTIFIER_SETTINGS>>;
type Given = Readonly<Record<string, string | undefined>>;

/** `simulate`: what is not configured is simulated. */
export function fastMessageOf(env: NotifierEnvironment, simulate: boolean): FastMessageConfig {
  const { FAST_MESSAGE_BASE_URL: baseUrl, FAST_MESSAGE_API_KEY: apiKey, FAST_MESSAGE_TIMEOUT_MS: timeoutMs } = env;
  const { FAST_MESSAGE_PARTNER_ID: partnerId, FAST_MESSAGE_SENDER: from } = env;
  if (baseUrl === undefined || apiKey === undefined || partnerId === undefined || from === undefined)
    return simulate ? { kind: 'simulated', timeoutMs } : { kind: 'off' };
  return { kind: 'real', baseUrl, apiKey, partnerId, sender: from, timeoutMs };
}

export function smtpOf({ SMTP_URL: server, SMTP_FROM: from }: NotifierEnvironment, simulate: boolean): SmtpConfig {
  if (server === undefined || from === undefined) return simulate ? { kind: 'simulated' } : { kind: 'off' };
  return { kind: 'real', from, ...server };
}

/** Those that belong together, and what to do with half of them. */
const TOGETHER: readonly (readonly [keys: readonly string[], hint: string])[] = [
  [
    ['FAST_MESSAGE_BASE_URL', 'FAST_MESSAGE_API_KEY', 'FAST_MESSAGE_PARTNER_ID', 'FAST_MESSAGE_SENDER'],
    'Your SMS company has it; or remove what is set, to go without SMS.',
  ],
  [['SMTP_URL', 'SMTP_FROM'], 'Set it; or remove what is set, to go without e-mail.'],
];

/** Every key that is missing beside others that are set. */
export function halfSetNotifiers(set: Given): string[] {
  return TOGETHER.flatMap(([keys, hint]) => {
    const present = keys.filter((key) => set[key] !== undefined);
    if (present.length === 0) return [];
    const missing = keys.filter((key) => set[key] === undefined);
    return missing.map(
      (key) => `${key}: is missing, though ${present.join(', ')} ${present.length > 1 ? 'are' : 'is'} set. ${hint}`,
    );
  });
}

/** Something real is set up for alerts, so not everything is a trial. */
export function notifiersConfigured(set: Given): boolean {
  return TOGETHER.some(([keys]) => keys.some((key) => set[key] !== undefined));
}

function readSmtpUrl(words: string): Result<SmtpServer, string> {
  if (!/^smtps?:\/\//i.test(words) || !URL.canParse(words)) return err(SMTP_URL_RULE);
  const url = new URL(words);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (host === '' || url.search !== '' || url.hash !== '' || !['', '/'].includes(url.pathname)) return err(SMTP_URL_RULE);
  if ((url.username === '') !== (url.password === '')) return err('must have a user and a password, or neither');
  const secure = url.protocol === 'smtps:';
  const port = url.port === '' ? (secure ? SMTPS_PORT : SMTP_PORT) : Number(url.port);
  const [user, password] = [decoded(url.username), decoded(url.password)];
  if (user === null || password === null) return err('must write a % in the password as %25');
  return ok({ host, port, secure, login: user === '' ? null : { user, password } });
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}
