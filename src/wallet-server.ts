/** Owns which server keeps the wallets of SMS: another one, loaded with the first request, or none, where they are kept here. */

import type { Config } from './config.ts';
import { lazily } from './lib/lazily.ts';
import type { WalletServer } from './ports/wallet-server.ts';
import type { HeldHere } from './store/sqlite/held-here.ts';

/** Null: wallets are kept here. */
export function walletServerOf({ tuku }: Pick<Config, 'tuku'>): WalletServer | null {
  return tuku === null ? null : lazyWallets(async () => (await import('./providers/tuku/client.ts')).createTuku(tuku));
}

/** SMS that customers have paid for are here, and where another server keeps the wallets they would see none of them. Null: there are none. */
export function outOfSight({ sms, wallets }: HeldHere): string | null {
  if (wallets === 0) return null;
  return `${sms} SMS in ${wallets} ${wallets === 1 ? 'wallet' : 'wallets'} are kept here, and their owners neither see nor use them while TUKU_BASE_URL is set`;
}

export const CARRY_OVER =
  'Whose they are: npx jaza wallet list (and statement). Add them on that server; then take them out here, with TUKU_BASE_URL and TUKU_API_KEY unset: npx jaza wallet adjust. Or leave them as they are: TUKU_HIDES_OWN_SMS=on';

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
