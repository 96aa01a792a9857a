/**
 * Owns what leaves by SMS or e-mail: takes it from the outbox, puts it into words and hands it over once. What may have gone out is never
 * sent again by the same way; what certainly has not is tried for an hour, then whoever else may be told is told.
 */

import type { Phrasebook } from '../conversation/phrasebook.ts';
import { LONGEST_ALERT_MESSAGE } from '../domain/threshold.ts';
import { assert, assertNever } from '../lib/assert.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { jitter } from '../lib/random.ts';
import { shortened } from '../lib/shortened.ts';
import type { NotifyEnd, NotifyWork } from '../ports/alert.ts';
import type { Notifier, NotifierKind, NotifyResult, OutsideMessage } from '../ports/notifier.ts';
import type { OutboxItem, Store } from '../ports/store.ts';
import { createInFlight } from './in-flight.ts';
import { createUnwritten } from './unwritten.ts';
import type { Worker } from './worker.ts';

const AT_ONCE = 8;
/** Longer than any notifier's own timeout, which settings keep to two minutes: whoever finds a lease run out takes it that the message may be out. */
const LEASE_MS = 300_000;
const FIRST_RETRY_MS = 15_000;
const LONGEST_RETRY_MS = 15 * 60_000;
/** About an hour. A warning that comes later than that had better come by another way. */
const MAX_ATTEMPTS = 9;

export function createNotifier(options: {
  readonly store: Pick<Store, 'claimOutbox' | 'finishNotices'>;
  readonly notifiers: ReadonlyMap<NotifierKind, Notifier>;
  readonly phrasebook: Phrasebook;
  readonly clock: Clock;
  readonly log: Log;
  readonly wake: () => void;
  /** A message was given up: somebody should hear of it. */
  readonly gaveUp?: (item: OutboxItem, why: string) => void;
}): Worker {
  const { store, notifiers, phrasebook, clock, log, wake } = options;
  const inFlight = createInFlight(AT_ONCE, { ended: wake, failed: (error) => log.error({ error }, 'a notice broke') });
  const unwritten = createUnwritten<NotifyEnd>(clock, wake);

  async function notify(item: OutboxItem): Promise<void> {
    const { work } = item;
    assert(work.kind === 'notify', 'only notices are claimed');
    const about = log.child({ turn: item.turn, way: work.way });
    const end = endOf(item, await sent(item.id, work, about), about);
    await write([end]);
    if (end.kind === 'dead') options.gaveUp?.(item, end.why);
  }

  async function sent(id: string, work: NotifyWork, about: Log): Promise<NotifyResult> {
    const notifier = notifiers.get(work.way);
    if (notifier === undefined) return { kind: 'refused', why: `${work.way} is switched off`, ours: true };
    let message: OutsideMessage;
    try {
      message = worded(id, work);
    } catch (error) {
      about.error({ error }, 'a notice could not be put into words');
      return { kind: 'refused', why: 'it could not be put into words', ours: true };
    }
    try {
      return await notifier.send(message);
    } catch (error) {
      // It must not throw; if it does, nothing is known.
      about.error({ error }, 'the notifier broke');
      return { kind: 'unknown', why: 'the notifier broke' };
    }
  }

  function worded(id: string, { way, to, subject, parts, language }: NotifyWork): OutsideMessage {
    const said = parts.map((part) => phrasebook.say(part, language)).join(way === 'sms' ? ' ' : '\n\n');
    const text = way === 'sms' ? shortened(said, LONGEST_ALERT_MESSAGE) : said;
    return { id, to, subject: phrasebook.say(subject, language), text };
  }

  function endOf({ id, attempts }: OutboxItem, result: NotifyResult, about: Log): NotifyEnd {
    switch (result.kind) {
      case 'sent':
        return { id, kind: 'sent' };
      case 'refused':
      case 'unknown':
        about.warn({ why: result.why }, `a notice was ${result.kind}`);
        return { id, kind: 'dead', why: result.why };
      case 'retry': {
        const { why, afterMs } = result;
        if (attempts + 1 >= MAX_ATTEMPTS) {
          about.error({ why, attempts: attempts + 1 }, 'a notice was given up');
          return { id, kind: 'dead', why };
        }
        const backoff = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempts);
        return { id, kind: 'retry', dueAt: clock.now() + Math.ceil(afterMs ?? backoff * (1 + jitter() / 4)), why };
      }
      default:
        return assertNever(result);
    }
  }

  async function write(ends: readonly NotifyEnd[]): Promise<void> {
    try {
      await store.finishNotices(ends, clock.now());
    } catch (error) {
      log.error({ error, notices: ends.length }, 'what was sent could not be written down yet');
      unwritten.keep(ends);
    }
  }

  return {
    async step() {
      const ends = unwritten.take();
      // Before anything is claimed: a lease that runs out without an end counts as given up.
      if (ends.length > 0) await write(ends);
      if (inFlight.room() <= 0) return ends.length > 0;
      const items = await store.claimOutbox('notify', clock.now(), inFlight.room(), LEASE_MS);
      for (const item of items) inFlight.start(() => notify(item));
      return ends.length + items.length > 0;
    },
    busy: inFlight.busy,
    settled: inFlight.settled,
  };
}
