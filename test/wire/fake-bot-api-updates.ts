/**
 * Owns the updates that wait for the bot: numbered, kept until confirmed, given out by long polling or delivered to the webhook,
 * never both. As at Telegram an update is confirmed by a poll with a higher offset, or by the webhook's 2xx.
 */

import { sleep } from '../../src/lib/clock.ts';
import { Refusal, type World } from './fake-bot-api-world.ts';

export interface Update {
  readonly update_id: number;
  readonly [field: string]: unknown;
}

interface Webhook {
  readonly url: string;
  readonly secret: string | null;
  /** Ends its deliveries when another one is set. */
  readonly ended: AbortController;
}

interface WaitingPoll {
  readonly answer: () => void;
  readonly refuse: (refusal: Refusal) => void;
}

/** What Telegram leaves out unless asked for. */
const ONLY_ON_REQUEST = ['chat_member', 'message_reaction', 'message_reaction_count'];
const TAKEN_OVER = 'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running';
const FIRST_RETRY_MS = 15;
const LONGEST_RETRY_MS = 300;

export class UpdateQueue {
  /** Everything that ever came, for `redeliver`. */
  readonly all: Update[] = [];
  /** How many updates the bot has thrown away unread; Jaza must never. */
  dropped = 0;
  lastError: string | null = null;
  readonly #world: World;
  #pending: Update[] = [];
  #nextId: number;
  #allowed: readonly string[] | null = null;
  #waiting: WaitingPoll | null = null;
  #webhook: Webhook | null = null;
  readonly #lanes = new Map<unknown, Promise<void>>();

  constructor(world: World, firstUpdateId: number) {
    this.#world = world;
    this.#nextId = firstUpdateId;
  }

  get pending(): readonly Update[] {
    return this.#pending;
  }

  get webhookUrl(): string {
    return this.#webhook?.url ?? '';
  }

  get allowed(): readonly string[] | null {
    return this.#allowed;
  }

  /** Null when the bot has not asked for this kind: Telegram then keeps it to itself. */
  push(kind: string, body: unknown): Update | null {
    const wanted =
      this.#allowed === null || this.#allowed.length === 0 ? !ONLY_ON_REQUEST.includes(kind) : this.#allowed.includes(kind);
    if (!wanted) return null;
    const update = { update_id: this.#nextId, [kind]: body };
    this.#nextId += 1;
    this.all.push(update);
    this.#enqueue(update);
    return update;
  }

  /** The same update once more, as after a confirmation that was lost on the way. */
  redeliver(update: Update): void {
    if (!this.#pending.includes(update)) this.#enqueue(update);
  }

  #enqueue(update: Update): void {
    this.#pending = [...this.#pending, update].sort((a, b) => a.update_id - b.update_id);
    if (this.#webhook !== null) this.#deliver(update, this.#webhook);
    // What happens in the same instant comes in one poll.
    queueMicrotask(() => this.#waiting?.answer());
    this.#world.changed();
  }

  #confirm(confirmed: (update: Update) => boolean): void {
    this.#pending = this.#pending.filter((update) => !confirmed(update));
    this.#world.changed();
  }

  /** `closed` aborts when the bot hangs up: then nobody waits any more. */
  async poll(params: Readonly<Record<string, unknown>>, closed: AbortSignal): Promise<readonly Update[]> {
    if (this.#webhook !== null) {
      throw new Refusal(
        409,
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
      );
    }
    this.#waiting?.refuse(new Refusal(409, TAKEN_OVER));
    this.setAllowed(params['allowed_updates']);
    const offset = Number(params['offset'] ?? 0);
    const limit = Math.min(Math.max(Number(params['limit'] ?? 100), 1), 100);
    const timeoutMs = Math.min(Math.max(Number(params['timeout'] ?? 0), 0), 50) * 1_000;
    const from = offset < 0 ? (this.#pending.at(offset)?.update_id ?? 0) : offset;
    this.#confirm(({ update_id }) => update_id < from);
    if (this.#pending.length === 0 && timeoutMs > 0) await this.#waitForUpdate(timeoutMs, closed);
    return this.#pending.slice(0, limit);
  }

  async #waitForUpdate(timeoutMs: number, closed: AbortSignal): Promise<void> {
    const over = new AbortController();
    let refusal: Refusal | null = null;
    const waiting: WaitingPoll = {
      answer: () => over.abort(),
      refuse: (why) => {
        refusal = why;
        over.abort();
      },
    };
    closed.addEventListener('abort', waiting.answer, { once: true });
    this.#waiting = waiting;
    this.#world.changed();
    await sleep(timeoutMs, over.signal);
    if (this.#waiting === waiting) this.#waiting = null;
    if (refusal !== null) throw refusal as Refusal;
  }

  /** True while a bot holds a long poll open. */
  get polledNow(): boolean {
    return this.#waiting !== null;
  }

  setAllowed(value: unknown): void {
    const list: unknown = typeof value === 'string' ? JSON.parse(value) : value;
    if (Array.isArray(list)) this.#allowed = list.map(String);
  }

  /** An empty `url` takes the webhook away. */
  setWebhook(url: string, secret: string | null, drop: boolean): void {
    if (drop) {
      this.dropped += this.#pending.length;
      this.#confirm(() => true);
    }
    this.#webhook?.ended.abort();
    this.#webhook = null;
    this.lastError = null;
    if (url === '') return;
    this.#waiting?.refuse(new Refusal(409, 'Conflict: terminated by setWebhook request'));
    const webhook = { url, secret, ended: new AbortController() };
    this.#webhook = webhook;
    for (const update of this.#pending) this.#deliver(update, webhook);
  }

  /** Chats side by side, each in order: the next update of a chat waits until the one before was taken. */
  #deliver(update: Update, webhook: Webhook): void {
    const lane = laneOf(update);
    const before = this.#lanes.get(lane) ?? Promise.resolve();
    this.#lanes.set(
      lane,
      before.then(() => this.#deliverUntilTaken(update, webhook)),
    );
  }

  async #deliverUntilTaken(update: Update, webhook: Webhook): Promise<void> {
    for (let attempt = 0; !webhook.ended.signal.aborted; attempt += 1) {
      const error = await post(update, webhook);
      if (webhook.ended.signal.aborted) return;
      this.lastError = error;
      if (error === null) return this.#confirm((pending) => pending === update);
      this.#world.changed();
      await sleep(Math.min(FIRST_RETRY_MS * 2 ** attempt, LONGEST_RETRY_MS), webhook.ended.signal);
    }
  }

  close(): void {
    this.#webhook?.ended.abort();
    this.#waiting?.answer();
  }
}

/** Null when it was taken, else Telegram's words for what went wrong. */
async function post(update: Update, { url, secret, ended }: Webhook): Promise<string | null> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      body: JSON.stringify(update),
      headers: { 'content-type': 'application/json', ...(secret === null ? {} : { 'x-telegram-bot-api-secret-token': secret }) },
      signal: ended.signal,
    });
    await response.arrayBuffer();
    return response.ok ? null : `Wrong response from the webhook: ${response.status} ${response.statusText}`;
  } catch {
    return 'Connection refused';
  }
}

function laneOf(update: Update): unknown {
  const body = Object.values(update).find(
    (value): value is Record<string, unknown> => typeof value === 'object' && value !== null,
  );
  const from = body?.['from'];
  return typeof from === 'object' && from !== null && 'id' in from ? from.id : null;
}
