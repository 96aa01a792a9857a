/**
 * Owns what leaves by SMS or e-mail: takes it from the outbox, puts it into words and hands it over once. What may have gone out is never
 * sent again by the same way; what certainly has not is tried for an hour, then whoever else may be told is told.
 */

import { howToStop } from '../conversation/alert-words.ts';
import type { Phrasebook } from '../conversation/phrasebook.ts';
import type { Phrase } from '../conversation/reply.ts';
import { LONGEST_ALERT_MESSAGE } from '../domain/threshold.ts';
import { assert, assertNever } from '../lib/assert.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { shortened } from '../lib/shortened.ts';
import type { NotifyEnd, NotifyWork } from '../ports/alert.ts';
import type { Notifier, NotifierKind, NotifyResult, OutsideMessage, StopLinks } from '../ports/notifier.ts';
import type { OutboxItem } from '../ports/outbox.ts';
import type { Store } from '../ports/store.ts';
import { backOff, createOutboxWorker } from './outbox-worker.ts';
import type { Worker } from './worker.ts';

const AT_ONCE = 8;
/** Longer than any notifier's own timeout, which settings keep to two minutes: whoever finds a lease run out takes it that the message may be out. */
const LEASE_MS = 300_000;
const RETRY = { firstMs: 15_000, longestMs: 15 * 60_000 };
/** About an hour. A warning that comes later than that had better come by another way. */
const MAX_ATTEMPTS = 9;

export function createNotifier(options: {
  readonly store: Pick<Store, 'claimOutbox' | 'finishNotices'>;
  readonly notifiers: ReadonlyMap<NotifierKind, Notifier>;
  readonly phrasebook: Phrasebook;
  /** Where whoever reads an e-mail at the address can end them; null: nowhere but with the shop. */
  readonly stopLinkTo: StopLinks['linkTo'];
  readonly clock: Clock;
  readonly log: Log;
  readonly wake: () => void;
  /** A message was given up: somebody should hear of it. */
  readonly gaveUp?: (item: OutboxItem, why: string, code: string | null) => void;
}): Worker {
  const { store, notifiers, phrasebook, clock } = options;

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

  function worded(id: string, { way, to, subject: about, parts, language }: NotifyWork): OutsideMessage {
    const say = (part: Phrase): string => phrasebook.say(part, language);
    const subject = say(about);
    if (way === 'sms') return { id, to, subject, text: shortened(parts.map(say).join(' '), LONGEST_ALERT_MESSAGE) };
    const link = options.stopLinkTo(to);
    const text = [...parts, howToStop(link)].map(say).join('\n\n');
    return { id, to, subject, text, ...(link === null ? {} : { stopUrl: link }) };
  }

  function endOf({ id, attempts }: OutboxItem, result: NotifyResult, about: Log): NotifyEnd {
    switch (result.kind) {
      case 'sent':
        return { id, kind: 'sent' };
      case 'refused':
      case 'unknown':
        about.warn({ why: result.why }, `a notice was ${result.kind}`);
        return { id, kind: 'dead', why: result.why, code: result.code ?? null };
      case 'retry': {
        const { why, afterMs } = result;
        if (attempts + 1 >= MAX_ATTEMPTS) {
          about.error({ why, attempts: attempts + 1 }, 'a notice was given up');
          return { id, kind: 'dead', why, code: result.code ?? null };
        }
        return { id, kind: 'retry', dueAt: clock.now() + backOff(attempts, afterMs, RETRY), why };
      }
      default:
        return assertNever(result);
    }
  }

  return createOutboxWorker({
    ...options,
    kind: 'notify',
    atOnce: AT_ONCE,
    leaseMs: LEASE_MS,
    async perform(item, log) {
      const { work } = item;
      assert(work.kind === 'notify', 'only notices are claimed');
      const about = log.child({ way: work.way });
      return endOf(item, await sent(item.id, work, about), about);
    },
    writeDown: (ends) => store.finishNotices(ends, clock.now()),
    ended(item, end) {
      if (end.kind === 'dead') options.gaveUp?.(item, end.why, end.code ?? null);
    },
  });
}
