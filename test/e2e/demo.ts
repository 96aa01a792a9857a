/** The built program with nothing configured, and a person in a phone-sized browser: what the demo's tests share. */

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { PROJECT_FOLDER } from '../../src/reference.ts';
import { freePort } from '../support/free-port.ts';
import { launchBrowser } from './web-chat-world.ts';

/** Pictures of every step are left here to be looked at. */
const SHOTS = join(import.meta.dirname, 'shots');
const JAZA = join(PROJECT_FOLDER, 'bin/jaza.js');

export interface Demo {
  readonly address: string;
  readonly browser: Browser;
  /** A command of `jaza` on the demo's database, beside the running server; its output. */
  jaza(...args: readonly string[]): string;
  /** Killed in the middle of what it does, and started again. */
  killAndRestart(): Promise<void>;
  /** The exit code of the program, told to end. */
  close(): Promise<number>;
}

export async function openDemo(): Promise<Demo> {
  mkdirSync(SHOTS, { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), 'jaza-e2e-'));
  const port = await freePort();
  const env = { PATH: process.env['PATH'], HTTP_PORT: String(port), DATABASE_URL: `sqlite:${join(folder, 'jaza.db')}` };
  const start = async (): Promise<ChildProcess> => {
    const child = spawn(process.execPath, [JAZA, 'start'], { cwd: folder, env });
    for await (const line of createInterface({ input: child.stdout })) if (line.includes("Payer's phone")) break;
    return child;
  };
  let server = await start();
  const browser = await launchBrowser();
  return {
    address: `http://127.0.0.1:${port}`,
    browser,
    jaza(...args) {
      const { stdout, stderr, status } = spawnSync(process.execPath, [JAZA, ...args], { cwd: folder, env, encoding: 'utf8' });
      if (status !== 0) throw new Error(`jaza ${args.join(' ')}: ${stderr}`);
      return stdout;
    },
    async killAndRestart() {
      server.kill('SIGKILL');
      await once(server, 'exit');
      server = await start();
    },
    async close() {
      await browser.close();
      server.kill('SIGTERM');
      const [code] = (await once(server, 'exit')) as [number];
      rmSync(folder, { recursive: true });
      return code;
    },
  };
}

/** A small phone, with the chat open and connected. */
export async function openChat(demo: Demo, locale: string): Promise<{ readonly context: BrowserContext; readonly page: Page }> {
  const context = await demo.browser.newContext({ viewport: { width: 360, height: 740 }, locale });
  const page = await context.newPage();
  await page.goto(`${demo.address}/`);
  await page.waitForSelector('[data-state=connected]');
  return { context, page };
}

export async function write(page: Page, text: string): Promise<void> {
  await page.locator('#message').fill(text);
  await page.keyboard.press('Enter');
}

export async function tap(page: Page, label: string | RegExp): Promise<void> {
  await page
    .getByRole('button', typeof label === 'string' ? { name: label, exact: true } : { name: label })
    .last()
    .click();
}

/** The payer looks at their own phone, in another tab. `payer` as 07... */
export async function approve(
  demo: Demo,
  context: BrowserContext,
  payer: string,
  label: string | RegExp,
  shot: string,
): Promise<void> {
  const phone = await context.newPage();
  await phone.goto(`${demo.address}/phone/254${payer.slice(1)}`);
  const button = phone.getByRole('button', { name: label }).first();
  await button.waitFor();
  await shoot(phone, shot);
  // A tab that closes while its next page comes in may take the answer with it, and Chromium may forget that it was to close.
  await Promise.all([phone.waitForEvent('load'), button.click()]);
  await phone.close();
}

export async function shoot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(SHOTS, `${name}.png`) });
}
