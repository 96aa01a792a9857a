/**
 * Owns the one way by which anything changes: events wait here, are loaded, decided and committed together, and only then
 * answered for. A batch holds at most one event per chat or order, so order within each is kept. A failing turn is tried three
 * times and set aside; everyone else goes on.
 */

import { soon } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Known, Store, Turn, TurnEvent, TurnOutcome } from '../ports/store.ts';
import { decide, type Rules } from './decide.ts';

/** What became of an event. `unavailable`: nothing was written, the source must deliver it again. */
export type Ending = 'committed' | 'duplicate' | 'set_aside' | 'unavailable';

const LARGEST_BATCH = 64;
const MAX_STALE = 50;

interface Waiting {
  readonly event: TurnEvent;
  readonly lane: string;
  readonly end: (ending: Ending) => void;
  stale: number;
}

export interface TurnRunner {
  /** Turns the events; resolves with how each ended, in their order. */
  submit(events: readonly TurnEvent[]): Promise<readonly Ending[]>;
  /** Writes the events down first, for sources that do not deliver again; rejects when even that failed. They are then turned. */
  submitRecorded(events: readonly TurnEvent[]): Promise<readonly Ending[]>;
  /** Resolves when nothing waits. */
  settled(): Promise<void>;
}

export function createTurnRunner(options: {
  readonly store: Store;
  readonly rules: Rules;
  readonly log: Log;
  /** Called after every commit: there may be work for the workers. */
  readonly committed: () => void;
}): TurnRunner {
  const { store, log } = options;
  let queue: Waiting[] = [];
  let running = false;
  let idle: (() => void)[] = [];

  function submit(events: readonly TurnEvent[]): Promise<readonly Ending[]> {
    const endings = events.map(
      (event) => new Promise<Ending>((end) => queue.push({ event, lane: laneOf(event), end, stale: 0 })),
    );
    if (!running) {
      running = true;
      soon(() => void run());
    }
    return Promise.all(endings);
  }

  /** One batch after another, while anything waits; the next opens when what arrived meanwhile has been read. */
  async function run(): Promise<void> {
    while (queue.length > 0) {
      const batch = takeBatch();
      try {
        await runBatch(batch);
      } catch (error) {
        log.error({ error, events: batch.length }, 'the store failed; nothing of the batch was written');
        for (const waiting of batch) waiting.end('unavailable');
      }
      await new Promise<void>((resolve) => soon(resolve));
    }
    running = false;
    const waiters = idle;
    idle = [];
    for (const resolve of waiters) resolve();
  }

  function takeBatch(): Waiting[] {
    const batch: Waiting[] = [];
    const rest: Waiting[] = [];
    const lanes = new Set<string>();
    for (const waiting of queue) {
      if (batch.length < LARGEST_BATCH && !lanes.has(waiting.lane)) batch.push(waiting);
      else rest.push(waiting);
      lanes.add(waiting.lane);
    }
    queue = rest;
    return batch;
  }

  async function runBatch(batch: readonly Waiting[]): Promise<void> {
    const known = await store.load(batch.map(({ event }) => event));
    const decided: { readonly waiting: Waiting; readonly turn: Turn }[] = [];
    for (const [at, waiting] of batch.entries()) {
      const turn = await decideOrPoison(waiting, known[at]);
      if (turn !== null) decided.push({ waiting, turn });
    }
    const outcomes = await store.commit(decided.map(({ turn }) => turn));
    for (const [at, { waiting, turn }] of decided.entries()) await finish(waiting, turn, outcomes[at]);
    options.committed();
  }

  async function decideOrPoison(waiting: Waiting, known: Known | undefined): Promise<Turn | null> {
    try {
      if (known === undefined) throw new Error('invariant broken: the store loads one view per event');
      return decide(known, waiting.event, options.rules);
    } catch (error) {
      const attempts = await store.poison(waiting.event, error instanceof Error ? error.message : String(error));
      await failed(waiting, attempts, error);
      return null;
    }
  }

  async function finish(waiting: Waiting, turn: Turn, outcome: TurnOutcome | undefined): Promise<void> {
    switch (outcome?.kind) {
      case 'committed':
        log.debug({ turn: waiting.event.id, event: waiting.event.kind, ...orderOf(turn) }, 'turn committed');
        tellOperator(turn);
        return waiting.end('committed');
      case 'duplicate':
        log.debug({ turn: waiting.event.id }, 'delivered before: nothing done');
        return waiting.end('duplicate');
      case 'stale':
        waiting.stale += 1;
        if (waiting.stale <= MAX_STALE) {
          queue.unshift(waiting);
          return;
        }
        return failed(waiting, await store.poison(waiting.event, 'stale again and again'), new Error('stale again and again'));
      case 'poisoned':
        return failed(waiting, outcome.attempts, outcome.error);
      case 'unavailable':
        log.error({ turn: waiting.event.id, error: outcome.error }, 'the database cannot write now');
        return waiting.end('unavailable');
      case undefined:
        throw new Error('invariant broken: the store answers for every turn');
    }
  }

  /** What an operator must hear of stands in the audit and, until there is an inbox for it, in the log. */
  function tellOperator(turn: Turn): void {
    for (const change of turn.changes) {
      if (change.kind !== 'audit' || change.actor.kind === 'operator') continue;
      log.warn({ turn: turn.event.id, what: change.what, subject: change.subject, detail: change.detail }, 'for the operator');
    }
  }

  /** Tried again until the third failure, then set aside, with an answer to the person if even that can be committed. */
  async function failed(waiting: Waiting, attempts: number, error: unknown): Promise<void> {
    log.error({ turn: waiting.event.id, event: waiting.event.kind, attempts, error }, 'a turn failed');
    if (attempts < 3) {
      queue.unshift(waiting);
      return;
    }
    await apologise(waiting.event);
    waiting.end('set_aside');
  }

  async function apologise(event: TurnEvent): Promise<void> {
    if (event.kind !== 'message') return;
    try {
      const [known] = await store.load([event]);
      const conversation = known?.conversation ?? null;
      if (conversation === null) return;
      const reply = { parts: [{ key: 'common:went-wrong' }], choices: [] };
      await store.commit([
        {
          event: { ...event, id: `${event.id}/apology` },
          read: {},
          touched: [],
          changes: [
            { kind: 'say', conversationId: conversation.id, reply, language: conversation.session.language, orderId: null },
          ],
        },
      ]);
    } catch (error) {
      log.error({ turn: event.id, error }, 'not even an apology could be written');
    }
  }

  return {
    submit,
    async submitRecorded(events) {
      await store.record(events);
      return submit(events);
    },
    settled: () => (running || queue.length > 0 ? new Promise((resolve) => idle.push(resolve)) : Promise.resolve()),
  };
}

/** Events of one lane keep their order and are never in the same batch. */
function laneOf(event: TurnEvent): string {
  switch (event.kind) {
    case 'message':
      return `${event.message.address.channel}/${event.message.address.account}/${event.message.sender}`;
    case 'call_starting':
    case 'call_answered':
    case 'call_interrupted':
    case 'operator':
      return event.orderId;
    case 'timer':
      return event.key;
    case 'webhook':
      return event.reading.kind === 'read' ? `webhook/${event.reading.note ?? event.reading.upstreamReference ?? ''}` : 'webhook';
  }
}

function orderOf(turn: Turn): { readonly order?: string } {
  for (const change of turn.changes) {
    if (change.kind === 'open_order') return { order: change.order.reference };
    if (change.kind === 'advance_order') return { order: change.orderId };
  }
  return {};
}
