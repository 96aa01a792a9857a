/** A shop whose customer has a wallet of SMS, a chat and a number: what is spent, what is set, and everything that anybody is told. */

import { newSession } from '../../src/conversation/session.ts';
import { OWN_ADDRESSES } from '../../src/domain/alert.ts';
import { kes } from '../../src/domain/money.ts';
import type { SetThreshold, ThresholdWish } from '../../src/ports/alert.ts';
import type { Spoken } from '../../src/conversation/reply.ts';
import { thresholdDesk, type ThresholdDesk } from '../../src/services/threshold-desk.ts';
import { walletDesk } from '../../src/services/wallet-desk.ts';
import { achieng, commit, message, NOW, phones, welcome, type Person } from '../contracts/store-world.ts';
import { openBench, type Bench } from './workers-bench.ts';

export const OWNER = { appId: null, userId: phones.achieng };
const BY = { kind: 'program', name: 'shop' } as const;

export interface AlertWorld {
  readonly bench: Bench;
  readonly thresholds: ThresholdDesk;
  /** KES 0.8 each. */
  buy(units: number): Promise<void>;
  spend(units: number): Promise<void>;
  adjust(units: number): Promise<void>;
  set(wish?: Partial<ThresholdWish>): Promise<SetThreshold>;
  balance(): Promise<number>;
  /** What was told since this was asked last: `chat ...`, `sms <to> ...`, `email <to> ...`. */
  told(): string[];
  close(): Promise<void>;
}

/** `units`: in the wallet. */
export async function openAlertWorld(units = 1_000, language: Spoken = 'en'): Promise<AlertWorld> {
  const bench = await openBench();
  const { store, runner, clock } = bench;
  const desk = walletDesk(store.wallets, runner, clock);
  const thresholds = thresholdDesk(store.wallets, runner, clock);
  await welcomeWith(bench, achieng, language);
  let requests = 0;
  const ask = async (request: Parameters<typeof desk.ask>[2]): Promise<void> => {
    requests += 1;
    const asked = await desk.ask(OWNER, `r${requests}`, request, BY);
    if (!asked.ok || asked.value.kind === 'too_little') throw new Error(`the request was not taken: ${JSON.stringify(asked)}`);
    await bench.driver.drain();
  };
  const world: AlertWorld = {
    bench,
    thresholds,
    buy: (more) =>
      ask({
        kind: 'top_up',
        amountKes: kes(Math.ceil(more * 0.8)),
        paymentMethod: 'mpesa',
        paymentReference: `R${requests}`,
        paid: true,
        toppedUpAt: NOW,
      }),
    spend: (less) => ask({ kind: 'debit', units: less, reason: 'campaign' }),
    adjust: (by) => ask({ kind: 'adjustment', units: by, reason: 'counted again' }),
    async set(wish = {}) {
      const all: ThresholdWish = {
        createdBy: 'admin',
        units: 500,
        alertType: 'sms',
        method: 'sms',
        message: null,
        quiet: null,
        recipients: OWN_ADDRESSES,
        ...wish,
      };
      const set = await thresholds.set(OWNER, all, BY, 'anybody');
      if (!set.ok) throw new Error(`the threshold was not set: ${set.error.kind}`);
      await bench.driver.drain();
      return set.value;
    },
    async balance() {
      const view = await store.wallets.wallet(OWNER);
      return Math.floor((view?.balances.smsHundredths ?? 0) / 100);
    },
    told() {
      const chats = bench.sent.splice(0).flatMap((one) => (one.kind === 'text' ? [`chat ${one.text}`] : []));
      const others = bench.notified.splice(0).map(({ way, to, text }) => `${way} ${to} ${text}`);
      return [...chats, ...others];
    },
    close: () => bench.close(),
  };
  await world.buy(units);
  return world;
}

/** Known with a number that is verified as their own. */
async function welcomeWith({ store }: Bench, who: Person, language: Spoken): Promise<void> {
  await commit(store, message(who), [
    welcome(who, { ...newSession(language), noticed: true }),
    { kind: 'claim_phone', customerId: who.customerId, phone: phones.achieng, how: 'telegram' },
  ]);
}
