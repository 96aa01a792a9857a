/**
 * Owns the way to Telegram's Bot API: the only file that loads grammY, and only when the first call is made. Takes grammY's
 * web build, which speaks through Node's own fetch: it loads in a tenth of the time of the default build with node-fetch.
 */

import type { Api } from 'grammy';

export type { Api } from 'grammy';

/** What we ask Telegram for; everything else (groups' members, channels' posts, reactions) is never sent to us. */
export const ALLOWED_UPDATES = ['message', 'edited_message', 'callback_query', 'my_chat_member'] as const;

export interface Timing {
  /** How long Telegram may hold an empty poll open. */
  readonly longPollSeconds: number;
  /** After this a call counts as failed: a lost connection often says nothing. */
  readonly callTimeoutSeconds: number;
  readonly firstBackoffMs: number;
  readonly longestBackoffMs: number;
  /** How often the webhook's state is asked for. */
  readonly webhookCheckMs: number;
  /** For so long after a conflict the health says that a second instance runs: both take turns at succeeding. */
  readonly conflictMemoryMs: number;
}

export const TIMING: Timing = {
  longPollSeconds: 30,
  callTimeoutSeconds: 15,
  firstBackoffMs: 1_000,
  longestBackoffMs: 30_000,
  webhookCheckMs: 120_000,
  conflictMemoryMs: 90_000,
};

export interface TelegramApis {
  /** Waits as long as a long poll takes. */
  poller(): Promise<Api>;
  /** For everything else. */
  caller(): Promise<Api>;
}

/** `apiRoot` without a value is Telegram itself. Nothing is loaded or connected before the first call. */
export function openApis(token: string, apiRoot: string | undefined, timing: Timing): TelegramApis {
  const open = async (timeoutSeconds: number): Promise<Api> => {
    const grammy = await import('grammy/web');
    return new grammy.Api(token, { timeoutSeconds, ...(apiRoot === undefined ? {} : { apiRoot: apiRoot.replace(/\/+$/, '') }) });
  };
  let poller: Promise<Api> | undefined;
  let caller: Promise<Api> | undefined;
  return {
    poller: () => (poller ??= open(timing.longPollSeconds + timing.callTimeoutSeconds)),
    caller: () => (caller ??= open(timing.callTimeoutSeconds)),
  };
}

type GrammySignal = NonNullable<Parameters<Api['deleteWebhook']>[1]>;

/** grammY's types know only the AbortSignal of its default build; the web build takes the platform's. */
export function forGrammy(signal: AbortSignal): GrammySignal {
  return signal as unknown as GrammySignal;
}

/** The number before the colon is the bot's own id; it stays the same when the token is revoked and made anew. */
export function botIdOf(token: string): string {
  return /^(\d+):/.exec(token)?.[1] ?? 'bot';
}
