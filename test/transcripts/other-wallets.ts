/** Owns the other program of a transcript, which keeps the wallets of SMS: that nobody reaches it, that others use it, what an SMS costs there. */

import { parseMsisdn } from '../../src/domain/msisdn.ts';
import type { Buyer } from '../../src/domain/tariff.ts';
import { openWalletServer, type WalletServer, type WalletServerOptions } from '../wire/wallet-server.ts';

export interface OtherWallets {
  /** What the program under test must be told. */
  readonly env: Readonly<Record<string, string>>;
  does(what: string, words: readonly string[]): Promise<void>;
  /** So often it was asked to add. */
  topUps(): number;
  close(): Promise<void>;
}

const OTHERS = { kind: 'program', name: 'campaigns' } as const;

/** Of a key that is not told prices. */
export const UNPRICED = ['wallet:topup', 'wallet:read', 'payment:trust'] as const;

/** `now`: of the program under test; the clocks of both are one. */
export async function openOtherWallets(
  options: Required<Pick<WalletServerOptions, 'now'>> & WalletServerOptions,
): Promise<OtherWallets> {
  const { now } = options;
  const server = await openWalletServer(options);
  let asked = 0;
  return {
    env: server.env,
    topUps: () => server.requests.filter((one) => one === 'POST /api/sms-wallet/topup').length,
    close: server.close,
    async does(what, words) {
      const { clock } = server.world;
      clock.advanceTo(Math.max(clock.now(), now()));
      asked += 1;
      await act(server, what, words, `asked-${asked}`);
    },
  };
}

async function act(server: WalletServer, what: string, [first = '', second = '']: readonly string[], key: string): Promise<void> {
  const { desk } = server.world;
  switch (what) {
    case 'gone':
      return server.gone();
    case 'back':
      server.way = 'open';
      return server.back();
    case 'open':
    case 'cut':
    case 'unread':
      server.way = what;
      return;
    case 'cost':
      return done(await desk.setPrice({ level: 'platform' }, Number(first) * 1_000, OTHERS));
    case 'used':
      return done(await desk.ask(ownerOf(first), key, { kind: 'debit', units: Number(second), reason: 'sent' }, OTHERS));
    default:
      throw new Error(`where the wallets are kept, this cannot be done: ${what}`);
  }
}

/** As the bot names the wallet of somebody whose number it knows. */
function ownerOf(number: string): Buyer {
  const parsed = parseMsisdn(number);
  if (!parsed.ok) throw new Error('not a number');
  return { appId: null, userId: parsed.value };
}

function done(answer: { readonly ok: boolean }): void {
  if (!answer.ok) throw new Error(`it was refused: ${JSON.stringify(answer)}`);
}
