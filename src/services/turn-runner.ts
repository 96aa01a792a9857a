/**
 * Owns the one way by which anything changes: events wait here, are loaded, decided and committed together, and only then
 * answered for. A batch holds at most one event per chat or order, so order within each is kept. A failing turn is tried three
 * times and set aside; everyone else goes on.
 */

import { mailKey } from '../domain/mail-address.ts';
import { assertNever } from '../lib/assert.ts';
import { soon } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import {
  MOST_ATTEMPTS,
  type Known,
  type Needs,
  type Store,
  type Turn,
  type TurnEvent,
  type TurnOutcome,
} from '../ports/store.ts';
import { tellOperators } from './tell-operators.ts';
import { apologyFor } from './apology.ts';
import { decide, type Rules } from './decide.ts';

/** What became of an event. `unavailable`: nothing was written, the source must deliver it again. */
export type Ending = 'committed' | 'duplicate' | 'set_aside' | 'unavailable';

const LARGEST_BATCH = 64;
/** Of what the clock brings, in a batch that somebody waits for: thousands of timers due at once hold nobody up, and nobody the clock. */
const TIMERS_BESIDE_OTHERS = 4;
const MAX_STALE = 50;
/** At an event, before it is decided for good. */
const MOST_LOOKS = 3;

interface Waiting {
  readonly event: TurnEvent;
  readonly lane: string;
  readonly log: Log;
  readonly end: (ending: Ending) => void;
  stale: number;
  /** How often it failed. */
  attempts: number;
}

export interface TurnRunner {
  /** Turns the events; resolves with how each ended, in their order. */
  submit(events: readonly TurnEvent[]): Promise<readonly Ending[]>;
  /** Writes the events down first, for sources that do not deliver again; rejects when even that failed. They are then turned. */
  submitRecorded(events: readonly TurnEvent[]): Promise<readonly Ending[]>;
  /** False from the moment the database refused a batch until it takes one again. */
  canWrite(): boolean;
  /** Resolves when nothing waits. */
  settled(): Promise<void>;
}

export function createTurnRunner(options: {
  readonly store: Pick<Store, 'load' | 'commit' | 'poison' | 'record'>;
  readonly rules: Rules;
  readonly log: Log;
  /** Called after every commit: there may be work for the workers. */
  readonly committed: () => void;
  /** Called when events that are written down could not be turned: somebody must bring them again. Needed with `submitRecorded`. */
  readonly leftBehind?: () => void;
}): TurnRunner {
  const { store, log } = options;
  let queue: Waiting[] = [];
  let running = false;
  let writes = true;
  let idle: (() => void)[] = [];

  function submit(events: readonly TurnEvent[]): Promise<readonly Ending[]> {
    const endings = events.map((event) => new Promise<Ending>((end) => queue.push(waitingFor(event, end))));
    if (!running && queue.length > 0) {
      running = true;
      soon(() => void run());
    }
    return Promise.all(endings);
  }

  function waitingFor(event: TurnEvent, end: (ending: Ending) => void): Waiting {
    return { event, lane: laneOf(event), log: log.child({ turn: event.id, event: event.kind }), end, stale: 0, attempts: 0 };
  }

  /** One batch after another, while anything waits; the next opens when what arrived meanwhile has been read. */
  async function run(): Promise<void> {
    while (queue.length > 0) {
      const batch = takeBatch();
      try {
        await runBatch(batch);
      } catch (error) {
        refused(error, batch);
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
    let timers = queue.some(({ event }) => event.kind !== 'timer') ? TIMERS_BESIDE_OTHERS : LARGEST_BATCH;
    for (const waiting of queue) {
      const isTimer = waiting.event.kind === 'timer';
      if (batch.length < LARGEST_BATCH && !lanes.has(waiting.lane) && (!isTimer || timers > 0)) {
        batch.push(waiting);
        if (isTimer) timers -= 1;
      } else rest.push(waiting);
      lanes.add(waiting.lane);
    }
    queue = rest;
    return batch;
  }

  async function runBatch(batch: readonly Waiting[]): Promise<void> {
    const decided = await decideWithLooks(batch);
    if (decided.length === 0) return;
    const outcomes = await store.commit(decided.map(({ turn }) => turn));
    const unavailable = outcomes.find((outcome) => outcome.kind === 'unavailable');
    if (unavailable !== undefined) {
      return refused(
        unavailable.error,
        decided.map(({ waiting }) => waiting),
      );
    }
    if (!writes) log.info({}, 'the database writes again');
    writes = true;
    for (const [at, one] of decided.entries()) await finish(one, outcomes[at]);
    options.committed();
  }

  /** What a message itself is about is looked up before anything is shown: first whose wallet, then who pays for it. */
  async function decideWithLooks(batch: readonly Waiting[]): Promise<Decided[]> {
    const needs = new Map<string, Needs>();
    const decided: Decided[] = [];
    let open = batch;
    for (let look = 1; open.length > 0; look += 1) {
      const round = await decideAll(open, needs);
      const lacks = ({ turn }: Decided): boolean => turn.lacks !== undefined && look < MOST_LOOKS;
      decided.push(...round.filter((one) => !lacks(one)));
      const again = round.filter(lacks);
      for (const { turn } of again) needs.set(turn.event.id, { ...needs.get(turn.event.id), ...turn.lacks });
      open = again.map(({ waiting }) => waiting);
    }
    return decided;
  }

  async function decideAll(batch: readonly Waiting[], needs: ReadonlyMap<string, Needs>): Promise<Decided[]> {
    const known = await store.load(
      batch.map(({ event }) => event),
      needs,
    );
    const decided: Decided[] = [];
    for (const [at, waiting] of batch.entries()) {
      const turn = await decideOrPoison(waiting, known[at]);
      if (turn !== null) decided.push({ waiting, turn, known: known[at] });
    }
    return decided;
  }

  /** Nothing of the batch was written: whoever brought its events keeps them. */
  function refused(error: unknown, batch: readonly Waiting[]): void {
    if (writes) log.error({ error, events: batch.length }, 'the database cannot write now: nothing of the batch was written');
    writes = false;
    for (const waiting of batch) {
      waiting.log.debug({}, 'not written: to be delivered again');
      waiting.end('unavailable');
    }
  }

  async function decideOrPoison(waiting: Waiting, known: Known | undefined): Promise<Turn | null> {
    try {
      if (known === undefined) throw new Error('invariant broken: the store loads one view per event');
      return decide(known, waiting.event, rulesFor(waiting));
    } catch (error) {
      await failed(waiting, error, () => store.poison(waiting.event, error instanceof Error ? error.message : String(error)));
      return null;
    }
  }

  /** A turn that failed makes other ids the next time: one that was taken already would fail it again. */
  function rulesFor({ attempts }: Waiting): Rules {
    return attempts === 0 ? options.rules : { ...options.rules, salt: `${options.rules.salt}/${attempts}` };
  }

  async function finish({ waiting, turn, known }: Decided, outcome: TurnOutcome | undefined): Promise<void> {
    switch (outcome?.kind) {
      case 'committed': {
        const about = waiting.log.child(orderOf(turn, known));
        about.debug({ changes: turn.changes.map(({ kind }) => kind) }, 'turn committed');
        tellOperator(turn, about);
        return waiting.end('committed');
      }
      case 'duplicate':
        waiting.log.debug({}, 'delivered before: nothing done');
        return waiting.end('duplicate');
      case 'stale':
        waiting.stale += 1;
        if (waiting.stale <= MAX_STALE) {
          queue.unshift(waiting);
          return;
        }
        return failed(waiting, new Error('stale again and again'), () => store.poison(waiting.event, 'stale again and again'));
      case 'poisoned':
        return failed(waiting, outcome.error, () => Promise.resolve(outcome.attempts));
      case 'unavailable':
      case undefined:
        throw new Error('invariant broken: the store answers for every turn, or for none');
      default:
        return assertNever(outcome);
    }
  }

  /** Tried again until the third failure, then set aside, with a word to the operator and to the person. */
  async function failed(waiting: Waiting, error: unknown, counted: () => Promise<number>): Promise<void> {
    let attempts: number;
    try {
      attempts = await counted();
    } catch (cause) {
      return refused(cause, [waiting]);
    }
    waiting.attempts = attempts;
    waiting.log.error({ attempts, error }, 'a turn failed');
    if (attempts < MOST_ATTEMPTS) {
      queue.unshift(waiting);
      return;
    }
    await apologise(waiting);
    waiting.end('set_aside');
  }

  /** Whole, and looked at again while it is stale; else at least the row for the operator. */
  async function apologise({ event, log: about }: Waiting): Promise<void> {
    try {
      let outcome: TurnOutcome | undefined;
      for (let look = 1; look <= MOST_ATTEMPTS + 1; look += 1) {
        const bare = look > MOST_ATTEMPTS || outcome?.kind === 'poisoned';
        const [known] = await store.load([event]);
        const sorry = apologyFor(event, known ?? null, options.rules, bare);
        const turn = known === undefined ? sorry : tellOperators(sorry, known, options.rules.business);
        [outcome] = await store.commit([turn]);
        if (outcome?.kind === 'committed') return tellOperator(turn, about);
        if (bare) break;
      }
      throw new Error(`the apology was ${outcome?.kind ?? 'lost'}`);
    } catch (error) {
      about.error({ error }, 'not even an apology could be written');
    }
  }

  return {
    submit,
    async submitRecorded(events) {
      await store.record(events);
      const endings = await submit(events);
      if (endings.includes('unavailable')) options.leftBehind?.();
      return endings;
    },
    canWrite: () => writes,
    settled: () => (running || queue.length > 0 ? new Promise((resolve) => idle.push(resolve)) : Promise.resolve()),
  };
}

interface Decided {
  readonly waiting: Waiting;
  readonly turn: Turn;
  readonly known: Known | undefined;
}

/** What an operator must hear of stands in the audit, in the operators' chats, and in the log for a shop that has none. */
function tellOperator(turn: Turn, log: Log): void {
  for (const change of turn.changes) {
    if (change.kind !== 'audit' || change.actor.kind === 'operator') continue;
    log.warn({ what: change.what, subject: change.subject, detail: change.detail }, 'for the operator');
  }
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
    case 'payment_callback':
      return `callback/${event.reference}`;
    case 'timer':
      return event.key;
    case 'wallet':
    case 'threshold':
    case 'balance_read':
      return `wallet/${event.owner.appId ?? ''}/${event.owner.userId}`;
    case 'price':
      return 'prices';
    case 'stop_list':
      return `stop-list/${event.entry.kind === 'number' ? event.entry.phone : mailKey(event.entry.address)}`;
    case 'command':
    case 'incident':
      return event.kind;
    case 'webhook':
      return event.reading.kind === 'read' ? `webhook/${event.reading.note ?? event.reading.upstreamReference ?? ''}` : 'webhook';
    default:
      return assertNever(event);
  }
}

/** The reference of the order that the turn is about, for the log. */
function orderOf({ changes }: Turn, known: Known | undefined): { readonly order?: string } {
  const opened = changes.find((change) => change.kind === 'open_order');
  if (opened !== undefined) return { order: opened.order.reference };
  const moved = changes.find((change) => change.kind === 'advance_order');
  const orders = known === undefined ? [] : [...(known.order === null ? [] : [known.order]), ...known.recentOrders];
  const order = moved === undefined ? known?.order : orders.find(({ id }) => id === moved.orderId);
  return order == null ? {} : { order: order.reference };
}
