/** The log at its most talkative, while SMS and e-mails go out and are refused by servers that repeat whatever they were told. */

import { beforeAll, expect, it } from 'vitest';
import { parseConfig } from '../../src/config.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLog } from '../../src/lib/log.ts';
import { openCore } from '../../src/main.ts';
import type { NotifyResult } from '../../src/ports/notifier.ts';
import { openMailbox } from './local-mailbox.ts';
import { openGateway } from './recording-gateway.ts';

const API_KEY = 'canary-sms-key-88d';
const PASSWORD = 'canary-password-31f';
const ADDRESS = 'wanjiku.canary@example.co.ke';
const PLAIN_LOGIN = Buffer.from(`\u0000duka\u0000${PASSWORD}`).toString('base64');

const lines: string[] = [];
const results: NotifyResult[] = [];

beforeAll(async () => {
  const login = { user: 'duka', password: PASSWORD };
  const gateway = await openGateway();
  const boxes = await Promise.all([
    openMailbox({ login }),
    openMailbox({ login: { user: 'duka', password: 'another' } }),
    openMailbox({ login, refuse: { step: 'to', code: 550, words: `5.1.1 no ${ADDRESS} here` } }),
  ]);
  for (const { port } of boxes) {
    const config = parseConfig({
      DATABASE_URL: 'sqlite::memory:',
      FAST_MESSAGE_BASE_URL: gateway.url,
      FAST_MESSAGE_API_KEY: API_KEY,
      FAST_MESSAGE_PARTNER_ID: '77',
      FAST_MESSAGE_SENDER: 'DUKA',
      SMTP_URL: `smtp://duka:${PASSWORD}@127.0.0.1:${port}`,
      SMTP_FROM: 'alerts@example.co.ke',
      LOG_LEVEL: 'debug',
    });
    if (!config.ok) throw new Error(config.error.join());
    const log = createLog('debug', (line) => lines.push(line));
    const opened = await openCore({ config: config.value, log, listens: false, everyChannel: false, clock: () => systemClock });
    if (!opened.ok) throw new Error(opened.error);
    for (const [kind, notifier] of opened.value.notifiers) {
      const to = kind === 'sms' ? '254722000001' : ADDRESS;
      const result = await notifier.send({ id: 'a-1', to, subject: 'Low', text: 'zebra crossing' });
      results.push(result);
      // As whoever sends them would.
      log.debug({ kind, result }, `an alert ended: ${JSON.stringify(result)}`);
    }
    await opened.value.close();
    const body = `{"response-code":1006,"response-description":"no key ${API_KEY} for 254722000001"}`;
    gateway.behave({ kind: 'answer', body });
  }
  await Promise.all([gateway.close(), ...boxes.map((box) => box.close())]);
}, 30_000);

it('the run had successes and refusals of both', () => {
  expect(results.map(({ kind }) => kind)).toEqual(['sent', 'sent', 'refused', 'refused', 'refused', 'refused']);
  expect(lines.filter((line) => line.includes('an alert ended'))).toHaveLength(6);
});

it.each([
  ['the API key', API_KEY],
  ['the password', PASSWORD],
  ['the password as it travelled', PLAIN_LOGIN],
  ['the number', '722000001'],
  ['the address', ADDRESS],
  ['the words', 'zebra'],
])('the log does not hold %s', (_what, canary) => {
  expect(lines.filter((line) => line.includes(canary))).toEqual([]);
});
