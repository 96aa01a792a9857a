/** Shows how events become turns: which go together, in what order, and how each ends, whatever the database says. */

import { describe, expect, it } from 'vitest';
import { aChat, aMessage, anOrder, knownOf, NOW, rulesOf } from '../../test/support/decisions.ts';
import { SILENCE_MS } from '../domain/order.ts';
import { createLog } from '../lib/log.ts';
import type { Known, Store, Turn, TurnEvent, TurnOutcome } from '../ports/store.ts';
import { createTurnRunner, type TurnRunner } from './turn-runner.ts';

type Seen = Pick<Store, 'load' | 'commit' | 'poison' | 'record'>;

interface Stand {
  readonly runner: TurnRunner;
  /** Ids of the events of each batch. */
  readonly batches: string[][];
  readonly turns: Turn[];
  readonly recorded: string[];
  readonly logged: Record<string, unknown>[];
  readonly wakes: () => number;
  readonly behind: () => number;
}

/** A database that only remembers what it was asked; each of its answers can be replaced. */
function stand(answers: Partial<Seen> = {}, known: Known = knownOf({ conversation: aChat() })): Stand {
  const batches: string[][] = [];
  const turns: Turn[] = [];
  const recorded: string[] = [];
  const logged: Record<string, unknown>[] = [];
  const attempts = new Map<string, number>();
  let wakes = 0;
  let behind = 0;
  const store: Seen = {
    load: (events) => Promise.resolve(events.map(() => known)),
    async commit(batch) {
      const outcomes = (await answers.commit?.(batch)) ?? batch.map((): TurnOutcome => ({ kind: 'committed' }));
      batches.push(batch.map(({ event }) => event.id));
      turns.push(...batch.filter((_turn, at) => outcomes[at]?.kind === 'committed'));
      return outcomes;
    },
    poison(event) {
      const count = (attempts.get(event.id) ?? 0) + 1;
      attempts.set(event.id, count);
      return Promise.resolve(count);
    },
    record(events) {
      recorded.push(...events.map(({ id }) => id));
      return Promise.resolve();
    },
    ...(answers.load === undefined ? {} : { load: answers.load }),
    ...(answers.poison === undefined ? {} : { poison: answers.poison }),
    ...(answers.record === undefined ? {} : { record: answers.record }),
  };
  const runner = createTurnRunner({
    store,
    rules: rulesOf({ webhooksReachUs: false }),
    log: createLog('debug', (line) => logged.push(JSON.parse(line) as Record<string, unknown>)),
    committed: () => (wakes += 1),
    leftBehind: () => (behind += 1),
  });
  return { runner, batches, turns, recorded, logged, wakes: () => wakes, behind: () => behind };
}

const from = (sender: string, id: string): TurnEvent => ({ ...aMessage({ sender, messageId: id }), id });
/** A call of an order that nobody knows: deciding on it throws. */
const broken = (id: string): TurnEvent => ({ kind: 'call_starting', id, at: NOW, orderId: 'nobody', purpose: 'buy_airtime' });
const timer = (key: string): TurnEvent => ({
  kind: 'timer',
  id: key,
  at: NOW,
  key,
  timer: { kind: 'draft_reminder', conversationId: 'v-1' },
});
const unavailable = (turns: readonly Turn[]): TurnOutcome[] =>
  turns.map(() => ({ kind: 'unavailable', error: new Error('database or disk is full') }));

describe('a batch', () => {
  it('holds what waits together, and at most one event of each speaker, in their order', async () => {
    const it = stand();
    const endings = await it.runner.submit([
      from('achieng', 'a1'),
      from('achieng', 'a2'),
      from('baraka', 'b1'),
      from('achieng', 'a3'),
      from('baraka', 'b2'),
    ]);
    expect(it.batches).toEqual([['a1', 'b1'], ['a2', 'b2'], ['a3']]);
    expect(endings).toEqual(['committed', 'committed', 'committed', 'committed', 'committed']);
    expect(it.wakes()).toBe(3);
  });

  it('holds at most one event of each order, whatever its kind', async () => {
    const it = stand({}, knownOf({ order: anOrder({ state: 'submitting' }), conversation: aChat() }));
    const about = { orderId: 'o-1', purpose: 'buy_airtime', at: NOW } as const;
    await it.runner.submit([
      { ...about, kind: 'call_interrupted', id: 'i' },
      { ...about, kind: 'call_answered', id: 'a', answer: { kind: 'unknown', why: '' }, raw: null },
      {
        kind: 'operator',
        id: 'o',
        at: NOW,
        orderId: 'o-1',
        action: 'operator_cancelled',
        operator: 'op',
        evidence: '',
        seen: '',
      },
    ]);
    expect(it.batches).toEqual([['i'], ['a'], ['o']]);
  });

  it('takes in what comes while the one before is written', async () => {
    const late: Promise<unknown>[] = [];
    const it = stand({
      commit(turns) {
        if (turns[0]?.event.id === 'a1') for (const id of ['b1', 'c1']) late.push(it.runner.submit([from(id, id)]));
        return Promise.resolve(turns.map(() => ({ kind: 'committed' })));
      },
    });
    await it.runner.submit([from('achieng', 'a1')]);
    await Promise.all(late);
    expect(it.batches).toEqual([['a1'], ['b1', 'c1']]);
  });

  it('is of 64 at most', async () => {
    const it = stand();
    await it.runner.submit(Array.from({ length: 150 }, (_one, at) => from(`p${at}`, `e${at}`)));
    expect(it.batches.map(({ length }) => length)).toEqual([64, 64, 22]);
  });

  it('takes few timers while anybody waits, so that a flood of them holds nobody up, and goes on with them beside a flood of people', async () => {
    const it = stand();
    const timers = Array.from({ length: 30 }, (_one, at) => timer(`t${at}`));
    await Promise.all([
      it.runner.submit(timers),
      it.runner.submit(Array.from({ length: 100 }, (_one, at) => from(`p${at}`, `e${at}`))),
    ]);
    const kinds = it.batches.map((ids) => [ids.length, ids.filter((id) => id.startsWith('t')).length]);
    expect(kinds).toEqual([
      [64, 4],
      [44, 4],
      [22, 22],
    ]);
  });

  it('of nothing is over at once', async () => {
    const it = stand();
    expect(await it.runner.submit([])).toEqual([]);
    await it.runner.settled();
    expect(it.batches).toEqual([]);
  });
});

describe('an event', () => {
  it('that took effect before is a duplicate', async () => {
    const it = stand({ commit: (turns) => Promise.resolve(turns.map(() => ({ kind: 'duplicate' }))) });
    expect(await it.runner.submit([from('achieng', 'a1')])).toEqual(['duplicate']);
  });

  it('whose ground has shifted is loaded and decided again, before what its speaker said later', async () => {
    let stale = 2;
    const it = stand({
      commit: (turns) =>
        Promise.resolve(turns.map(({ event }) => (event.id === 'a1' && stale-- > 0 ? { kind: 'stale' } : { kind: 'committed' }))),
    });
    const endings = await it.runner.submit([from('achieng', 'a1'), from('achieng', 'a2'), from('baraka', 'b1')]);
    expect(endings).toEqual(['committed', 'committed', 'committed']);
    expect(it.batches).toEqual([['a1', 'b1'], ['a1'], ['a1'], ['a2']]);
  });

  it('that is stale again and again is set aside, and does not turn for ever', async () => {
    const it = stand({
      commit: (turns) =>
        Promise.resolve(turns.map(({ event }) => ({ kind: event.id.endsWith('/apology') ? 'committed' : 'stale' }) as const)),
    });
    expect(await it.runner.submit([from('achieng', 'a1')])).toEqual(['set_aside']);
    expect(it.batches.length).toBeLessThan(60);
  });
});

describe('a turn that fails', () => {
  it('is tried three times and set aside; everyone else goes on', async () => {
    const it = stand();
    const endings = await it.runner.submit([broken('bad'), from('baraka', 'b1')]);
    expect(endings).toEqual(['set_aside', 'committed']);
    expect(it.logged.filter(({ msg }) => msg === 'a turn failed').map(({ attempts }) => attempts)).toEqual([1, 2, 3]);
  });

  it('because it breaks a rule of the database is counted by the database', async () => {
    let attempts = 0;
    const it = stand({
      commit: (turns) =>
        Promise.resolve(
          turns.map(({ event }) =>
            event.id === 'a1'
              ? { kind: 'poisoned', error: new Error('UNIQUE constraint failed'), attempts: (attempts += 1) }
              : { kind: 'committed' },
          ),
        ),
    });
    expect(await it.runner.submit([from('achieng', 'a1'), from('achieng', 'a2')])).toEqual(['set_aside', 'committed']);
    expect(it.batches).toEqual([['a1'], ['a1'], ['a1'], ['a1/apology'], ['a2']]);
  });

  it('is told to the person and to the operator, once', async () => {
    let attempts = 0;
    const it = stand({
      commit: (turns) =>
        Promise.resolve(
          turns.map(({ event }) =>
            event.id === 'a1' ? { kind: 'poisoned', error: new Error('no'), attempts: (attempts += 1) } : { kind: 'committed' },
          ),
        ),
    });
    await it.runner.submit([from('achieng', 'a1')]);
    const [apology, ...more] = it.turns;
    expect(more).toEqual([]);
    expect(apology?.changes).toMatchObject([
      { kind: 'audit', what: 'event_set_aside', subject: 'a1' },
      { kind: 'say', conversationId: 'v-1', reply: { parts: [{ key: 'common:went-wrong' }] } },
    ]);
    expect(it.logged.find(({ msg }) => msg === 'for the operator')).toMatchObject({ turn: 'a1' });
  });

  it('and is no person’s message is told to the operator alone', async () => {
    const it = stand();
    await it.runner.submit([broken('bad')]);
    expect(it.turns[0]?.changes.map(({ kind }) => kind)).toEqual(['audit']);
  });

  it('that answers a call which moves money brings its order before a person; looked at again while it is stale', async () => {
    const one = anOrder({ state: 'submitting' });
    const raw = { kind: 'call_answered', id: 'a', at: NOW, orderId: one.id, purpose: 'buy_airtime', raw: null } as const;
    const answer: TurnEvent = { ...raw, answer: { kind: 'accepted', upstreamReference: 'UP1' } };
    const apologising = async (...ends: TurnOutcome[]): Promise<string[][]> => {
      const it = stand(
        {
          commit: ([turn]) => {
            const failed = { kind: 'poisoned', error: new Error('no'), attempts: 3 } as const;
            return Promise.resolve([turn?.event.id === 'a' ? failed : (ends.shift() ?? { kind: 'committed' })]);
          },
        },
        knownOf({ order: one }),
      );
      expect(await it.runner.submit([answer])).toEqual(['set_aside']);
      return it.turns.map(({ changes }) =>
        changes.flatMap((change) => (change.kind === 'advance_order' ? [change.to ?? ''] : [])),
      );
    };
    const refused: TurnOutcome = { kind: 'poisoned', error: new Error('no'), attempts: 1 };
    expect(await apologising()).toEqual([['review']]);
    expect(await apologising({ kind: 'stale' }, { kind: 'stale' })).toEqual([['review']]);
    // No more can be written: the operators hear of it at least.
    expect(await apologising(refused)).toEqual([[]]);
    expect(await apologising({ kind: 'stale' }, { kind: 'stale' }, { kind: 'stale' })).toEqual([[]]);
  });

  it('is still set aside when not even the apology can be written', async () => {
    const it = stand({
      commit: (turns) =>
        Promise.resolve(
          turns.map(({ event }) =>
            event.id.endsWith('/apology')
              ? { kind: 'unavailable', error: new Error('full') }
              : { kind: 'poisoned', error: new Error('no'), attempts: 3 },
          ),
        ),
    });
    expect(await it.runner.submit([from('achieng', 'a1')])).toEqual(['set_aside']);
  });
});

describe('a database that cannot write', () => {
  it('ends every event of the batch as unavailable, and says so once until it writes again', async () => {
    let full = true;
    const it = stand({
      commit: (turns) => Promise.resolve(full ? unavailable(turns) : turns.map(() => ({ kind: 'committed' }))),
    });
    expect(it.runner.canWrite()).toBe(true);
    expect(await it.runner.submit([from('achieng', 'a1'), from('baraka', 'b1')])).toEqual(['unavailable', 'unavailable']);
    expect(await it.runner.submit([from('achieng', 'a1')])).toEqual(['unavailable']);
    expect([it.runner.canWrite(), it.wakes()]).toEqual([false, 0]);
    expect(it.logged.filter(({ level }) => level === 'error')).toHaveLength(1);
    full = false;
    expect(await it.runner.submit([from('achieng', 'a1')])).toEqual(['committed']);
    expect(it.runner.canWrite()).toBe(true);
    expect(it.logged.filter(({ msg }) => msg === 'the database writes again')).toHaveLength(1);
  });

  it('or cannot even be read is no different', async () => {
    const it = stand({ load: () => Promise.reject(new Error('disk I/O error')) });
    expect(await it.runner.submit([from('achieng', 'a1')])).toEqual(['unavailable']);
    expect(it.runner.canWrite()).toBe(false);
  });

  it('or cannot count a failure: that event alone is delivered again', async () => {
    const it = stand({ poison: () => Promise.reject(new Error('disk I/O error')) });
    expect(await it.runner.submit([broken('bad'), from('baraka', 'b1')])).toEqual(['unavailable', 'committed']);
  });
});

describe('events of a source that does not deliver again', () => {
  it('are written down before they are turned', async () => {
    const it = stand();
    expect(await it.runner.submitRecorded([from('achieng', 'a1')])).toEqual(['committed']);
    expect([it.recorded, it.behind()]).toEqual([['a1'], 0]);
  });

  it('reject when they could not be written down: nothing was promised', async () => {
    const it = stand({ record: () => Promise.reject(new Error('full')) });
    await expect(it.runner.submitRecorded([from('achieng', 'a1')])).rejects.toThrow('full');
    expect(it.batches).toEqual([]);
  });

  it('that were written down and not turned are reported, to be brought again', async () => {
    const it = stand({ commit: (turns) => Promise.resolve(unavailable(turns)) });
    expect(await it.runner.submitRecorded([from('achieng', 'a1')])).toEqual(['unavailable']);
    expect(it.behind()).toBe(1);
  });
});

describe('the log', () => {
  it('names the turn in every line, and the order by its reference where there is one', async () => {
    const order = anOrder({ state: 'submitting' });
    const it = stand({}, knownOf({ order, conversation: aChat() }));
    await it.runner.submit([{ kind: 'call_interrupted', id: 'i', at: NOW, orderId: 'o-1', purpose: 'buy_airtime' }]);
    expect(it.logged.length).toBeGreaterThan(0);
    for (const line of it.logged) expect(line).toMatchObject({ turn: 'i' });
    expect(it.logged.find(({ msg }) => msg === 'turn committed')).toMatchObject({ order: order.reference });
  });

  it('names the order that the customer spoke of', async () => {
    const order = anOrder({ createdAt: NOW - SILENCE_MS });
    const it = stand({}, knownOf({ conversation: aChat(), recentOrders: [order] }));
    const tap = aMessage({ messageId: 't', content: { kind: 'tap', data: `notgot=${order.reference}:-:0`, on: null } });
    await it.runner.submit([tap]);
    const lines = it.logged.filter(({ order: reference }) => reference === order.reference);
    expect(lines.map(({ msg }) => msg)).toEqual(['turn committed', 'for the operator']);
  });
});
