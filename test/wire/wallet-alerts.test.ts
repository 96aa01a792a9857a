/**
 * A program that knows only the specification tops up, sets a threshold and spends below it, over HTTP; the alert comes once to the chat
 * in the terminal, to the phone and into the mailbox, and costs the wallet nothing.
 */

import { afterEach, expect, it } from 'vitest';
import { createTerminal, type TerminalChannel } from '../../src/channels/terminal/terminal.ts';
import { createApi } from '../../src/http/api/api.ts';
import { ManualClock } from '../../src/lib/clock.ts';
import { digestOf } from '../../src/lib/ids.ts';
import { silentLog } from '../../src/lib/log.ts';
import type { OutboundMessage } from '../../src/ports/channel.ts';
import type { Notifier, NotifierKind, OutsideMessage } from '../../src/ports/notifier.ts';
import { API_SCOPES } from '../../src/ports/wallet.ts';
import { thresholdDesk } from '../../src/services/threshold-desk.ts';
import { walletDesk } from '../../src/services/wallet-desk.ts';
import { openSqliteStore, type SqliteStore } from '../../src/store/sqlite/open.ts';
import { wire } from '../../src/wiring.ts';
import type { Driver } from '../../src/workers/worker.ts';
import { msisdn } from '../../src/domain/msisdn.ts';
import { rulesOf } from '../support/decisions.ts';
import { startHttp, stopHttp } from './http-world.ts';

const NOW = Date.UTC(2026, 10, 23, 9);
const KEY = `jaza_${digestOf('a key')}`;
const OWN = msisdn('254722000001');

interface Shop {
  readonly url: string;
  readonly store: SqliteStore;
  readonly driver: Driver;
  readonly terminal: TerminalChannel;
  readonly shown: Extract<OutboundMessage, { kind: 'text' }>[];
  readonly phone: OutsideMessage[];
  readonly mailbox: OutsideMessage[];
}

let shop: Shop | null = null;
afterEach(async () => {
  await stopHttp();
  shop?.driver.stop();
  await shop?.driver.settled();
  await shop?.store.close();
});

function gateway(kind: NotifierKind, taken: OutsideMessage[]): Notifier {
  return {
    kind,
    name: kind === 'sms' ? 'fast-message' : 'smtp',
    send(message) {
      taken.push(message);
      return Promise.resolve({ kind: 'sent', upstreamId: String(taken.length) });
    },
    probe: () => Promise.reject(new Error('nobody asks')),
  };
}

async function openShop(): Promise<Shop> {
  const clock = new ManualClock(NOW);
  const store = await openSqliteStore({ path: ':memory:', clock, log: silentLog });
  const [shown, phone, mailbox]: [Shop['shown'], OutsideMessage[], OutsideMessage[]] = [[], [], []];
  const rules = rulesOf();
  const notifiers = new Map([
    ['sms', gateway('sms', phone)],
    ['email', gateway('email', mailbox)],
  ] as const);
  const { phrasebook } = rules;
  const wired = wire({
    store,
    clock,
    log: silentLog,
    phrasebook,
    airtime: null,
    notifiers,
    rules: () => rules,
    everyChannel: true,
  });
  const terminal = createTerminal((message) => shown.push(message));
  await wired.open(terminal);
  await wired.rescue();
  const { wallets, apiKeys: keys } = store;
  const desk = walletDesk(wallets, wired.runner, clock);
  const thresholds = thresholdDesk(wallets, wired.runner, clock);
  const { url } = await startHttp({
    routes: [createApi({ desk, thresholds, wallets, keys, clock, log: silentLog, version: '0' })],
  });
  await keys.create({ name: 'shop', appId: null, scopes: API_SCOPES, createdAt: NOW }, digestOf(KEY));
  return { url, store, driver: wired.driver, terminal, shown, phone, mailbox };
}

it('the alert comes once, everywhere', async () => {
  shop = await openShop();
  const { url, driver, terminal, shown, phone, mailbox } = shop;
  const call = async (path: string, body?: object): Promise<Record<string, unknown>> => {
    const response = await fetch(`${url}${path}`, {
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    return (await response.json()) as Record<string, unknown>;
  };
  const spend = (units: number) =>
    call('/api/sms-wallet/debit', { userId: OWN, units, idempotencyKey: `spend-${units}`, reason: 'campaign' });

  await terminal.submit([
    {
      address: { channel: 'terminal', account: 'local', chat: 'local' },
      sender: 'local',
      messageId: 'm1',
      sentAt: null,
      locale: null,
      senderName: null,
      ownPhone: OWN,
      content: { kind: 'text', text: 'hello' },
    },
  ]);
  const toppedUp = await call('/api/sms-wallet/topup', {
    userId: OWN,
    purchaseAmount: 400,
    paymentMethod: 'mpesa',
    paymentReference: 'SKJ4X8Y2ZQ',
    paymentStatus: 'success',
    transactionId: 't1',
    topupDate: '2026-11-23T12:00:00+03:00',
  });
  expect(toppedUp['newSmsBalance']).toBe(500);
  const set = await call('/api/sms-wallet/set-threshold', {
    userId: OWN,
    thresholdAmount: 100,
    alertType: 'both',
    notificationMethod: 'email',
    alertMessage: 'Only {balance} SMS left of the {threshold} that you want to keep.',
    createdBy: 'admin',
    recipients: { email: ['shop@example.com'] },
  });
  expect(set['status']).toBe('success');
  await driver.drain();
  shown.length = 0;

  expect((await spend(380))['newSmsBalance']).toBe(120);
  await driver.drain();
  expect([shown, phone, mailbox]).toEqual([[], [], []]);

  expect((await spend(25))['newSmsBalance']).toBe(95);
  expect((await spend(5))['newSmsBalance']).toBe(90);
  await driver.drain();
  const text = 'Only 95 SMS left of the 100 that you want to keep.';
  expect(shown).toMatchObject([{ address: { chat: 'local' }, text: expect.stringContaining(text) as string }]);
  expect(shown[0]?.buttons).toEqual([{ id: 'buy_sms=250:-:0', label: 'Buy SMS for KES 250' }]);
  expect(phone).toMatchObject([{ to: OWN, text }]);
  expect(mailbox).toMatchObject([
    { to: 'shop@example.com', subject: 'Duka: 95 SMS left', text: expect.stringContaining(text) as string },
  ]);
  expect((await call(`/api/sms-wallet/balance?userId=${OWN}`))['smsBalance']).toBe(90);
});
