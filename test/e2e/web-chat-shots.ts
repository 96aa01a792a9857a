/** Takes pictures of the chat page for a person to look at: `npx tsx test/e2e/web-chat-shots.ts <folder>`. Checks nothing. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { launchBrowser, startWebChatWorld } from './web-chat-world.ts';

const folder = process.argv[2] ?? 'test/e2e/shots';
mkdirSync(folder, { recursive: true });

const SIZES = { phone: { width: 360, height: 740 }, desktop: { width: 1280, height: 800 } };

async function talk(page: Page, shoot: (name: string) => Promise<void>): Promise<void> {
  await page.waitForSelector('[data-state=connected]');
  await shoot('1-welcome');
  await page.locator('#message').fill('airtime 100 kwa 0722000001');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.bot .choices');
  await shoot('2-question');
  await page.getByRole('button', { name: /buy KES 100/ }).click();
  await page.waitForSelector('text=Enter your M-Pesa PIN');
  await page
    .locator('#message')
    .fill(
      'https://example.com/one-time/abc is the page I saw, and a longer message that goes over several lines on a small phone',
    );
  await page.keyboard.press('Enter');
  await page.waitForSelector('.bot .choices');
  await shoot('3-talk');
  await page.context().setOffline(true);
  await page.locator('#message').fill('Are you there?');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#notice:not(:empty)');
  await shoot('4-offline');
  await page.context().setOffline(false);
  await page.waitForSelector('text=You wrote “Are you there?”');
  await page.route('**/chat/messages', (route) => route.fulfill({ status: 413, body: '{}' }));
  await page.locator('#message').fill('One that the server will never take');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.failed .choices');
  await shoot('5-refused');
  await page.unroute('**/chat/messages');
  await page.locator('#message').fill('Further down');
  const size = page.viewportSize() ?? { width: 0, height: 0 };
  await page.setViewportSize({ width: size.height, height: size.width });
  await shoot('6-turned');
}

const world = await startWebChatWorld();
const browser = await launchBrowser();
for (const colorScheme of ['light', 'dark'] as const) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    const context = await browser.newContext({
      viewport,
      colorScheme,
      locale: size === 'phone' ? 'sw-KE' : 'en-GB',
      hasTouch: size === 'phone',
    });
    const page = await context.newPage();
    page.on('console', (message) => console.error('console:', message.text()));
    page.on('pageerror', (error) => console.error('error:', error.message));
    await page.goto(world.url);
    await talk(page, async (name) => void (await page.screenshot({ path: join(folder, `${colorScheme}-${size}-${name}.png`) })));
    await context.close();
  }
}
await browser.close();
await world.stop();
