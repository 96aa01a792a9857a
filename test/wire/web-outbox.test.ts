/** The page's outbox without a browser: what it keeps, in which order it sends, when it gives up (never, unless refused). */

import { describe, expect, test } from 'vitest';
import { FakeLocalStorage, loadPageOutbox, type PageMessage, type PageOutbox, type PostAnswer } from './web-outbox.ts';

const { createOutbox, newId, safeStorage } = await loadPageOutbox();

interface Desk {
  readonly outbox: PageOutbox;
  readonly posted: string[];
  readonly pauses: number[];
  /** Answers the post that waits. */
  answer(answer: PostAnswer): Promise<void>;
  /** Ends the pause that runs. */
  goOn(): Promise<void>;
}

function desk(local: unknown): Desk {
  const posted: string[] = [];
  const pauses: number[] = [];
  let give: (answer: PostAnswer) => void = () => {};
  let endPause = (): void => {};
  const settle = (): Promise<void> =>
    new Promise((resolve) => queueMicrotask(() => queueMicrotask(() => queueMicrotask(resolve))));
  const outbox = createOutbox({
    storage: safeStorage(local),
    onChange: () => {},
    post: (message: PageMessage) => {
      posted.push(message.id);
      return new Promise((resolve) => (give = resolve));
    },
    pause: (ms) => {
      pauses.push(ms);
      return new Promise((resolve) => (endPause = resolve));
    },
  });
  return {
    outbox,
    posted,
    pauses,
    answer: (answer) => (give(answer), settle()),
    goOn: () => (endPause(), settle()),
  };
}

const message = (at: number, more: Partial<PageMessage> = {}): PageMessage => ({
  id: `id-${at}`,
  at,
  text: `text ${at}`,
  ...more,
});

describe('sending', () => {
  test('one at a time, in the order of writing; what is durable is forgotten', async () => {
    const { outbox, posted, answer } = desk(new FakeLocalStorage());
    for (const at of [9, 10, 100]) outbox.add(message(at));
    expect([posted, outbox.inFlight()]).toEqual([['id-9'], 'id-9']);
    await answer({ kind: 'durable' });
    await answer({ kind: 'durable' });
    expect(posted).toEqual(['id-9', 'id-10', 'id-100']);
    await answer({ kind: 'durable' });
    expect([outbox.all(), outbox.inFlight()]).toEqual([[], null]);
  });

  test('what did not get through goes again, later each time, before anything newer', async () => {
    const { outbox, posted, pauses, answer, goOn } = desk(new FakeLocalStorage());
    outbox.add(message(1));
    outbox.add(message(2));
    for (let attempt = 0; attempt < 6; attempt += 1) {
      await answer({ kind: 'later', why: 'offline' });
      expect(outbox.trouble()).toBe('offline');
      await goOn();
    }
    expect(posted).toEqual(Array.from({ length: 7 }, () => 'id-1'));
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 15_000, 15_000]);
    await answer({ kind: 'durable' });
    expect(posted.at(-1)).toBe('id-2');
    expect(outbox.trouble()).toBeNull();
  });

  test('the pause that the server names is kept, and coming back online ends any pause', async () => {
    const { outbox, posted, pauses, answer } = desk(new FakeLocalStorage());
    outbox.add(message(1));
    await answer({ kind: 'later', why: 'slow_down', afterMs: 7000 });
    expect(pauses).toEqual([7000]);
    await outbox.flush();
    await answer({ kind: 'durable' });
    expect(posted).toEqual(['id-1', 'id-1']);
  });

  test('what was refused stays to be seen, holds nothing up, and is gone when it is taken back', async () => {
    const { outbox, posted, answer } = desk(new FakeLocalStorage());
    outbox.add(message(1));
    outbox.add(message(2));
    await answer({ kind: 'refused', why: 'too_long' });
    await answer({ kind: 'durable' });
    expect(posted).toEqual(['id-1', 'id-2']);
    expect(outbox.all()).toEqual([message(1, { failed: 'too_long' })]);
    outbox.remove(message(1));
    expect(outbox.all()).toEqual([]);
  });
});

describe('keeping', () => {
  test('a page opened again sends what the one before it left, a tap with all that belongs to it', async () => {
    const local = new FakeLocalStorage();
    const first = desk(local);
    first.outbox.add(message(1, { tap: 'confirm:1', on: 'out-1' }));
    const second = desk(local);
    expect(second.outbox.all()).toEqual([message(1, { tap: 'confirm:1', on: 'out-1' })]);
    void second.outbox.flush();
    expect(second.posted).toEqual(['id-1']);
    await second.answer({ kind: 'durable' });
    expect(first.outbox.all()).toEqual([]);
  });

  test('a full or forbidden storage falls back on memory', () => {
    for (const local of [new FakeLocalStorage(0), null]) {
      const { outbox, posted } = desk(local);
      outbox.add(message(1));
      expect(outbox.all()).toEqual([message(1)]);
      expect(posted).toEqual(['id-1']);
    }
  });

  test('what somebody else wrote into the storage does no harm', () => {
    const local = new FakeLocalStorage() as unknown as { setItem(key: string, value: string): void };
    for (const value of ['', '{', 'null', '5', '[]', '{"id":7}']) local.setItem(`jaza.out.${value}`, value);
    local.setItem('other', '{"id":"id-1"}');
    expect(desk(local).outbox.all()).toEqual([]);
  });
});

test('ids are what the server takes, with randomUUID and without', () => {
  const original = crypto.randomUUID;
  const ids = [newId(), newId()];
  Object.defineProperty(crypto, 'randomUUID', { value: undefined, configurable: true });
  ids.push(newId(), newId());
  Object.defineProperty(crypto, 'randomUUID', { value: original, configurable: true });
  for (const id of ids) expect(id).toMatch(/^[\w-]{32,36}$/);
  expect(new Set(ids).size).toBe(4);
});
