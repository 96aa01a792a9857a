/**
 * A Bot API server for tests, to be named in `TELEGRAM_API_ROOT`: behaves as Telegram does and refuses what Telegram refuses.
 *
 *     const api = await startFakeBotApi();
 *     // ... start the bot with { token: api.token, apiRoot: api.url } ...
 *     const asha = api.person({ id: 7, languageCode: 'sw', phone: '254722000000' });
 *     asha.writes('/start');
 *     await asha.hears('Karibu');              // waits for it; what came before is skipped
 *     asha.taps('Nunua');                      // a label or a button's data, inline or below the input field
 *     api.fail('sendMessage', { code: 429, retryAfter: 1 });
 *     await api.close();
 *
 * People are in fake-bot-api-person.ts, refusals in fake-bot-api-text.ts and fake-bot-api-methods.ts.
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { serve, type Failure, type InjectedFailure } from './fake-bot-api-http.ts';
import { Person, type PersonOptions } from './fake-bot-api-person.ts';
import { UpdateQueue, type Update } from './fake-bot-api-updates.ts';
import { DEFAULT_TIMEOUT_MS, World, type Call } from './fake-bot-api-world.ts';

export interface FakeBotApi {
  /** As `TELEGRAM_API_ROOT` wants it. */
  readonly url: string;
  readonly token: string;
  readonly botId: string;
  person(options: PersonOptions): Person;
  /** An update of any shape, with the next number: `pushes('message', {...})`. Null when the bot has not asked for its kind. */
  pushes(kind: string, body: unknown): Update | null;
  /** The same update once more. A poller sees it only if it has not named a higher offset; a webhook always. */
  redeliver(update: Update): void;
  /** The next calls of this method (`*`: of any) meet a failure. Failures of one method queue up. */
  fail(method: string, failure: Failure): void;
  /** Telegram is cut off: every connection breaks, those that are open as well, until `comeBack`. */
  goDark(): void;
  comeBack(): void;
  /** No tap that is still open can be answered any more. */
  ageTaps(): void;
  /** Every call that came with the right token, in order; `callsOf` only those of one method. */
  readonly calls: readonly Call[];
  callsOf(method: string): readonly Call[];
  /** Resolves when the method has been called `times` times since the fake was started. */
  called(method: string, times?: number): Promise<readonly Call[]>;
  /** Waits for anything that can be seen here; looked at again after each change. */
  until(condition: () => boolean, describe?: string, timeoutMs?: number): Promise<void>;
  /** Resolves when every update has been confirmed. */
  drained(): Promise<void>;
  /** Updates that are not confirmed yet. */
  readonly pending: readonly Update[];
  /** Updates that the bot threw away unread, by `drop_pending_updates`. */
  readonly dropped: number;
  readonly webhookUrl: string;
  /** True while a long poll is held open. */
  readonly polledNow: boolean;
  /** The menu set for a scope and language, as `all_private_chats/sw`; `default/` without either. */
  commands(key: string): unknown;
  /** Called after every change; for programs that print what happens. */
  watch(watcher: () => void): () => void;
  close(): Promise<void>;
}

export interface FakeBotApiOptions {
  readonly token?: string;
  readonly port?: number;
  readonly firstUpdateId?: number;
}

export const TEST_TOKEN = '7000000001:AAF-fake-token-for-tests-0123456789';

export async function startFakeBotApi(options: FakeBotApiOptions = {}): Promise<FakeBotApi> {
  const world = new World(options.token ?? TEST_TOKEN);
  const updates = new UpdateQueue(world, options.firstUpdateId ?? 870_000_001);
  const failures: InjectedFailure[] = [];
  const line = await openLine(options.port ?? 0, (request, response) => serve({ world, updates, failures }, request, response));

  return {
    ...viewOf(world, updates),
    url: line.url,
    token: world.token,
    botId: String(world.botId),
    person: (person) => new Person(world, updates, person),
    pushes: (kind, body) => updates.push(kind, body),
    redeliver: (update) => updates.redeliver(update),
    fail: (method, failure) => void failures.push({ method: method.toLowerCase(), failure, left: failure.times ?? 1 }),
    goDark: line.cut,
    comeBack: line.mend,
    ageTaps: () => {
      for (const query of world.callbacks.values()) if (query.state === 'open') query.state = 'too_old';
    },
    get pending() {
      return updates.pending;
    },
    get dropped() {
      return updates.dropped;
    },
    get webhookUrl() {
      return updates.webhookUrl;
    },
    get polledNow() {
      return updates.polledNow;
    },
    close: async () => {
      updates.close();
      await line.close();
    },
  };
}

function viewOf(
  world: World,
  updates: UpdateQueue,
): Pick<FakeBotApi, 'calls' | 'callsOf' | 'called' | 'until' | 'drained' | 'commands' | 'watch'> {
  const callsOf = (method: string): Call[] => world.calls.filter((call) => call.method.toLowerCase() === method.toLowerCase());
  const when = async (condition: () => boolean, describe: () => string, timeoutMs?: number): Promise<void> => {
    await world.until(() => (condition() ? true : undefined), describe, timeoutMs);
  };
  return {
    calls: world.calls,
    callsOf,
    called: async (method, times = 1) => {
      await when(
        () => callsOf(method).length >= times,
        () => `${times} calls of ${method}, there were ${callsOf(method).length}`,
      );
      return callsOf(method);
    },
    until: (condition, describe = 'a condition', timeoutMs = DEFAULT_TIMEOUT_MS) => when(condition, () => describe, timeoutMs),
    drained: () =>
      when(
        () => updates.pending.length === 0,
        () => `the confirmation of ${updates.pending.length} updates`,
      ),
    commands: (key) => world.commands.get(key),
    watch: (watcher) => world.watch(watcher),
  };
}

interface Line {
  readonly url: string;
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

async function openLine(port: number, handler: Handler): Promise<Line> {
  const sockets = new Set<Socket>();
  let dark = false;
  const server = createServer((request, response) => {
    handler(request, response).catch(() => request.socket.destroy());
  });
  server.on('connection', (socket) => {
    if (dark) return void socket.destroy();
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const breakAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut: () => {
      dark = true;
      breakAll();
    },
    mend: () => {
      dark = false;
    },
    close: async () => {
      breakAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
