/** Stories of a breaker: what opens it, who is let through, what closes it. Times are minutes. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  afterCall,
  CLOSED,
  LONGEST_WAIT_MS,
  placed,
  refusedUntil,
  type Breaker,
  type BreakerRules,
  type CallHealth,
} from './breaker.ts';

const MINUTE_MS = 60_000;
const RULES: BreakerRules = { failures: 3, withinMs: 5 * MINUTE_MS, waitMs: MINUTE_MS };

type Step = readonly [minute: number, what: CallHealth | 'order', of?: string];

/** `open 4`: open until minute 4. A step `order` places one only if it is let through; unless it is said of which, a call is of the last. */
function told(...steps: readonly Step[]): string {
  let breaker: Breaker = CLOSED;
  let last = 'o';
  for (const [minute, what, orderId = last] of steps) {
    const now = minute * MINUTE_MS;
    if (what !== 'order') breaker = afterCall(breaker, { orderId, health: what, why: 'no answer' }, now, RULES);
    else if (refusedUntil(breaker, now) === null) {
      last = `o-${minute}`;
      breaker = placed(breaker, last, now);
    }
  }
  if (breaker.kind === 'closed') return `closed ${breaker.failures.length}`;
  return `${breaker.kind} ${breaker.until / MINUTE_MS}`;
}

describe('a breaker', () => {
  it.each<[string, readonly Step[], string]>([
    ['is closed', [], 'closed 0'],
    [
      'counts failures',
      [
        [0, 'failed'],
        [1, 'failed'],
      ],
      'closed 2',
    ],
    [
      'opens at the third in a row',
      [
        [0, 'failed'],
        [1, 'failed'],
        [2, 'failed'],
      ],
      'open 3',
    ],
    [
      'forgets what an answer came after',
      [
        [0, 'failed'],
        [1, 'failed'],
        [1, 'answered'],
        [2, 'failed'],
      ],
      'closed 1',
    ],
    [
      'forgets what is long ago',
      [
        [0, 'failed'],
        [1, 'failed'],
        [6, 'failed'],
      ],
      'closed 1',
    ],
    ['opens at once when the token is refused, and for long', [[0, 'locked_out']], 'open 10'],
    [
      'stays as it is when calls that were out fail too',
      [
        [0, 'locked_out'],
        [1, 'failed'],
        [2, 'locked_out'],
      ],
      'open 10',
    ],
    [
      'lets no order through while it is open',
      [
        [0, 'locked_out'],
        [9, 'order'],
      ],
      'open 10',
    ],
    [
      'lets one order through afterwards',
      [
        [0, 'locked_out'],
        [10, 'order'],
        [11, 'order'],
      ],
      'half_open 20',
    ],
    [
      'lets another through when nothing was heard of the first',
      [
        [0, 'locked_out'],
        [10, 'order'],
        [20, 'order'],
      ],
      'half_open 30',
    ],
    [
      'opens for twice as long when that one fails',
      [
        [0, 'failed'],
        [0, 'failed'],
        [0, 'failed'],
        [1, 'order'],
        [1, 'failed'],
      ],
      'open 3',
    ],
    [
      'hears nothing new from calls that were out before, while that one is',
      [
        [0, 'failed'],
        [0, 'failed'],
        [0, 'failed'],
        [1, 'order'],
        [1, 'failed', 'an older one'],
        [1, 'locked_out', 'an older one'],
      ],
      'half_open 11',
    ],
    [
      'closes when that one is answered',
      [
        [0, 'locked_out'],
        [10, 'order'],
        [11, 'answered'],
      ],
      'closed 0',
    ],
    [
      'closes at any answer, also of a call that was out before',
      [
        [0, 'locked_out'],
        [1, 'answered'],
      ],
      'closed 0',
    ],
  ])('%s', (_name, steps, expected) => expect(told(...steps)).toBe(expected));

  it('says why and since when, also after a failed try', () => {
    const open = afterCall(CLOSED, { orderId: 'n', health: 'locked_out', why: '4000 bad token' }, 5, RULES);
    expect(open).toMatchObject({ why: '4000 bad token', since: 5 });
    const again = afterCall(
      placed(open, 'o', LONGEST_WAIT_MS + 5),
      { orderId: 'o', health: 'failed', why: 'timeout' },
      LONGEST_WAIT_MS + 9,
      RULES,
    );
    expect(again).toMatchObject({ kind: 'open', why: 'timeout', since: 5, waitMs: LONGEST_WAIT_MS });
  });

  it('never keeps orders out for longer than the longest wait, and never lets two through at once', () => {
    const step = fc.tuple(
      fc.integer({ min: 0, max: 20 * MINUTE_MS }),
      fc.constantFrom('answered', 'failed', 'locked_out', 'order'),
    );
    const story = fc.array(step, { maxLength: 60 });
    fc.assert(
      fc.property(story, (steps) => {
        let breaker: Breaker = CLOSED;
        let now = 0;
        for (const [later, what] of steps) {
          now += later;
          const until = refusedUntil(breaker, now);
          expect((until ?? now) - now).toBeLessThanOrEqual(LONGEST_WAIT_MS);
          if (what !== 'order') breaker = afterCall(breaker, { orderId: 'o', health: what, why: 'why' }, now, RULES);
          else if (until === null) {
            const before = breaker.kind;
            breaker = placed(breaker, 'o', now);
            if (before !== 'closed') expect(refusedUntil(breaker, now)).not.toBeNull();
          }
        }
      }),
    );
  });
});
