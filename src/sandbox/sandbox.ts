/**
 * Owns the simulated upstreams as a whole: airtime and M-Pesa with the phones that both ring on, webhooks and faults, the SMS gateway,
 * the mailbox, and the server that they can be reached on. It knows nothing of orders and speaks with the shop only by HTTP. Everything
 * it says and shows is marked as simulated.
 */

import type { Msisdn } from '../domain/msisdn.ts';
import type { NumberRanges } from '../domain/networks.ts';
import type { Clock } from '../lib/clock.ts';
import { idsFrom } from '../lib/ids.ts';
import type { Log } from '../lib/log.ts';
import { randomToken } from '../lib/random.ts';
import { ok, type Result } from '../lib/result.ts';
import { AIRTIME_PATH, buyAirtime, type AirtimeApiParts } from './airtime-api.ts';
import { createDarajaApi, type SimulatedMerchant } from './daraja-api.ts';
import { isMeantFor, parseFault, type Fault } from './faults.ts';
import { createInbox, type ReceivedMail, type ReceivedSms } from './inbox.ts';
import { createPayments } from './payments.ts';
import { createPhonePages, isPhonePath } from './phone-routes.tsx';
import { serveOnLoopback } from './loopback-server.ts';
import { createPromptBoard, type Answer, type Prompt } from './prompts.ts';
import { createPurchases } from './purchases.ts';
import { createSmsApi, SMS_API_PATH } from './sms-api.ts';
import { createWebhooks, type SendCallback, type SendWebhook } from './webhooks.ts';

export interface SandboxOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** The API token that is accepted, and the API key of the SMS gateway. */
  readonly token: string;
  /** Null: the shop has no webhook address. See `postWebhook` for one that sends by HTTP. */
  readonly sendWebhook: SendWebhook | null;
  /** The shop that may ask for payments by M-Pesa, and how it is called back; null: there is no M-Pesa here. */
  readonly mpesa?: { readonly merchant: SimulatedMerchant; readonly sendCallback: SendCallback } | null;
  /** To detect the network of a recipient; null: it is left blank. */
  readonly ranges?: NumberRanges | null;
  /** Who asks for the money, on the phone. */
  readonly businessName?: string;
  /** How many SMS the account at the gateway can send; default 1,000. */
  readonly smsCredit?: number;
  /** References are derived from it; random by default, so that no restart repeats one. */
  readonly seed?: string;
}

export interface Sandbox {
  readonly token: string;
  /** Null: there is no M-Pesa here. */
  readonly merchant: SimulatedMerchant | null;
  /** Serves `routes` on 127.0.0.1; 0 takes a free port. Resolves to the base URL, rejects when the port is taken. */
  listen(port: number): Promise<string>;
  /** The APIs and the phone's pages; null: not mine. */
  routes(request: Request): Promise<Response | null>;
  /** Runs within the request that makes the phone ring, before it is answered. */
  onPrompt(listener: (prompt: Prompt) => void): void;
  /** Oldest first. */
  openPrompts(): readonly Prompt[];
  /**
   * Answers the oldest open prompt of the phone that offers this answer. Resolves when the webhook was answered, or at once where none
   * is sent. False: no such prompt is open there.
   */
  answer(phone: Msisdn, answer: Answer): Promise<boolean>;
  /** At the next purchase or push that is otherwise in order; a later call takes the place of an earlier one. Refuses an unknown code. */
  setFault(fault: Fault): Result<void, string>;
  /** Puts a mail into the mailbox. */
  takeMail(mail: Omit<ReceivedMail, 'at'>): Promise<void>;
  /** Newest first. */
  receivedSms(): readonly ReceivedSms[];
  receivedMails(): readonly ReceivedMail[];
  /** Webhooks in flight have been answered. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

const SMS_CREDIT = 1_000;

export function createSandbox(options: SandboxOptions): Sandbox {
  const { clock, log, mpesa = null } = options;
  const businessName = options.businessName ?? 'Jaza';
  const ids = idsFrom(options.seed ?? randomToken());
  const webhooks = createWebhooks(log);
  const board = createPromptBoard(clock);
  const shared = { clock, ids, board, webhooks };
  const purchases = createPurchases({ ...shared, businessName, sendWebhook: options.sendWebhook });
  const payments = mpesa === null ? null : createPayments({ ...shared, sendCallback: mpesa.sendCallback });
  const answer = async (reference: string, how: Answer): Promise<boolean> => {
    const prompt = board.open().find((open) => open.reference === reference);
    if (prompt === undefined || !prompt.answers.includes(how)) return false;
    return (await purchases.answer(reference, how)) || ((await payments?.answer(reference, how)) ?? false);
  };
  const inbox = createInbox(clock);
  const smsApi = createSmsApi({ apiKey: options.token, inbox, ids, credit: options.smsCredit ?? SMS_CREDIT });
  const phones = createPhonePages({ board, inbox, businessName, answer });
  const held = createHolds();
  const servers = new Set<{ close: () => Promise<void> }>();
  let nextFault: Fault | null = null;

  const takeFault = (upstream: 'airtime' | 'push') => (): Fault | null => {
    const fault = nextFault;
    if (fault === null || !isMeantFor(fault, upstream)) return null;
    nextFault = null;
    return fault;
  };
  const airtime: AirtimeApiParts = {
    token: options.token,
    ranges: options.ranges ?? null,
    takeFault: takeFault('airtime'),
    ring: purchases.ring,
    hold: held.hold,
  };
  const daraja =
    mpesa === null || payments === null
      ? null
      : createDarajaApi({ clock, ids, merchant: mpesa.merchant, payments, takeFault: takeFault('push'), hold: held.hold });

  const routes = async (request: Request): Promise<Response | null> => {
    const { pathname } = new URL(request.url);
    if (pathname === AIRTIME_PATH) return buyAirtime(request, airtime);
    if (pathname.startsWith(SMS_API_PATH)) return smsApi(request);
    if (isPhonePath(pathname)) return phones.fetch(request);
    return daraja === null ? null : daraja.fetch(request);
  };

  return {
    token: options.token,
    merchant: mpesa?.merchant ?? null,
    routes,
    listen: async (port) => {
      const { url, close } = await serveOnLoopback(routes, port);
      servers.add({ close });
      return url;
    },
    onPrompt: board.onRing,
    openPrompts: board.open,
    answer: async (phone, how) => {
      const oldest = board.open().find((prompt) => prompt.phone === phone && prompt.answers.includes(how));
      return oldest === undefined ? false : answer(oldest.reference, how);
    },
    setFault: (fault) => {
      const parsed = parseFault(fault);
      if (!parsed.ok) return parsed;
      nextFault = parsed.value;
      return ok(undefined);
    },
    takeMail: (mail) => Promise.resolve(inbox.takeMail(mail)),
    receivedSms: inbox.sms,
    receivedMails: inbox.mails,
    settled: webhooks.settled,
    close: async () => {
      board.close();
      payments?.close();
      phones.close();
      held.release();
      await Promise.all([...servers].map(({ close }) => close()));
    },
  };
}

/** Requests that are never answered (the fault `timeout`). */
function createHolds(): { hold: (signal: AbortSignal) => Promise<void>; release: () => void } {
  const holds = new Set<() => void>();
  return {
    hold: (signal) =>
      new Promise((resolve) => {
        const release = (): void => {
          holds.delete(release);
          resolve();
        };
        holds.add(release);
        signal.addEventListener('abort', release);
      }),
    release: () => {
      for (const release of holds) release();
    },
  };
}
