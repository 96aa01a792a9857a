/**
 * Two programs of this very kind: one that sells in a chat, and one whose API keeps the wallets (the way between them can be broken), over
 * real HTTP on this machine. M-Pesa is simulated.
 */

import { createServer, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { msisdn } from '../../src/domain/msisdn.ts';
import { auditLedger } from '../../src/store/sqlite/audit-ledger.ts';
import type { ApiScope } from '../../src/ports/api-keys.ts';
import { START, openWorld, type ChatWorld, type WorldOptions } from '../support/chat-world.ts';
import { stopHttp } from './http-world.ts';
import { openApiWorld, type ApiWorld } from './wallet-api-world.ts';

/** `cut`: the request is carried out there, and its answer never comes back. `unread`: so it is with balances alone. */
export type Way = 'open' | 'cut' | 'unread';

export interface TwoPrograms {
  readonly shop: ChatWorld;
  readonly wallets: ApiWorld;
  /** Requests that reached the other side, as in `POST /api/sms-wallet/topup`. */
  readonly requests: string[];
  way: Way;
  /** Nobody listens there until `back`. */
  gone(): Promise<void>;
  back(): Promise<void>;
  /** Ends the shop's program, and starts another on its database. */
  restart(): Promise<void>;
  say(text: string): Promise<string>;
  /** All that was said since. */
  saidSince(from: number): string;
  state(): unknown;
  close(): Promise<void>;
}

export const PAYER = msisdn('254722000001');
const SCOPES: readonly ApiScope[] = ['wallet:topup', 'wallet:read', 'payment:trust'];

export async function openTwoPrograms(
  options: WorldOptions & { readonly scopes?: readonly ApiScope[]; readonly key?: string } = {},
): Promise<TwoPrograms> {
  const wallets = await openApiWorld();
  wallets.clock.advanceTo(Math.max(wallets.clock.now(), START));
  const key = options.key ?? (await wallets.key(options.scopes ?? SCOPES));
  const state: { way: Way } = { way: 'open' };
  const requests: string[] = [];
  const between = await openBetween(wallets.url, requests, () => state.way);
  const open = (): Promise<ChatWorld> =>
    openWorld({
      ...options,
      env: { SANDBOX: 'on', TUKU_BASE_URL: between.url, TUKU_API_KEY: key, TUKU_TIMEOUT_MS: '2000', ...options.env },
    });
  let shop = await open();
  return {
    get shop() {
      return shop;
    },
    async restart() {
      await shop.close();
      shop = await open();
    },
    wallets,
    requests,
    get way() {
      return state.way;
    },
    set way(way) {
      state.way = way;
    },
    gone: between.gone,
    back: between.back,
    async say(text) {
      const from = shop.said.length;
      await shop.hear({ content: { kind: 'text', text } });
      return shop.said
        .slice(from)
        .map((one) => one.text)
        .join('\n---\n');
    },
    saidSince: (from) =>
      shop.said
        .slice(from)
        .map((one) => one.text)
        .join('\n---\n'),
    state: () => shop.core.store.db.prepare('SELECT state FROM orders ORDER BY rowid DESC').pluck().get(),
    async close() {
      const { faults } = auditLedger(shop.core.store.db);
      if (faults.length > 0) throw new Error(faults.join('\n'));
      await shop.close();
      await between.close();
      await stopHttp();
      await wallets.close();
    },
  };
}

interface Between {
  readonly url: string;
  gone(): Promise<void>;
  back(): Promise<void>;
  close(): Promise<void>;
}

async function openBetween(to: string, requests: string[], way: () => Way): Promise<Between> {
  const server: Server = createServer((incoming, response) => {
    const now = way();
    requests.push(`${incoming.method} ${new URL(incoming.url ?? '', to).pathname}`);
    const onward = request(`${to}${incoming.url}`, { method: incoming.method, headers: incoming.headers }, (answer) => {
      if (now === 'cut' || (now === 'unread' && incoming.method === 'GET')) {
        answer.resume();
        answer.on('end', () => incoming.socket.destroy());
        return;
      }
      passOn(answer.statusCode ?? 500, answer.headers, response);
      answer.pipe(response);
    });
    incoming.pipe(onward);
  });
  const listen = (port: number): Promise<void> => new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, gone: stop, back: () => listen(port), close: stop };
}

function passOn(status: number, headers: NodeJS.Dict<string | string[]>, response: ServerResponse): void {
  response.writeHead(status, { 'content-type': String(headers['content-type'] ?? '') });
}
