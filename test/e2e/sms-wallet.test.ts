/**
 * SMS in the demo: bought in the chat and paid on the simulated phone, spent by another program over the API, and the alert that comes in
 * time, with a button that buys more. In English and in Swahili.
 */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { approve, openChat, openDemo, shoot, tap, write, type Demo } from './demo.ts';

let demo: Demo;
beforeAll(async () => {
  demo = await openDemo();
});
afterAll(async () => {
  expect(await demo.close()).toBe(0);
});

const WORDS = {
  en: {
    locale: 'en-KE',
    buy: 'buy sms for 100 bob',
    payer: '0722002000',
    yes: /^Yes, buy 125/,
    approve: 'Approve',
    added: '125 SMS added',
    alert: 'alert me below 100 sms',
    low: 'Your SMS are running low',
    topUp: /^Buy SMS for KES/,
    again: /^Yes, buy/,
  },
  sw: {
    locale: 'sw-KE',
    buy: 'nunua sms za 100 bob',
    payer: '0722003000',
    yes: /^Ndio, nunua SMS 125/,
    approve: /Kubali|Idhinisha|Lipa/,
    added: 'SMS 125 zimeingia',
    alert: 'niambie sms zikifika chini ya 100',
    low: 'zinakaribia kuisha',
    topUp: /^Nunua SMS za KES/,
    again: /^Ndio, nunua SMS/,
  },
} as const;

/** What another program does, that knows the specification only. */
async function spend(key: string, userId: string, units: number): Promise<number> {
  const response = await fetch(`${demo.address}/api/sms-wallet/debit`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ userId, units, idempotencyKey: `campaign-${userId}`, reason: 'campaign' }),
  });
  return response.status;
}

it.each(['en', 'sw'] as const)('bought, spent, warned of, and bought again with one tap (%s)', async (language) => {
  const words = WORDS[language];
  const { context, page } = await openChat(demo, words.locale);
  const before = new Set(wallets());
  await write(page, words.buy);
  await write(page, words.payer);
  await page.getByRole('button', { name: words.yes }).last().waitFor();
  await shoot(page, `sms-${language}-1-confirm`);
  await tap(page, words.yes);
  await approve(demo, context, words.payer, words.approve, `sms-${language}-phone`);
  await page.getByText(words.added).waitFor({ timeout: 60_000 });
  await shoot(page, `sms-${language}-2-added`);
  await write(page, words.alert);
  const [wallet] = wallets().filter((one) => !before.has(one));
  if (wallet === undefined) throw new Error('no wallet was opened');
  const [key = ''] =
    /^jaza_\S+/m.exec(demo.jaza('api-key', 'create', '--name', `shop-${language}`, '--scope', 'wallet:debit')) ?? [];
  expect(await spend(key, wallet, 50)).toBe(200);
  await page.getByText(words.low).waitFor();
  expect(await page.getByText(words.low).count()).toBe(1);
  await shoot(page, `sms-${language}-3-alert`);
  await tap(page, words.topUp);
  await write(page, words.payer);
  await page.getByRole('button', { name: words.again }).last().waitFor();
  await shoot(page, `sms-${language}-4-top-up`);
  await context.close();
});

function wallets(): string[] {
  return demo
    .jaza('wallet', 'list')
    .split('\n')
    .flatMap((line) => /^(\S+)\s+\d[\d,]* SMS/.exec(line)?.[1] ?? []);
}
