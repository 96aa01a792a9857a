/** Shows a notifier that cannot be loaded at first, and whose name a simulated SMS carries. */

import { afterEach, expect, it } from 'vitest';
import { parseConfig } from './config.ts';
import { ManualClock } from './lib/clock.ts';
import { silentLog } from './lib/log.ts';
import { notifiersOf } from './notifiers.ts';
import { createLazySandbox, type LazySandbox } from './sandbox/lazy-sandbox.ts';

const clock = new ManualClock(0);
const sandbox = createLazySandbox({ clock, log: silentLog, token: 'token', sendWebhook: null });
afterEach(() => sandbox.close());

it('an SMS that could not leave for want of its parts may leave later', async () => {
  const config = parseConfig({ BUSINESS_NAME: 'Duka la Mama Achieng' });
  if (!config.ok) throw new Error('the configuration cannot be used');
  let broken = true;
  const flaky: LazySandbox = {
    ...sandbox,
    address: () => (broken ? Promise.reject(new Error('no port is free')) : sandbox.address()),
  };
  const sms = notifiersOf(config.value, clock, flaky).get('sms');
  const message = { id: 'a-1', to: '254722000001', subject: '', text: 'Habari' };
  expect(await sms?.send(message)).toEqual({ kind: 'retry', why: 'no port is free', afterMs: null });
  expect(await sms?.probe()).toEqual({ reachable: false, why: 'no port is free' });
  broken = false;
  expect(await sms?.send(message)).toMatchObject({ kind: 'sent' });
  expect(sandbox.receivedSms()).toEqual([{ to: '254722000001', sender: 'Duka la Mam', text: 'Habari', at: 0 }]);
});
