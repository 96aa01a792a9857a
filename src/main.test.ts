/** The whole core on a real file: what happens when the disk is full, when it is closed in the middle, and while it is being set up. */

import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openWorld, START, type ChatWorld } from '../test/support/chat-world.ts';
import { aMessage } from '../test/support/decisions.ts';
import { breathe } from '../test/support/workers-bench.ts';
import { openUpstream, type RecordingUpstream } from '../test/wire/recording-upstream.ts';
import { parseConfig } from './config.ts';
import { msisdn } from './domain/msisdn.ts';
import { ManualClock } from './lib/clock.ts';
import { silentLog } from './lib/log.ts';
import { openCore, type Core } from './main.ts';
import type { Channel, ChannelName, InboundMessage, Intake, OutboundMessage, SendOutcome } from './ports/channel.ts';
import { NotDurable } from './services/intake.ts';
import { copyDatabase } from './store/sqlite/back-up.ts';
import { lookInto } from './store/sqlite/look.ts';

const OWN = msisdn('254722000001');
const ORDER: Partial<InboundMessage> = { ownPhone: OWN, content: { kind: 'text', text: 'buy 100 for 0733000002' } };
const YES: Partial<InboundMessage> = { content: { kind: 'text', text: 'yes' }, sentAt: null };

let folder: string;
let database: string;
let upstream: RecordingUpstream;
const worlds: ChatWorld[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jaza-main-'));
  database = join(folder, 'jaza.db');
  upstream = await openUpstream();
});
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
  await upstream.close();
  rmSync(folder, { recursive: true });
});

async function world(real = false): Promise<ChatWorld> {
  const env = real ? { TOPUPS_API_TOKEN: 'token', TOPUPS_BASE_URL: upstream.url } : {};
  const opened = await openWorld({ database, env });
  worlds.push(opened);
  return opened;
}

/** Without waiting for what follows. */
async function saysYes({ core }: ChatWorld): Promise<void> {
  const address = { channel: 'terminal', account: 'test', chat: 'wanjiku' } as const;
  expect(await core.runner.submit([aMessage({ ...YES, address, sender: 'wanjiku' }, core.clock.now())])).toEqual(['committed']);
  await vi.waitFor(() => expect(upstream.posts).toHaveLength(1));
}

const states = (core: Core): unknown[] => core.store.db.prepare('SELECT state FROM orders ORDER BY created_at').pluck().all();

describe('a database holds real orders or simulated ones, never both', () => {
  const core = (env: Record<string, string>): ReturnType<typeof openCore> => {
    const config = parseConfig({ DATABASE_URL: `sqlite:${database}`, ...env });
    if (!config.ok) throw new Error(config.error.join());
    return openCore({
      config: config.value,
      log: silentLog,
      listens: false,
      everyChannel: true,
      clock: () => new ManualClock(START),
    });
  };
  const real = { TOPUPS_API_TOKEN: 'token' };
  const off = { SANDBOX: 'off' };

  it.each([
    [true, {}, 'holds real orders, and airtime is simulated here: set TOPUPS_API_TOKEN, or use another DATABASE_URL'],
    [false, real, 'holds simulated orders, and airtime is real here: use another DATABASE_URL, or unset TOPUPS_API_TOKEN'],
  ])('once one was placed (real: %s), the other kind is refused, and nothing is changed', async (isReal, others, why) => {
    const one = await world(isReal);
    await one.hear(ORDER);
    await one.hear(YES);
    const before = states(one.core);
    expect(before).toHaveLength(1);
    await worlds.pop()?.close();
    expect(await core(others)).toEqual({ ok: false, error: expect.stringContaining(why) as string });
    for (const env of [off, isReal ? real : {}]) {
      const opened = await core(env);
      if (!opened.ok) throw new Error(opened.error);
      expect(states(opened.value)).toEqual(before);
      await opened.value.close();
    }
    expect((await core(others)).ok).toBe(false);
  });

  it('until then it is of no kind', async () => {
    for (const env of [{}, real, off, {}, real]) {
      const opened = await core(env);
      if (!opened.ok) throw new Error(opened.error);
      await opened.value.close();
    }
  });
});

describe('a full disk', () => {
  const fill = ({ core: { store } }: ChatWorld): void =>
    void store.db.pragma(`max_page_count = ${Number(store.db.pragma('page_count', { simple: true }))}`);
  const free = ({ core: { store } }: ChatWorld): void => void store.db.pragma('max_page_count = 1000000');
  const long = (at: number): Partial<InboundMessage> => ({
    messageId: `long-${at}`,
    content: { kind: 'text', text: `hello ${'x'.repeat(1_900)}` },
  });

  /** Talks until the disk is full; the number of the message that did not fit. */
  async function talkUntilFull(one: ChatWorld): Promise<number> {
    fill(one);
    for (let at = 0; at < 200; at += 1) {
      try {
        await one.hear(long(at));
      } catch (error) {
        expect(error).toBeInstanceOf(NotDurable);
        return at;
      }
    }
    throw new Error('the disk never became full');
  }

  it('leaves the message with its source; delivered again when there is room, it is answered once', async () => {
    const one = await world();
    await one.hear(ORDER);
    const at = await talkUntilFull(one);
    const before = one.said.length;
    await expect(one.hear(long(at))).rejects.toThrow(NotDurable);
    expect(one.core.runner.canWrite()).toBe(false);
    expect(await one.core.store.check()).toEqual({ ok: true });
    free(one);
    await one.settle();
    await one.hear(long(at));
    expect(one.core.runner.canWrite()).toBe(true);
    expect(one.said.length).toBeGreaterThan(before);
    const after = one.said.length;
    await one.hear(long(at));
    expect(one.said).toHaveLength(after);
  });

  it('takes no webhook that it could not keep', async () => {
    const one = await world();
    await one.hear(ORDER);
    await talkUntilFull(one);
    await expect(one.core.onWebhook?.('x'.repeat(60_000), 'text/plain')).rejects.toThrow('full');
    free(one);
    await one.core.onWebhook?.('x'.repeat(60_000), 'text/plain');
    expect(one.core.store.db.prepare("SELECT count(*) FROM audit WHERE what = 'webhook_quarantined'").pluck().get()).toBe(1);
  });

  it('keeps what the upstream answered, and writes it when there is room', async () => {
    const one = await world(true);
    await one.hear(ORDER);
    upstream.behave({ kind: 'hold' });
    await saysYes(one);
    const { db } = one.core.store;
    db.function('find_room', () => {
      throw new Database.SqliteError('database or disk is full', 'SQLITE_FULL');
    });
    db.exec('CREATE TEMP TRIGGER full BEFORE INSERT ON order_step BEGIN SELECT find_room(); END');
    upstream.release();
    await one.settle();
    await one.pass(5_000);
    expect(states(one.core)).toEqual(['submitting']);
    db.exec('DROP TRIGGER full');
    await one.pass(1_000);
    expect(states(one.core)).toEqual(['awaiting_payment']);
    expect(upstream.posts).toHaveLength(1);
  });
});

describe('closing', () => {
  it('waits for a call that is out, and keeps its answer', async () => {
    const one = await world(true);
    await one.hear(ORDER);
    upstream.behave({ kind: 'hold' });
    await saysYes(one);
    const closing = one.core.close();
    await breathe();
    upstream.release();
    expect(await closing).toBe(true);
    worlds.pop();
    const next = await world(true);
    expect(states(next.core)).toEqual(['awaiting_payment']);
    expect(upstream.posts).toHaveLength(1);
  });

  it('does not wait for ever: the call is unknown at the next start, and is not made again', async () => {
    const one = await world(true);
    await one.hear(ORDER);
    upstream.behave({ kind: 'hold' });
    await saysYes(one);
    expect(await one.core.close(20)).toBe(false);
    worlds.pop();
    upstream.behave({ kind: 'usual' });
    const next = await world(true);
    expect(states(next.core)).toEqual(['unknown']);
    expect(next.said.map(({ text }) => text).join('\n')).toContain("don't know yet");
    await next.pass(60 * 60_000);
    expect(upstream.posts).toHaveLength(1);
  });

  it('lets the next process have the database', async () => {
    await (await world()).core.close();
    worlds.pop();
    await expect(world()).resolves.toBeDefined();
  });
});

describe('a backup that a hand put back', () => {
  it('knows that it is one: the call that waited in it is not made, and it is settled once', async () => {
    const first = await world(true);
    await upstream.close();
    await first.hear(ORDER);
    await first.hear(YES);
    expect(states(first.core)).toEqual(['confirmed']);
    const copy = join(folder, 'copy.db');
    expect((await lookInto(database, (db) => copyDatabase(db, copy))).ok).toBe(true);
    await first.close();
    worlds.pop();
    for (const suffix of ['-wal', '-shm', '']) rmSync(database + suffix, { force: true });
    renameSync(copy, database);

    upstream = await openUpstream(Number(new URL(upstream.url).port));
    const second = await world(true);
    await second.pass(60_000);
    expect([upstream.posts, states(second.core)]).toEqual([[], ['unknown']]);
    await second.hear({ ...ORDER, sender: 'other', ownPhone: msisdn('254722000009') });
    await second.close();
    worlds.pop();
    // A draft that was begun after that is not closed by the next start.
    const third = await world(true);
    await third.hear({ ...YES, sender: 'other' });
    expect(upstream.posts).toHaveLength(1);
  });
});

describe('a reply', () => {
  it('leaves only after its turn is on the disk', async () => {
    const one = await world();
    const reader = new Database(database, { readonly: true });
    const heard = reader.prepare("SELECT count(*) FROM message WHERE direction = 'in'").pluck();
    const orders = reader.prepare('SELECT count(*) FROM orders').pluck();
    const seen: unknown[] = [];
    const { push } = one.said;
    one.said.push = (...messages) => {
      seen.push([heard.get(), orders.get()]);
      return push.apply(one.said, messages);
    };
    await one.hear(ORDER);
    await one.hear(YES);
    reader.close();
    expect(seen[0]).toEqual([1, 0]);
    expect(seen.slice(1).length).toBeGreaterThan(0);
    for (const one of seen.slice(1)) expect(one).toEqual([2, 1]);
  });
});

describe('while the channels are being plugged in', () => {
  interface Plug extends Channel {
    readonly sent: OutboundMessage[];
    intake: Intake | null;
    outcome: SendOutcome | null;
  }

  function plug(name: ChannelName): Plug {
    const channel: Plug = {
      name,
      capabilities: { buttons: true, retireButtons: false, asksOwnPhone: false, redelivers: true },
      sent: [],
      intake: null,
      outcome: null,
      start(intake) {
        channel.intake = intake;
        return Promise.resolve();
      },
      stop: () => Promise.resolve(),
      send(message) {
        channel.sent.push(message);
        return Promise.resolve(channel.outcome ?? { kind: 'sent', channelMessageId: message.id });
      },
      health: () => ({ state: 'up' }),
    };
    return channel;
  }

  async function core(everyChannel = true): Promise<Core> {
    const config = parseConfig({ DATABASE_URL: `sqlite:${database}` });
    if (!config.ok) throw new Error(config.error.join('\n'));
    const opened = await openCore({
      config: config.value,
      log: silentLog,
      listens: false,
      everyChannel,
      clock: () => new ManualClock(START),
    });
    if (!opened.ok) throw new Error(opened.error);
    return opened.value;
  }

  const words = (channel: ChannelName, messageId: string): InboundMessage =>
    aMessage({ address: { channel, account: 'ours', chat: 'amina' }, sender: 'amina', messageId }).message;

  it('no message for a channel that is still missing is given up', async () => {
    const first = await core();
    const before = plug('whatsapp');
    before.outcome = { kind: 'retry', why: 'not connected', afterMs: 0 };
    await first.open(before);
    await first.rescue();
    first.driver.wake();
    await before.intake?.([words('whatsapp', '1')]);
    await breathe();
    expect(before.sent.length).toBeGreaterThan(0);
    await first.close();

    const second = await core();
    const web = plug('web');
    const whatsapp = plug('whatsapp');
    await second.open(web);
    await web.intake?.([words('web', '2')]);
    await breathe(50);
    expect([web.sent, whatsapp.sent]).toEqual([[], []]);
    await second.open(whatsapp);
    await second.rescue();
    await second.driver.drain();
    expect([web.sent.length, whatsapp.sent.length]).toEqual([1, 1]);
    await second.close();
  });

  it('a process that is not the server says only what is for its own channels, and leaves the rest to the server', async () => {
    const server = await core();
    const down = plug('whatsapp');
    down.outcome = { kind: 'retry', why: 'not connected', afterMs: 0 };
    await server.open(down);
    await server.rescue();
    await down.intake?.([words('whatsapp', '1')]);
    await breathe();
    await server.close();

    const chat = await core(false);
    const terminal = plug('terminal');
    await chat.open(terminal);
    await chat.rescue();
    await terminal.intake?.([words('terminal', '2')]);
    await chat.driver.drain();
    expect(terminal.sent).toHaveLength(1);
    const waiting = chat.store.db.prepare('SELECT dead_at, why FROM outbox').all();
    expect(waiting).toEqual([{ dead_at: null, why: 'not connected' }]);
    await chat.close();

    const again = await core();
    const whatsapp = plug('whatsapp');
    await again.open(whatsapp);
    await again.rescue();
    await again.driver.drain();
    expect(whatsapp.sent).toHaveLength(1);
    await again.close();
  });
});

describe('a database that cannot be used', () => {
  async function refusal(path: string): Promise<string> {
    const config = parseConfig({ DATABASE_URL: `sqlite:${path}` });
    if (!config.ok) throw new Error(config.error.join('\n'));
    const opened = await openCore({
      config: config.value,
      log: silentLog,
      listens: false,
      everyChannel: true,
      clock: () => new ManualClock(START),
    });
    if (opened.ok) {
      await opened.value.close();
      return 'none';
    }
    return opened.error;
  }

  it('because another process holds it', async () => {
    await world();
    expect(await refusal(database)).toMatch(/held by another process: stop it first/);
  });

  it.each([
    ['a folder', (path: string) => mkdirSync(path)],
    ['no database', (path: string) => writeFileSync(path, 'not a database, but long enough to be taken for one'.repeat(40))],
  ])('because it is %s is said in a sentence, and nothing stays held', async (_name, make) => {
    make(database);
    expect(await refusal(database)).toMatch(/^The database .* cannot be used: /);
    rmSync(database, { recursive: true });
    expect(await refusal(database)).toBe('none');
  });

  it('because a file stands in the place of its folder', async () => {
    writeFileSync(join(folder, 'file'), '');
    expect(await refusal(join(folder, 'file', 'jaza.db'))).toMatch(/^The database .* cannot be used: /);
  });
});
