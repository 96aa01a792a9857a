/**
 * Another program of this very kind, whose API keeps the wallets of SMS, over real HTTP on this machine; the way to it can be broken. It
 * says what must be set to use it.
 */

import { createServer, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ApiScope } from '../../src/ports/api-keys.ts';
import { START } from '../support/chat-world.ts';
import { stopHttp } from './http-world.ts';
import { openApiWorld, type ApiWorld } from './wallet-api-world.ts';

/** `cut`: the request is carried out there, and its answer never comes back. `unread`: so it is with balances alone. */
export type Way = 'open' | 'cut' | 'unread';

export interface WalletServer {
  readonly world: ApiWorld;
  /** What the program that uses it must be told. */
  readonly env: Readonly<Record<string, string>>;
  /** Requests that reached it, as in `POST /api/sms-wallet/topup`. */
  readonly requests: string[];
  way: Way;
  /** Nobody listens there until `back`. */
  gone(): Promise<void>;
  back(): Promise<void>;
  close(): Promise<void>;
}

export interface WalletServerOptions {
  readonly scopes?: readonly ApiScope[];
  /** In place of one that it made. */
  readonly key?: string;
  /** Its clock goes with this one; without it, it stands still. */
  readonly now?: () => number;
}

const SCOPES: readonly ApiScope[] = ['wallet:topup', 'wallet:read', 'payment:trust', 'costs:read'];

export async function openWalletServer({
  scopes = SCOPES,
  key,
  now = () => START,
}: WalletServerOptions = {}): Promise<WalletServer> {
  const world = await openApiWorld({}, now());
  const given = key ?? (await world.key(scopes));
  const state: { way: Way } = { way: 'open' };
  const requests: string[] = [];
  const between = await openBetween(world.url, () => state.way, {
    came(what) {
      world.clock.advanceTo(Math.max(world.clock.now(), now()));
      requests.push(what);
    },
  });
  return {
    world,
    env: { SANDBOX: 'on', TUKU_BASE_URL: between.url, TUKU_API_KEY: given, TUKU_TIMEOUT_MS: '2000' },
    requests,
    get way() {
      return state.way;
    },
    set way(way) {
      state.way = way;
    },
    gone: between.gone,
    back: between.back,
    async close() {
      await between.close();
      await stopHttp();
      await world.close();
    },
  };
}

interface Between {
  readonly url: string;
  gone(): Promise<void>;
  back(): Promise<void>;
  close(): Promise<void>;
}

async function openBetween(to: string, way: () => Way, { came }: { readonly came: (what: string) => void }): Promise<Between> {
  const server: Server = createServer((incoming, response) => {
    const now = way();
    came(`${incoming.method} ${new URL(incoming.url ?? '', to).pathname}`);
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
