/** Shows balances and alerts in the chat of one program for wallets that another keeps: asked for, polled, told once for each crossing. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kes } from '../../src/domain/money.ts';
import type { Buyer } from '../../src/domain/tariff.ts';
import { lookingElsewhere } from '../../src/services/look-elsewhere.ts';
import { thresholdDesk } from '../../src/services/threshold-desk.ts';
import { walletDesk } from '../../src/services/wallet-desk.ts';
import { START } from '../support/chat-world.ts';
import { openTwoPrograms, PAYER, type TwoPrograms } from './remote-wallet-world.ts';

const MINUTE_MS = 60_000;
const ACTOR = { kind: 'program', name: 'sender' } as const;
let two: TwoPrograms;
let folder: string;
let spent: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jaza-remote-'));
  spent = 0;
});
afterEach(async () => {
  await two.close();
  rmSync(folder, { recursive: true });
});

async function bought(kes: number): Promise<void> {
  await two.say(`buy sms worth ${kes} bob, pay with ${PAYER}`);
  await two.say('yes');
  await two.shop.core.sandbox?.answer(PAYER, 'approve');
  await two.shop.settle();
  expect(two.state()).toBe('delivered');
}

const owner = (): Buyer => ({
  appId: null,
  userId: String(two.shop.core.store.db.prepare('SELECT user_id FROM wallet').pluck().get()),
});

/** Over there, by whoever sends SMS. */
async function sent(units: number): Promise<void> {
  spent += 1;
  const asked = await two.wallets.desk.ask(owner(), `use-${spent}`, { kind: 'debit', units, reason: 'sent' }, ACTOR);
  expect(asked.ok).toBe(true);
}

const looks = (): number => two.requests.filter((one) => one === 'GET /api/sms-wallet/balance').length;

async function saidWhile(ms: number): Promise<string> {
  const from = two.shop.said.length;
  await two.shop.pass(ms);
  return two.saidSince(from);
}

describe('the balance of a wallet elsewhere', () => {
  it('of somebody who has none yet is asked for there, and told', async () => {
    two = await openTwoPrograms();
    expect(await two.say('sms balance')).toMatch(/I am asking for your SMS balance[\s\S]*You have no SMS here yet/);
    expect(looks()).toBe(1);
  });

  it('is told as it is there, with what was known before and since when', async () => {
    two = await openTwoPrograms();
    await bought(100);
    expect(await two.say('sms balance')).toMatch(/You have 125 SMS/);
    await two.shop.pass(MINUTE_MS);
    await sent(25);
    expect(await two.say('sms balance')).toMatch(/You have 125 SMS[\s\S]*what I was told at[\s\S]*---[\s\S]*You have 100 SMS/);
  });

  it('is told in Swahili', async () => {
    two = await openTwoPrograms();
    expect(await two.say('salio la sms')).toMatch(/Naulizia salio lako la SMS[\s\S]*Bado huna SMS hapa/);
  });

  it('that cannot be read is said so, with what was told last', async () => {
    two = await openTwoPrograms();
    await two.gone();
    expect(await two.say('sms balance')).toMatch(/I can't reach the place where your SMS are kept[\s\S]*don't know how many/);
    await two.back();
    await bought(100);
    await two.shop.pass(MINUTE_MS);
    await two.gone();
    expect(await two.say('sms balance')).toMatch(/I can't reach the place[\s\S]*What it told me at[\s\S]*You have 125 SMS/);
    await two.back();
  });

  it('is nobody else’s: two who ask at once hear their own', async () => {
    two = await openTwoPrograms();
    await bought(100);
    await two.shop.pass(MINUTE_MS);
    const from = two.shop.said.length;
    await two.shop.hear(
      { content: { kind: 'text', text: 'sms balance' } },
      { sender: 'otieno', content: { kind: 'text', text: 'sms balance' } },
    );
    const heard = (who: string): string =>
      two.shop.said
        .slice(from)
        .filter(({ to }) => to === who)
        .map(({ text }) => text)
        .join('\n');
    expect(heard('wanjiku')).toMatch(/You have 125 SMS/);
    expect(heard('otieno')).toMatch(/You have no SMS here yet/);
  });
});

describe('the wallets of one who became one with another', () => {
  const NUMBER = '254722000009' as typeof PAYER;
  const telegram = { channel: 'telegram', account: 'test', chat: 'halima' } as const;
  const whatsapp = { channel: 'whatsapp', account: 'test', chat: 'halima-w' } as const;
  const hear = async (
    address: typeof telegram | typeof whatsapp,
    text: string,
    ownPhone: typeof PAYER | null,
  ): Promise<string> => {
    const from = two.shop.said.length;
    await two.shop.hear({ address, sender: address.chat, ownPhone, content: { kind: 'text', text } });
    return two.saidSince(from);
  };

  it('are all theirs: what was bought before stays in reach, also while its server has not been heard again', async () => {
    two = await openTwoPrograms();
    await hear(whatsapp, 'hello', NUMBER);
    await hear(telegram, `buy sms worth 100 bob, pay with ${PAYER}`, null);
    await hear(telegram, 'yes', null);
    two.way = 'unread';
    await two.shop.pass(1_000);
    await two.shop.core.sandbox?.answer(PAYER, 'approve');
    await two.shop.settle();
    expect(two.state()).toBe('delivered');
    expect(await hear(telegram, 'hello', NUMBER)).toMatch(/is also used with us/);
    two.way = 'open';
    expect(await hear(whatsapp, 'sms balance', NUMBER)).toMatch(/I am asking for your SMS balance[\s\S]*125 SMS/);
    expect(await hear(telegram, 'sms balance', NUMBER)).toMatch(/125 SMS/);
  });

  it('keep them from being erased, until nothing is left there', async () => {
    two = await openTwoPrograms();
    await bought(100);
    const { store, runner } = two.shop.core;
    const customerId = String(store.db.prepare('SELECT id FROM customer').pluck().get());
    const erased = async (id: string): Promise<unknown> => {
      const command = { what: 'erase_customer', customerId } as const;
      await runner.submit([{ kind: 'command', id, at: two.shop.clock.now(), operator: 'Njeri', command }]);
      await two.shop.settle();
      return store.desk.answer(id);
    };
    expect(owner().userId).toBe(customerId);
    expect(await erased('one')).toMatchObject({ outcome: 'refused', detail: expect.stringContaining('kept 125 SMS') as string });
    await sent(125);
    // What it said was old by then; it was asked, and is believed now.
    await two.shop.pass(MINUTE_MS);
    expect(await erased('two')).toMatchObject({ outcome: 'refused' });
    expect(await erased('three')).toMatchObject({ outcome: 'done' });
  });
});

describe('programs that ask the shop', () => {
  const reads = () => {
    const { store, runner, clock, walletServer } = two.shop.core;
    if (walletServer === null) throw new Error('the wallets are kept elsewhere');
    return lookingElsewhere(store.wallets, walletServer, runner, clock);
  };

  it('read the balance as it is there, and set thresholds of people who never chatted', async () => {
    two = await openTwoPrograms();
    const stranger: Buyer = { appId: null, userId: 'shop-1045' };
    expect(await reads().wallet(stranger)).toBeNull();
    const paid = { kind: 'top_up', amountKes: kes(400), paymentMethod: 'mpesa', paid: true, toppedUpAt: START } as const;
    await two.wallets.desk.ask(stranger, 'tx-1', { ...paid, paymentReference: 'SKJ1' }, ACTOR);
    expect((await reads().wallet(stranger))?.balances.smsHundredths).toBe(50_000);
    const desk = thresholdDesk(reads(), two.shop.core.runner, two.shop.core.clock);
    const wish = {
      createdBy: 'admin',
      units: 100,
      alertType: 'email',
      method: 'email',
      message: null,
      quiet: null,
      recipients: { chat: null, mobile: null, email: ['duka@example.co.ke'] },
    } as const;
    expect(await desk.set(stranger, wish, ACTOR, 'anybody')).toMatchObject({ ok: true });
    await two.wallets.desk.ask(stranger, 'use-1', { kind: 'debit', units: 450, reason: 'sent' }, ACTOR);
    await two.shop.pass(35 * MINUTE_MS);
    expect(two.shop.core.sandbox?.receivedMails().map(({ text }) => text)).toEqual([expect.stringContaining('50')]);
  });

  it('cannot move what is kept elsewhere', async () => {
    two = await openTwoPrograms();
    const { store, runner, clock } = two.shop.core;
    const desk = walletDesk(store.wallets, runner, clock, 'tuku');
    const spend = { kind: 'debit', units: 1, reason: 'sent' } as const;
    expect(await desk.ask({ appId: null, userId: 'shop' }, 'use-1', spend, ACTOR)).toEqual({
      ok: false,
      error: 'kept_elsewhere',
    });
  });
});

describe('an alert on a wallet elsewhere', () => {
  it('is told once for each crossing, and again after it was well above', async () => {
    two = await openTwoPrograms();
    await bought(100);
    expect(await two.say('alert me below 100 sms')).toContain('100');
    await sent(20);
    expect(await saidWhile(5 * MINUTE_MS)).toBe('');
    await sent(20);
    expect(await saidWhile(5 * MINUTE_MS)).toMatch(/85 left/);
    await sent(5);
    expect(await saidWhile(30 * MINUTE_MS)).toBe('');
    await bought(100);
    await two.shop.pass(5 * MINUTE_MS);
    await sent(120);
    expect(await saidWhile(40 * MINUTE_MS)).toMatch(/85 left/);
  });

  it('is found after a restart', async () => {
    two = await openTwoPrograms({ database: join(folder, 'shop.db') });
    await bought(100);
    await two.say('alert me below 100 sms');
    await sent(60);
    await two.restart();
    expect(await saidWhile(5 * MINUTE_MS)).toMatch(/65 left/);
  });

  it('costs no looks while nobody wants one, few while nobody answers, and none more after it is taken back', async () => {
    two = await openTwoPrograms();
    await bought(100);
    const bare = looks();
    await two.shop.pass(3 * 60 * MINUTE_MS);
    expect(looks()).toBe(bare);
    await two.say('alert me below 10 sms');
    await two.shop.pass(60 * MINUTE_MS);
    expect(looks() - bare).toBeGreaterThanOrEqual(2);
    expect(looks() - bare).toBeLessThanOrEqual(4);
    await two.gone();
    await two.shop.pass(2 * 60 * MINUTE_MS);
    await two.back();
    await sent(120);
    expect(await saidWhile(61 * MINUTE_MS)).toMatch(/: 5 left/);
  });
});
