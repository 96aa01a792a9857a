/**
 * Owns the Telegram channel: puts the poll loop or the webhook, the reading of updates and the sending together behind the port.
 * Knows nothing of flows, money or the database; works in private chats only, see inbound.ts.
 */

import { assert } from '../../lib/assert.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { randomToken } from '../../lib/random.ts';
import type { Channel, ChannelHealth, SendOutcome } from '../../ports/channel.ts';
import { botIdOf, openApis, TIMING, type Timing } from './api.ts';
import { announceCommands, type CommandList } from './commands.ts';
import { takeIn } from './intake.ts';
import { createSender } from './outbound.ts';
import { poll, type LoopDeps } from './polling.ts';
import { CANNOT_SAVE } from './trouble.ts';
import { keepWebhook, receive, WEBHOOK_PATH, type Receiver } from './webhook.ts';

export interface TelegramOptions {
  readonly token: string;
  /** Another Bot API server than Telegram's own. */
  readonly apiRoot?: string | undefined;
  readonly mode: 'polling' | 'webhook';
  /** Where Telegram reaches us, needed for the webhook: its address is `<publicUrl>/webhooks/telegram`. */
  readonly publicUrl?: string | undefined;
  /** 1 to 256 of A-Z a-z 0-9 _ -. Without it one is made for each run, which does as well: every start tells Telegram. */
  readonly webhookSecret?: string | undefined;
  readonly commands: readonly CommandList[];
  readonly log: Log;
  readonly clock: Clock;
  readonly timing?: Partial<Timing>;
}

interface Run {
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

/** Touches neither grammY nor the network before `start` or `send`. Throws only for a webhook without a public address. */
export function createTelegram(options: TelegramOptions): Channel {
  const { mode, log, clock } = options;
  assert(mode === 'polling' || (options.publicUrl ?? '') !== '', 'TELEGRAM_MODE=webhook needs PUBLIC_URL');
  const timing = { ...TIMING, ...options.timing };
  const account = botIdOf(options.token);
  const apis = openApis(options.token, options.apiRoot, timing);
  const sender = createSender({ api: apis.caller, account, log });
  const url = `${(options.publicUrl ?? '').replace(/\/+$/, '')}${WEBHOOK_PATH}`;
  const secret = options.webhookSecret ?? randomToken(32);
  const inFlight = new Set<Promise<unknown>>();
  let health: ChannelHealth = { state: 'starting' };
  let run: Run | null = null;
  let receiver: Receiver | null = null;

  /** What `stop` waits for. */
  function track<T>(work: Promise<T>): Promise<T> {
    inFlight.add(work);
    const forget = (): void => void inFlight.delete(work);
    work.then(forget, forget);
    return work;
  }

  async function takeInDelivered(deps: LoopDeps, updates: readonly unknown[]): Promise<void> {
    try {
      await takeIn(deps, updates);
      if (health === CANNOT_SAVE) deps.report({ state: 'up' });
    } catch (error) {
      deps.report(CANNOT_SAVE);
      throw error;
    }
  }

  return {
    name: 'telegram',
    capabilities: { buttons: true, retireButtons: true, asksOwnPhone: true, redelivers: true },

    async start(intake) {
      assert(run === null, 'the Telegram channel is started once');
      health = { state: 'starting' };
      const abort = new AbortController();
      const onReached = (): void => void track(announceCommands(apis.caller, options.commands, log));
      const report = (next: ChannelHealth): void => {
        if (next.state === 'up' && health.state !== 'up') log.info({ mode }, 'telegram: up');
        health = next;
      };
      const deps = { apis, account, log, clock, timing, report, onReached, intake, health: () => health };
      if (mode === 'webhook') receiver = (updates) => track(takeInDelivered(deps, updates));
      const done = mode === 'polling' ? poll(deps, abort.signal) : keepWebhook(deps, { url, secret }, abort.signal);
      run = { abort, done };
    },

    async stop() {
      receiver = null;
      run?.abort.abort();
      await run?.done;
      run = null;
      health = { state: 'down', why: 'stopped', remedy: null };
      await Promise.allSettled(inFlight);
    },

    send: (message): Promise<SendOutcome> => track(sender(message)),
    health: () => health,
    routes: async (request) => (mode === 'webhook' ? receive(request, secret, receiver, log) : null),
  };
}
