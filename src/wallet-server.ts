/** Owns which server keeps the wallets of SMS: another one, loaded with the first request, or none, where they are kept here. */

import type { Config } from './config.ts';
import { lazily } from './lib/lazily.ts';
import type { WalletServer } from './ports/wallet-server.ts';

/** Null: wallets are kept here. */
export function walletServerOf({ tuku }: Pick<Config, 'tuku'>): WalletServer | null {
  return tuku === null ? null : lazyWallets(async () => (await import('./providers/tuku/client.ts')).createTuku(tuku));
}

function lazyWallets(open: () => Promise<WalletServer>): WalletServer {
  const server = lazily(open);
  return {
    name: 'tuku',
    async balance(owner) {
      const tuku = await server();
      return tuku.ok ? tuku.value.balance(owner) : { kind: 'unknown', why: tuku.error };
    },
    async topUp(paid) {
      const tuku = await server();
      return tuku.ok ? tuku.value.topUp(paid) : { answer: { kind: 'not_sent', why: tuku.error }, raw: null };
    },
    async probe() {
      const tuku = await server();
      return tuku.ok ? tuku.value.probe() : { reachable: false, why: tuku.error };
    },
  };
}
