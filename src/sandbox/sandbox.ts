/**
 * Owns the simulated upstreams as a whole: airtime with the payer's phones, webhooks and faults, the SMS gateway, the mailbox, and the
 * server that they can be reached on. It knows nothing of orders and speaks with the shop only by HTTP. Everything it says and shows
 * is marked as simulated.
 */

import type { Msisdn } from '../domain/msisdn.ts';
import type { NumberRanges } from '../domain/networks.ts';
import type { Clock } from '../lib/clock.ts';
import { idsFrom } from '../lib/ids.ts';
import type { Log } from '../lib/log.ts';
import { randomToken } from '../lib/random.ts';
import { ok, type Result } from '../lib/result.ts';
import { AIRTIME_PATH, buyAirtime, type AirtimeApiParts } from './airtime-api.ts';
import { parseFault, type Fault } from './faults.ts';
import { createInbox, type ReceivedMail, type ReceivedSms } from './inbox.ts';
import { createPhonePages, isPhonePath } from './phone-routes.tsx';
import { serveOnLoopback } from './loopback-server.ts';
import type { Answer, Prompt } from './prompts.ts';
import { createPurchases } from './purchases.ts';
import { createSmsApi, SMS_API_PATH } from './sms-api.ts';
import { createWebhooks, type SendWebhook } from './webhooks.ts';

export interface SandboxOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** The API token that is accepted, and the API key of the SMS gateway. */
  readonly token: string;
  /** Null: the shop has no webhook address. See `postWebhook` for one that sends by HTTP. */
  readonly sendWebhook: SendWebhook | null;
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
  /** Serves `routes` on 127.0.0.1; 0 takes a free port. Resolves to the base URL, rejects when the port is taken. */
  listen(port: number): Promise<string>;
  /** The API and the phone's pages; null: not mine. */
  routes(request: Request): Promise<Response | null>;
  /** Runs within the purchase's request, before it is answered. */
  onPrompt(listener: (prompt: Prompt) => void): void;
  /** Oldest first. */
  openPrompts(): readonly Prompt[];
  /**
   * Answers the oldest open prompt of the phone. Resolves when the webhook was answered, or at once where none is sent.
   * False: no prompt is open there.
   */
  answer(phone: Msisdn, answer: Answer): Promise<boolean>;
  /** At the next purchase that is otherwise in order; a later call takes the place of an earlier one. Refuses an unknown code. */
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
  const businessName = options.businessName ?? 'Jaza';
  const ids = idsFrom(options.seed ?? randomToken());
  const webhooks = createWebhooks(options.sendWebhook, options.log);
  const { board, ring, answer } = createPurchases({ clock: options.clock, ids, businessName, webhooks });
  const inbox = createInbox(options.clock);
  const smsApi = createSmsApi({ apiKey: options.token, inbox, ids, credit: options.smsCredit ?? SMS_CREDIT });
  const phones = createPhonePages({ board, inbox, businessName, answer });
  const held = createHolds();
  const servers = new Set<{ close: () => Promise<void> }>();
  let nextFault: Fault | null = null;

  const takeFault = (): Fault | null => {
    const fault = nextFault;
    nextFault = null;
    return fault;
  };
  const api: AirtimeApiParts = { token: options.token, ranges: options.ranges ?? null, takeFault, ring, hold: held.hold };

  const routes = async (request: Request): Promise<Response | null> => {
    const { pathname } = new URL(request.url);
    if (pathname === AIRTIME_PATH) return buyAirtime(request, api);
    if (pathname.startsWith(SMS_API_PATH)) return smsApi(request);
    return isPhonePath(pathname) ? phones.fetch(request) : null;
  };

  return {
    token: options.token,
    routes,
    listen: async (port) => {
      const { url, close } = await serveOnLoopback(routes, port);
      servers.add({ close });
      return url;
    },
    onPrompt: board.onRing,
    openPrompts: board.open,
    answer: async (phone, how) => {
      const oldest = board.open().find((prompt) => prompt.phone === phone);
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
