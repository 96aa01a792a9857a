/**
 * The product as a new user meets it: the built program with nothing configured, a phone-sized browser, from greeting to delivered, in
 * English and in Swahili. Pictures of every step are left in test/e2e/shots to be looked at.
 */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PROJECT_FOLDER } from '../../src/reference.ts';
import { freePort } from '../support/free-port.ts';
import { launchBrowser } from './web-chat-world.ts';

const SHOTS = join(import.meta.dirname, 'shots');
let folder: string;
let port: number;
let jaza: ChildProcess;
let browser: Browser;

async function startJaza(): Promise<ChildProcess> {
  const env = { PATH: process.env['PATH'], HTTP_PORT: String(port), DATABASE_URL: `sqlite:${join(folder, 'jaza.db')}` };
  const child = spawn(process.execPath, [join(PROJECT_FOLDER, 'bin/jaza.js'), 'start'], { cwd: folder, env });
  for await (const line of createInterface({ input: child.stdout })) if (line.includes("Payer's phone")) break;
  return child;
}

beforeAll(async () => {
  mkdirSync(SHOTS, { recursive: true });
  folder = mkdtempSync(join(tmpdir(), 'jaza-e2e-'));
  port = await freePort();
  jaza = await startJaza();
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  jaza.kill('SIGTERM');
  const [code] = (await once(jaza, 'exit')) as [number];
  rmSync(folder, { recursive: true });
  expect(code).toBe(0);
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
  const context = await browser.newContext({ viewport: { width: 360, height: 740 }, locale: words.locale });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(`http://127.0.0.1:${port}/`);
  await page.waitForSelector('[data-state=connected]');
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
  await approve(context, payer, words.approve, language);
  await page.getByText(words.done).waitFor();
  await shoot(page, `${language}-3-delivered`);
  await page.reload();
  await page.getByText(words.done).waitFor();
  expect(await page.getByText(words.done).count()).toBe(1);
  expect(errors).toEqual([]);
  await context.close();
});

it('goes on where it was after a restart in the middle of an order', async () => {
  const context = await browser.newContext({ viewport: { width: 360, height: 740 }, locale: 'en-KE' });
  const page = await context.newPage();
  await page.goto(`http://127.0.0.1:${port}/`);
  await page.waitForSelector('[data-state=connected]');
  await write(page, 'buy 50 for 0733000000 paid by 0722004000');
  await page.getByRole('button', { name: /^Yes/ }).last().waitFor();
  jaza.kill('SIGKILL');
  await once(jaza, 'exit');
  jaza = await startJaza();
  await page.waitForSelector('[data-state=connected]');
  await page.getByRole('button', { name: /^Yes/ }).last().click();
  await page.getByText('KES 50 is requested').waitFor();
  await context.close();
});

async function write(page: Page, text: string): Promise<void> {
  await page.locator('#message').fill(text);
  await page.keyboard.press('Enter');
}

async function tap(page: Page, label: string): Promise<void> {
  await page.getByRole('button', { name: label, exact: true }).last().click();
}

async function approve(context: BrowserContext, payer: string, label: string | RegExp, language: string): Promise<void> {
  const phone = await context.newPage();
  await phone.goto(`http://127.0.0.1:${port}/phone/254${payer.slice(1)}`);
  const button = phone.getByRole('button', { name: label }).first();
  await button.waitFor();
  await shoot(phone, `${language}-phone`);
  await button.click();
  await phone.close();
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(SHOTS, `${name}.png`) });
}
