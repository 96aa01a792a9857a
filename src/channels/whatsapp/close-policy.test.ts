/** What follows from each way a connection can end: come again, wait, or stop and tell the operator what to do. */

import { describe, expect, it } from 'vitest';
import { afterClose, backoffMs, type AfterClose, type Closed } from './close-policy.ts';

const decide = (facts: Partial<Closed>): AfterClose =>
  afterClose({
    code: 0,
    paired: true,
    attempt: 1,
    reached: true,
    rounds: facts.attempt ?? 1,
    conflicts: facts.code === 440 ? 1 : 0,
    jitter: 0.5,
    ...facts,
  });
const brief = (after: AfterClose): string =>
  after.kind === 'stop' ? 'stop' : `in ${after.afterMs} ms${after.trouble === null ? '' : ', trouble'}`;

describe('after a close', () => {
  it.each<[Partial<Closed>, string]>([
    [{ code: 515 }, 'in 0 ms'],
    [{ code: 515, attempt: 3 }, 'in 0 ms'],
    [{ code: 515, attempt: 4 }, 'in 6000 ms'],
    [{ code: 515, paired: false }, 'in 0 ms'],
    [{ code: 401 }, 'stop'],
    [{ code: 403 }, 'stop'],
    [{ code: 419 }, 'stop'],
    [{ code: 440 }, 'in 5750 ms, trouble'],
    [{ code: 440, attempt: 2, conflicts: 2 }, 'stop'],
    [{ code: 440, attempt: 5, conflicts: 1 }, 'in 17000 ms, trouble'],
    [{ code: 405 }, 'in 1800000 ms, trouble'],
    [{ code: 405, paired: false }, 'in 1800000 ms, trouble'],
    [{ code: 411 }, 'in 300000 ms, trouble'],
    [{ code: 500 }, 'in 750 ms'],
    [{ code: 500, attempt: 2 }, 'in 1500 ms, trouble'],
    [{ code: 428 }, 'in 750 ms'],
    [{ code: 428, attempt: 2 }, 'in 1500 ms'],
    [{ code: 408, attempt: 5 }, 'in 12000 ms'],
    [{ code: 503, attempt: 6 }, 'in 24000 ms, trouble'],
    [{ code: 503, attempt: 1000 }, 'in 225000 ms, trouble'],
    [{ code: 999 }, 'in 750 ms'],
    [{ code: 0 }, 'in 750 ms'],
    [{ code: 408, paired: false }, 'in 1000 ms'],
    [{ code: 401, paired: false }, 'in 750 ms'],
    [{ code: 408, paired: false, attempt: 10 }, 'stop'],
    [{ code: 408, paired: false, attempt: 30, rounds: 9 }, 'in 1000 ms'],
    [{ code: 408, paired: false, reached: false }, 'in 750 ms'],
    [{ code: 408, paired: false, reached: false, attempt: 2 }, 'in 1500 ms, trouble'],
    [{ code: 0, paired: false, reached: false, attempt: 99 }, 'in 225000 ms, trouble'],
  ])('%o: %s', (facts, expected) => {
    expect(brief(decide(facts))).toBe(expected);
  });

  it('tells the operator what to do wherever it gives up', () => {
    const stops = [401, 403, 419].map((code) => decide({ code }));
    for (const stop of [...stops, decide({ code: 440, conflicts: 2 }), decide({ code: 408, paired: false, attempt: 99 })]) {
      expect(stop).toMatchObject({ kind: 'stop', why: expect.stringMatching(/\.$/), remedy: expect.stringMatching(/\.$/) });
    }
  });
});

it('without internet it says so, and never that nobody linked a phone', () => {
  for (const attempt of [2, 10, 500]) {
    const { trouble } = decide({ code: 408, paired: false, reached: false, attempt }) as {
      trouble: { why: string; remedy: string };
    };
    expect(trouble.why).toMatch(/cannot be reached/);
    expect(trouble.remedy).toMatch(/internet/);
  }
});

describe('backoff', () => {
  it('stays within half and all of what it doubles to, and under five minutes', () => {
    for (let attempt = 1; attempt < 60; attempt += 1) {
      const full = Math.min(300_000, 1000 * 2 ** (attempt - 1));
      expect(backoffMs(attempt, 0)).toBe(Math.round(full / 2));
      expect(backoffMs(attempt, 0.999)).toBeLessThanOrEqual(full);
    }
  });
});
