/** Two programs: one that sells SMS in a chat, and one whose API keeps the wallets (wallet-server.ts). M-Pesa is simulated. */

import { msisdn } from '../../src/domain/msisdn.ts';
import { auditLedger } from '../../src/store/sqlite/audit-ledger.ts';
import { openWorld, type ChatWorld, type WorldOptions } from '../support/chat-world.ts';
import type { ApiWorld } from './wallet-api-world.ts';
import { openWalletServer, type WalletServer, type WalletServerOptions } from './wallet-server.ts';

export interface TwoPrograms extends Pick<WalletServer, 'requests' | 'way' | 'gone' | 'back' | 'close'> {
  readonly shop: ChatWorld;
  readonly wallets: ApiWorld;
  way: WalletServer['way'];
  /** Ends the shop's program, and starts another on its database. */
  restart(): Promise<void>;
  say(text: string): Promise<string>;
  /** All that was said since. */
  saidSince(from: number): string;
  state(): unknown;
}

export const PAYER = msisdn('254722000001');

export async function openTwoPrograms(options: WorldOptions & WalletServerOptions = {}): Promise<TwoPrograms> {
  const server = await openWalletServer(options);
  const open = (): Promise<ChatWorld> => openWorld({ ...options, env: { ...server.env, ...options.env } });
  let shop = await open();
  return {
    get shop() {
      return shop;
    },
    async restart() {
      await shop.close();
      shop = await open();
    },
    wallets: server.world,
    requests: server.requests,
    get way() {
      return server.way;
    },
    set way(way) {
      server.way = way;
    },
    gone: server.gone,
    back: server.back,
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
      await server.close();
    },
  };
}
