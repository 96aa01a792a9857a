/**
 * Owns the contract of the notifiers' port, run with everything that can stand behind it: the SMS client against the simulated gateway,
 * e-mail against a real SMTP server, and what `openCore` makes of a shop in which nothing is real.
 */

import { afterEach, describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config.ts';
import { ManualClock } from '../../src/lib/clock.ts';
import { silentLog } from '../../src/lib/log.ts';
import { openCore } from '../../src/main.ts';
import type { Notifier, NotifierKind, OutsideMessage } from '../../src/ports/notifier.ts';
import { createFastMessage } from '../../src/providers/fast-message/client.ts';
import { createSmtp } from '../../src/providers/smtp/client.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { SMS_PARTNER_ID } from '../../src/sandbox/sms-api.ts';
import { openMailbox } from '../wire/local-mailbox.ts';

interface Arrived {
  readonly to: string;
  readonly text: string;
}

interface Bench {
  readonly notifier: Notifier;
  arrived(): readonly Arrived[];
  /** The other side goes away. */
  close(): Promise<void>;
}

const clock = new ManualClock(Date.parse('2026-11-22T09:45:35Z'));
const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function gatewayBench(): Promise<Bench> {
  const sandbox = createSandbox({ clock, log: silentLog, token: 'key', seed: 'contract', sendWebhook: null });
  const baseUrl = await sandbox.listen(0);
  const account = { apiKey: 'key', partnerId: SMS_PARTNER_ID, sender: 'DUKA' };
  open.push(() => sandbox.close());
  return {
    notifier: createFastMessage({ baseUrl, ...account, timeoutMs: 5_000 }),
    arrived: () => sandbox.receivedSms().map(({ to, text }) => ({ to, text })),
    close: () => sandbox.close(),
  };
}

async function mailboxBench(): Promise<Bench> {
  const mailbox = await openMailbox();
  let closed: Promise<void> | null = null;
  const close = (): Promise<void> => (closed ??= mailbox.close());
  open.push(close);
  const from = { name: null, address: 'alerts@example.co.ke' };
  return {
    notifier: createSmtp({ host: '127.0.0.1', port: mailbox.port, secure: false, login: null, from, clock, timeoutMs: 5_000 }),
    arrived: () =>
      mailbox.mails.map(({ to, raw }) => ({ to: to.join(), text: raw.slice(raw.indexOf('\r\n\r\n') + 4).trimEnd() })),
    close,
  };
}

async function simulatedBench(kind: NotifierKind): Promise<Bench> {
  const config = parseConfig({ DATABASE_URL: 'sqlite::memory:', BUSINESS_NAME: 'Duka la Mama Achieng' });
  if (!config.ok) throw new Error('the configuration cannot be used');
  const opened = await openCore({
    config: config.value,
    clock: () => clock,
    log: silentLog,
    listens: false,
    everyChannel: false,
  });
  if (!opened.ok) throw new Error(opened.error);
  const { notifiers, sandbox, close } = opened.value;
  const notifier = notifiers.get(kind);
  if (notifier === undefined || sandbox === null) throw new Error(`nothing simulated sends ${kind}`);
  open.push(() => close());
  return {
    notifier,
    arrived: () => {
      const received = kind === 'sms' ? sandbox.receivedSms() : sandbox.receivedMails();
      return received.map(({ to, text }) => ({ to, text }));
    },
    close: () => Promise.resolve(),
  };
}

const SMS: OutsideMessage = { id: 'alert-1', to: '254722000001', subject: '', text: 'Habari! SMS 40 zimebaki.' };
const MAIL: OutsideMessage = { id: 'alert-2', to: 'wanjiku@example.co.ke', subject: 'SMS 40', text: 'Habari! SMS 40 zimebaki.' };

describe.each<[string, NotifierKind, OutsideMessage, () => Promise<Bench>]>([
  ['Fast Message over the simulated gateway', 'sms', SMS, gatewayBench],
  ['SMTP over a real server', 'email', MAIL, mailboxBench],
  ['simulated SMS', 'sms', SMS, () => simulatedBench('sms')],
  ['simulated e-mail', 'email', MAIL, () => simulatedBench('email')],
])('%s', (_name, kind, message, bench) => {
  it('says what it carries', async () => {
    expect((await bench()).notifier.kind).toBe(kind);
  });

  it('carries a message whole, once per call', async () => {
    const { notifier, arrived } = await bench();
    expect(await notifier.send(message)).toMatchObject({ kind: 'sent' });
    expect(arrived()).toEqual([{ to: message.to, text: message.text }]);
    await notifier.send({ ...message, id: 'another' });
    expect(arrived()).toHaveLength(2);
  });

  it('carries many at the same time', async () => {
    const { notifier, arrived } = await bench();
    const sent = await Promise.all(Array.from({ length: 10 }, (_none, at) => notifier.send({ ...message, id: `n-${at}` })));
    expect(sent.map((result) => result.kind)).toEqual(Array.from({ length: 10 }, () => 'sent'));
    expect(arrived()).toHaveLength(10);
  });

  it.each(['', 'nobody', 'a b@example.co.ke', '12345', `${message.to},${message.to}`, `${message.to}\r\nBcc: x@example.co.ke`])(
    'refuses %j as an address, which is nothing that the shop could mend',
    async (to) => {
      const { notifier, arrived } = await bench();
      expect(await notifier.send({ ...message, to })).toMatchObject({ kind: 'refused', ours: false });
      expect(arrived()).toEqual([]);
    },
  );

  it('is reachable, and says so without sending', async () => {
    const { notifier, arrived } = await bench();
    expect(await notifier.probe()).toEqual({ reachable: true });
    expect(arrived()).toEqual([]);
  });
});

it.each([
  ['Fast Message', SMS, gatewayBench],
  ['SMTP', MAIL, mailboxBench],
])('%s knows that nothing was sent when nobody is there', async (_name, message, bench) => {
  const { notifier, close } = await bench();
  await close();
  expect(await notifier.send(message)).toMatchObject({ kind: 'retry' });
  expect(await notifier.probe()).toMatchObject({ reachable: false });
});

it('what is off is missing, and what is simulated beside real airtime has its own sandbox', async () => {
  const kinds = async (environment: Record<string, string>): Promise<[NotifierKind[], boolean]> => {
    const config = parseConfig({ DATABASE_URL: 'sqlite::memory:', TOPUPS_API_TOKEN: 'token', ...environment });
    if (!config.ok) throw new Error(config.error.join());
    const opened = await openCore({
      config: config.value,
      clock: () => clock,
      log: silentLog,
      listens: false,
      everyChannel: false,
    });
    if (!opened.ok) throw new Error(opened.error);
    open.push(() => opened.value.close());
    return [[...opened.value.notifiers.keys()], opened.value.sandbox !== null];
  };
  expect(await kinds({})).toEqual([[], false]);
  expect(await kinds({ SMTP_URL: 'smtp://127.0.0.1', SMTP_FROM: 'a@example.co.ke' })).toEqual([['email'], false]);
  expect(await kinds({ SANDBOX: 'on' })).toEqual([['sms', 'email'], true]);
});
