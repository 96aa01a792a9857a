/**
 * The product as a new user meets it: the built program with nothing configured, a phone-sized browser, from greeting to delivered, in
 * English and in Swahili.
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
    hello: 'hello',
    buy: 'Buy airtime',
    amount: 'KES 100',
    yes: /^Yes/,
    approve: 'Approve',
    placed: 'KES 100 is requested',
    done: 'Airtime sent',
  },
  sw: {
    locale: 'sw-KE',
    hello: 'habari',
    buy: 'Nunua airtime',
    amount: 'KES 100',
    yes: /^Ndio/,
    approve: /Kubali|Idhinisha|Lipa/,
    placed: 'Tumeomba malipo',
    done: 'Airtime imetumwa',
  },
} as const;

it.each(['en', 'sw'] as const)('buys airtime in a real browser, from greeting to delivered (%s)', async (language) => {
  const words = WORDS[language];
  const { context, page } = await openChat(demo, words.locale);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await write(page, words.hello);
  await tap(page, words.buy);
  await shoot(page, `${language}-1-recipient`);
  await write(page, '0733 000 000');
  await tap(page, words.amount);
  const payer = language === 'en' ? '0722002000' : '0722003000';
  await write(page, payer);
  await page.getByRole('button', { name: words.yes }).last().waitFor();
  await shoot(page, `${language}-2-confirm`);
  await page.getByRole('button', { name: words.yes }).last().dblclick();
  await page.getByText(words.placed).waitFor();
  await approve(demo, context, payer, words.approve, `${language}-phone`);
  await page.getByText(words.done).waitFor();
  await shoot(page, `${language}-3-delivered`);
  await page.reload();
  await page.getByText(words.done).waitFor();
  expect(await page.getByText(words.done).count()).toBe(1);
  expect(errors).toEqual([]);
  await context.close();
});

it('goes on where it was after a restart in the middle of an order', async () => {
  const { context, page } = await openChat(demo, 'en-KE');
  await write(page, 'buy 50 for 0733000000 paid by 0722004000');
  await page.getByRole('button', { name: /^Yes/ }).last().waitFor();
  await demo.killAndRestart();
  await page.waitForSelector('[data-state=connected]');
  await tap(page, /^Yes/);
  await page.getByText('KES 50 is requested').waitFor();
  await context.close();
});
