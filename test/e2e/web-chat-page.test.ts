/** The chat page in a real browser: what a person on a bad network, at a keyboard or with a screen reader meets. */

import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchBrowser, say, startWebChatWorld, type WebChatWorld } from './web-chat-world.ts';

// Code for the page is text: the types of a browser must not leak into a program that runs in Node.
const MEASURE = readFileSync(new URL('./web-chat-measure.js', import.meta.url), 'utf8');

let browser: Browser;
let context: BrowserContext;
let page: Page;
let world: WebChatWorld;
let problems: string[];

beforeAll(async () => {
  browser = await launchBrowser();
}, 60_000);
afterAll(() => browser.close());

beforeEach(async () => {
  problems = [];
  world = await startWebChatWorld();
  context = await browser.newContext({ viewport: { width: 360, height: 740 }, locale: 'en-KE' });
  page = await openTab();
});
afterEach(async () => {
  await context.close();
  await world.stop();
});

async function openTab(): Promise<Page> {
  const tab = await context.newPage();
  tab.setDefaultTimeout(15_000);
  tab.on('pageerror', (error) => problems.push(error.message));
  tab.on('console', (message) => {
    if (/Content Security Policy|Refused to/.test(message.text())) problems.push(message.text());
  });
  await tab.goto(world.url);
  await connected(tab);
  return tab;
}

const connected = (tab: Page): Promise<unknown> => tab.waitForSelector('[data-state=connected]');

async function write(tab: Page, text: string): Promise<void> {
  await tab.locator('#message').fill(text);
  await tab.keyboard.press('Enter');
}

const bubbles = (tab: Page): Promise<string[]> => tab.locator('#lines .text').allTextContents();

describe('a conversation', () => {
  test('by keyboard alone: write, choose a button, and the focus is never lost', async () => {
    await page.locator('#message').focus();
    await page.keyboard.type('airtime 100');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.bot .choices');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Yes, buy KES 100');
    await page.keyboard.press('Enter');
    await page.waitForSelector('text=Enter your M-Pesa PIN');
    await expect.poll(() => page.locator('.bot .choices').count()).toBe(0);
    expect(await page.evaluate('document.activeElement.id')).toBe('message');
    expect(world.taken.map(({ content }) => content)).toMatchObject([
      { kind: 'text', text: 'airtime 100' },
      { kind: 'tap', data: 'confirm:1' },
    ]);
    expect(problems).toEqual([]);
  });

  test('the history is there again after a reload, and on another tab', async () => {
    await write(page, 'habari');
    await page.waitForSelector('.bot .choices');
    const before = await bubbles(page);
    await page.reload();
    await connected(page);
    expect(await bubbles(page)).toEqual(before);
    const second = await openTab();
    expect(await bubbles(second)).toEqual(before);
    await write(second, 'from the second tab');
    await page.waitForSelector('text=You wrote “from the second tab”');
    expect(world.taken).toHaveLength(2);
  });

  test('a sign of typing from the moment that the message is durable until the answer', async () => {
    const quiet = await startWebChatWorld({ mute: true });
    await page.goto(quiet.url);
    await connected(page);
    await write(page, 'uko?');
    await page.locator('#typing').waitFor({ state: 'visible' });
    const [message] = quiet.taken;
    if (message !== undefined) await say(quiet.channel, message.address, 'late', 'Niko.', []);
    await page.locator('#typing').waitFor({ state: 'hidden' });
    await quiet.stop();
  });

  test('somebody who reads further up is not pulled down, but told', async () => {
    await write(page, 'habari');
    await page.waitForSelector('.bot .choices');
    const address = world.taken[0]?.address;
    if (address === undefined) throw new Error('nothing was taken in');
    for (let count = 0; count < 20; count += 1) await say(world.channel, address, `more-${count}`, `line ${count}`, []);
    await page.waitForSelector('text=line 19');
    expect(await page.locator('#newest').isVisible()).toBe(false);
    await page.evaluate("document.getElementById('scroller').scrollTop = 0");
    await say(world.channel, address, 'newest', 'the newest', []);
    await page.locator('#newest').click();
    await expect.poll(() => page.locator('#newest').isVisible()).toBe(false);
    expect(await page.evaluate("document.getElementById('scroller').scrollTop > 500")).toBe(true);
  });

  test('on a small phone the whole summary stands above its choices, without scrolling', async () => {
    await write(page, 'habari');
    await page.waitForSelector('.bot .choices');
    const address = world.taken[0]?.address;
    if (address === undefined) throw new Error('nothing was taken in');
    const summary = [
      'Please check:\nAirtime: KES 100\nFor: 0733 000 000 (Airtel)\nPaid by: 0722 002 000\nPaid with: M-Pesa\n',
      'SIMULATED: no real money moves.',
      'Shall I go ahead? 0722 002 000 will get a simulated prompt. Nobody will ask for a PIN in this chat.',
    ].join('\n');
    const labels = ['Yes, buy KES 100', 'Change something', 'Pay with Airtel Money', 'Cancel'];
    const buttons = labels.map((label, at) => ({ id: `b:${at}`, label }));
    await say(world.channel, address, 'summary', summary, buttons);
    await page.waitForSelector('text=Pay with Airtel Money');
    const seen = (selector: string): Promise<boolean> =>
      page.evaluate(`(() => {
        const inside = document.getElementById('scroller').getBoundingClientRect();
        const box = [...document.querySelectorAll('${selector}')].at(-1).getBoundingClientRect();
        return box.top >= inside.top && box.bottom <= inside.bottom;
      })()`);
    expect([await seen('.bot .bubble'), await seen('.bot .choices')]).toEqual([true, true]);
  });

  test('the link to the other language changes the talk, too, and nothing is asked before there is one', async () => {
    await page.locator('.language').click();
    await page.waitForSelector('html[lang=sw]');
    await connected(page);
    expect(world.taken).toEqual([]);
    await write(page, 'habari');
    await page.waitForSelector('.bot .choices');
    expect(world.taken[0]?.locale).toBe('sw');
    await page.locator('.language').click();
    await page.waitForSelector('html[lang=en]');
    await page.waitForSelector('text=You wrote “English”');
    expect(world.taken.map(({ content }) => (content.kind === 'text' ? content.text : ''))).toEqual(['habari', 'English']);
  });

  test('markup is shown, never obeyed', async () => {
    await write(page, '<img src=x onerror=alert(1)> <b>bold</b>');
    await page.waitForSelector('.bot .choices');
    expect(await page.locator('#lines img, #lines b').count()).toBe(0);
    expect((await bubbles(page))[0]).toContain('<b>bold</b>');
  });
});

describe('a bad network', () => {
  test('what is written while offline is kept over a reload, sent once, and the person is told', async () => {
    await page.context().setOffline(true);
    await write(page, 'first');
    await write(page, 'second');
    await page.waitForSelector('#notice:has-text("Your message is kept and will be sent.")');
    expect(await page.locator('#pending .text').allTextContents()).toEqual(['You: first', 'You: second']);
    await page.context().setOffline(false);
    await page.waitForSelector('text=You wrote “second”');
    await expect.poll(() => page.locator('#notice').textContent()).toBe('');
    expect(world.taken.map(({ content }) => (content.kind === 'text' ? content.text : ''))).toEqual(['first', 'second']);
    expect(world.taken[0]?.sentAt).not.toBeNull();
    expect(await page.locator('#pending .line').count()).toBe(0);
  });

  test('the answer to a post is lost: the message goes again with its id and takes effect once', async () => {
    let lost = 0;
    await page.route('**/chat/messages', async (route) => {
      lost += 1;
      if (lost > 2) return route.continue();
      await route.fetch();
      return route.abort();
    });
    await write(page, 'nunua 50');
    await expect.poll(() => world.repetitions, { timeout: 15_000 }).toBe(2);
    await expect
      .poll(() => page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('jaza.out.')).length"))
      .toBe(0);
    expect(world.taken).toHaveLength(1);
    expect(await page.locator('#lines .person').count()).toBe(1);
  });

  test('closed while a message waits, the page sends it when it is opened again', async () => {
    await page.route('**/chat/messages', (route) => route.abort());
    await write(page, 'usinisahau');
    await page.waitForSelector('#pending .line');
    await page.close();
    page = await openTab();
    await page.waitForSelector('text=You wrote “usinisahau”');
    expect(world.taken).toHaveLength(1);
  });

  test('the server restarts: the page says so, comes back by itself, and misses nothing', async () => {
    await write(page, 'kabla');
    await page.waitForSelector('.bot .choices');
    await world.stop();
    await page.waitForSelector('[data-state=offline]');
    await write(page, 'wakati');
    const address = world.taken[0]?.address;
    world = await startWebChatWorld({ port: world.port, before: world });
    if (address !== undefined) await say(world.channel, address, 'while-away', 'This came while you were away.', []);
    await page.waitForSelector('text=This came while you were away.');
    await page.waitForSelector('text=You wrote “wakati”');
    expect(world.taken).toHaveLength(2);
    const texts = await bubbles(page);
    expect(new Set(texts).size).toBe(texts.length);
  });

  test('cookies thrown away while the page is open: it begins again instead of failing', async () => {
    await context.clearCookies();
    await write(page, 'bado niko');
    await page.waitForSelector('text=You wrote “bado niko”');
    expect(world.taken).toHaveLength(1);
  });

  test('without storage and without randomUUID it still works', async () => {
    const poor = await context.newPage();
    await poor.addInitScript({
      content: `Object.defineProperty(crypto, 'randomUUID', { value: undefined });
        Storage.prototype.setItem = () => { throw new Error('full'); };`,
    });
    await poor.goto(world.url);
    await connected(poor);
    await write(poor, 'maskini');
    await poor.waitForSelector('text=You wrote “maskini”');
    expect(world.taken).toHaveLength(1);
  });

  test('a message over the cap is refused with words, and kept in the box', async () => {
    await write(page, 'jaza '.repeat(4000));
    await page.waitForSelector('#notice:has-text("too long")');
    expect((await page.locator('#message').inputValue()).length).toBe(20_000);
    expect(world.taken).toEqual([]);
    await write(page, 'fupi');
    await page.waitForSelector('text=You wrote “fupi”');
  });

  test('what the server refuses for good is shown as not sent, with the reason, and can be changed', async () => {
    await page.route('**/chat/messages', (route) => route.fulfill({ status: 413, body: '{}' }));
    await write(page, 'mno');
    await page.waitForSelector('#notice:has-text("too long")');
    expect(await page.locator('.failed .status').textContent()).toBe('Not sent');
    await page.unroute('**/chat/messages');
    await page.getByRole('button', { name: 'Edit' }).click();
    expect(await page.locator('#message').inputValue()).toBe('mno');
    expect(await page.locator('#pending .line').count()).toBe(0);
    await page.locator('#send').click();
    await page.waitForSelector('text=You wrote “mno”');
  });

  test('a flood is slowed down with a friendly notice, and everything arrives in order', async () => {
    let refusals = 0;
    await page.route('**/chat/messages', (route) => {
      refusals += 1;
      return refusals > 1 ? route.continue() : route.fulfill({ status: 429, headers: { 'retry-after': '2' }, body: '{}' });
    });
    for (const text of ['one', 'two', 'three']) await write(page, text);
    await page.waitForSelector('#notice:has-text("goes out in a moment")');
    await page.waitForSelector('text=You wrote “three”');
    expect(world.taken.map(({ content }) => (content.kind === 'text' ? content.text : ''))).toEqual(['one', 'two', 'three']);
    await expect.poll(() => page.locator('#notice').textContent()).toBe('');
  });

  test('more tabs than streams: the oldest rests and comes back when it is looked at', async () => {
    for (let count = 0; count < 4; count += 1) await openTab();
    await page.waitForSelector('[data-state=replaced]');
    await page.bringToFront();
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await connected(page);
  });
});

describe('for everybody', () => {
  test('the language can be changed, is remembered, and is told to the core', async () => {
    await page.locator('#message').fill('half a thought');
    await page.getByRole('link', { name: 'Kiswahili' }).click();
    await connected(page);
    expect(await page.evaluate('document.documentElement.lang')).toBe('sw');
    expect(await page.locator('#message').getAttribute('placeholder')).toBe('Andika ujumbe');
    expect(await page.locator('#message').inputValue()).toBe('half a thought');
    await page.keyboard.press('Enter');
    await page.locator('#send').click();
    await expect.poll(() => world.taken[0]?.locale).toBe('sw');
  });

  test('roles, names and live regions are there for a screen reader', async () => {
    await write(page, 'habari');
    await page.waitForSelector('.bot .choices');
    await page.getByRole('log', { name: 'Messages' }).waitFor();
    await page.getByRole('textbox', { name: 'Write a message' }).waitFor();
    await page.getByRole('button', { name: 'Send', exact: true }).waitFor();
    await page.getByRole('status').waitFor({ state: 'attached' });
    await page.getByRole('complementary', { name: 'Simulated' }).waitFor();
    await expect.poll(() => page.getByRole('log').getAttribute('aria-live')).toBe('polite');
    expect(await page.locator('h1').count()).toBe(1);
  });

  test('the tab order is: skip link, language, phone, conversation, buttons, box, send', async () => {
    await write(page, 'habari');
    await page.waitForSelector('.bot .choices');
    await page.locator('.skip').focus();
    const order: string[] = [];
    for (let count = 0; count < 9; count += 1) {
      order.push(await page.evaluate('document.activeElement.id || document.activeElement.textContent.trim()'));
      await page.keyboard.press('Tab');
    }
    expect(order).toEqual([
      'Skip to the message box',
      'Kiswahili',
      'Payer’s phone',
      'scroller',
      'Yes, buy KES 100',
      'Change',
      'Cancel',
      'message',
      'send',
    ]);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`contrast and sizes hold, ${colorScheme}`, async () => {
      await page.emulateMedia({ colorScheme });
      await write(page, 'habari https://example.com/a');
      await page.waitForSelector('.bot .choices');
      await page.context().setOffline(true);
      await write(page, 'kept');
      await page.waitForSelector('#notice:not(:empty)');
      const report = await page.evaluate<{ seen: number; weak: string[]; small: string[]; wider: boolean }>(MEASURE);
      expect(report.seen).toBeGreaterThan(15);
      expect(report.weak).toEqual([]);
      expect(report.small).toEqual([]);
      expect(report.wider).toBe(false);
      await page.context().setOffline(false);
    });
  }

  test('text at 200 % fits a small phone without scrolling sideways', async () => {
    await page.evaluate("document.documentElement.style.fontSize = '200%'");
    await write(page, 'habari');
    await page.waitForSelector('.bot .choices');
    expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
  });
});
