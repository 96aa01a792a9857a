/** Shows what the doctor finds: against servers that answer and ports where nobody listens, with half of a configuration and with all. */

import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { freePort } from '../../test/support/free-port.ts';
import { openGateway, type RecordingGateway } from '../../test/wire/recording-gateway.ts';
import { stopHttp } from '../../test/wire/http-world.ts';
import { openApiWorld, type ApiWorld } from '../../test/wire/wallet-api-world.ts';
import { systemClock } from '../lib/clock.ts';
import { silentLog } from '../lib/log.ts';
import { breakerOf } from '../store/sqlite/breaker.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import { acquireRole } from '../store/sqlite/role.ts';
import { versionsOf } from '../store/sqlite/versions.ts';
import { examine, type Finding } from './doctor.ts';
import { roomFinding } from './machine.ts';

const BOT = '123456:AAbbCCddEEffGGhhIIjjKKllMMnnOO';
const SECRET = 'planted-webhook-secret-1';
const MPESA = {
  DARAJA_CONSUMER_KEY: 'planted-consumer-key',
  DARAJA_CONSUMER_SECRET: 'planted-consumer-secret',
  DARAJA_SHORTCODE: '174379',
  DARAJA_PASSKEY: 'planted-passkey',
};
const PUBLIC = { PUBLIC_URL: 'https://duka.example', DARAJA_CALLBACK_SECRET: 'planted-callback-secret' };
let server: Server;
let there: string;
let nobody: string;
let connections: number;
let bytes: number;
let folder: string;

beforeAll(async () => {
  server = createServer((socket) => {
    connections += 1;
    socket.on('error', () => undefined);
    socket.on('data', (data) => (bytes += data.length));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  there = `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  nobody = `127.0.0.1:${await freePort()}`;
});
afterAll(() => server.close());
beforeEach(() => {
  connections = 0;
  bytes = 0;
  folder = mkdtempSync(join(tmpdir(), 'jaza-doctor-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const env = (more: Record<string, string> = {}) => ({
  DATABASE_URL: `sqlite:${join(folder, 'jaza.db')}`,
  HTTP_PORT: nobody.split(':')[1] ?? '',
  ...more,
});
const line = (findings: readonly Finding[], words: RegExp): string => {
  const found = findings.find(({ text }) => words.test(text));
  return found === undefined ? 'nothing' : `${found.mark}: ${found.text}`;
};

describe('what is sold', () => {
  it('says which orders are not taken while a provider is doubted, and until when', async () => {
    const store = await openSqliteStore({ path: join(folder, 'jaza.db'), clock: systemClock, log: silentLog });
    breakerOf(store.db, versionsOf(store.db)).put('daraja', { kind: 'open', why: '401', since: 0, until: 60_000, waitMs: 1 }, 0);
    await store.close();
    const { findings } = await examine(env());
    expect(line(findings, /No new orders of SMS/)).toMatch(
      /^wrong: .* 401\. the next order is let through at 1970-01-01 03:01:00/,
    );
    expect(line(findings, /No new orders of airtime/)).toBe('nothing');
  });
});

describe('with nothing configured', () => {
  it('nothing is wrong; what is missing is said with the way to it', async () => {
    const { findings, exitCode } = await examine(env());
    expect(exitCode).toBe(0);
    expect(line(findings, /Node/)).toMatch(/^ok/);
    expect(line(findings, /Telegram/)).toMatch(/^note: Telegram is off: set TELEGRAM_BOT_TOKEN/);
    expect(line(findings, /WhatsApp/)).toMatch(/^note: WhatsApp is off: WHATSAPP=on/);
    expect(line(findings, /Airtime/)).toMatch(/^note: Airtime is SIMULATED: set TOPUPS_API_TOKEN/);
    expect(line(findings, /M-Pesa/)).toMatch(/^note: Payments by M-Pesa are SIMULATED: set DARAJA_CONSUMER_KEY/);
    expect(line(findings, /^SMS/)).toMatch(/^note: SMS are SIMULATED/);
    expect(line(findings, /E-mail/)).toMatch(/^note: E-mail is SIMULATED/);
    expect(line(findings, /Database/)).toMatch(/^ok: .*will be made at the first start/);
    expect(line(findings, /Secret key/)).toMatch(/^ok: .*secret\.key .*will be made/);
    expect(line(findings, /HTTP/)).toMatch(/^ok: HTTP: 127\.0\.0\.1:\d+; web chat for this machine alone/);
    expect(line(findings, /SUPPORT_CONTACT/)).toMatch(/^note/);
  });

  it('nothing is made', async () => {
    await examine(env());
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('with everything configured', () => {
  const all = (where: string, more: Record<string, string> = {}) =>
    env({
      TELEGRAM_BOT_TOKEN: BOT,
      TELEGRAM_API_ROOT: `http://${where}`,
      WHATSAPP: 'on',
      WHATSAPP_WEB_SOCKET_URL: `ws://${where}/ws`,
      TOPUPS_API_TOKEN: 'planted-api-token',
      TOPUPS_BASE_URL: `http://${where}`,
      TOPUPS_WEBHOOK_SECRET: SECRET,
      ...MPESA,
      DARAJA_BASE_URL: `http://${where}`,
      ...PUBLIC,
      SECRET_KEY: 'planted-secret-key-of-the-shop',
      SUPPORT_CONTACT: '0700 000 000',
      ...more,
    });

  it('and reachable, all is well, and not a byte was sent', async () => {
    const { findings, exitCode } = await examine(all(there));
    expect(findings.filter(({ mark, text }) => mark !== 'ok' && !/^(?:SMS|E-mail) is off/.test(text))).toEqual([]);
    expect(exitCode).toBe(0);
    await vi.waitFor(() => expect(connections).toBe(4));
    expect(bytes).toBe(0);
    expect(line(findings, /Telegram/)).toContain('is reachable; it will be asked for messages (polling)');
    expect(line(findings, /Webhooks/)).toContain('https://duka.example/webhooks/topups/<TOPUPS_WEBHOOK_SECRET>');
    expect(line(findings, /calls back/)).toContain(
      'an address of its own for each order, below https://duka.example/webhooks/daraja/',
    );
  });

  it('and nobody there, it says which, why, and what to do', async () => {
    const { findings, exitCode } = await examine(all(nobody));
    expect(exitCode).toBe(1);
    expect(line(findings, /Telegram/)).toMatch(/^wrong: .*not reachable \(.*ECONNREFUSED.*\)\. Is the internet there/);
    expect(line(findings, /WhatsApp/)).toMatch(/^wrong: .*ECONNREFUSED/);
    expect(line(findings, /M-Pesa/)).toMatch(/^wrong: .*ECONNREFUSED.*Nobody can pay for SMS/);
    expect(line(findings, /Airtime provider/)).toMatch(/^wrong: .*ECONNREFUSED.*No airtime can be sold/);
  });

  it('no secret is shown', async () => {
    const { findings } = await examine(all(there));
    expect(JSON.stringify(findings)).not.toMatch(/planted|AAbbCC/);
  });

  it.each([
    ['no secret for webhooks', { TOPUPS_WEBHOOK_SECRET: '' }, /^note: No webhooks: .*asked after 10 minutes/],
    ['no address for webhooks', { PUBLIC_URL: '' }, /^note: TOPUPS_WEBHOOK_SECRET is set but PUBLIC_URL is not/],
  ])('%s is told with what it costs', async (_name, more, expected) => {
    const { findings, exitCode } = await examine(all(there, more));
    expect(line(findings, /No webhooks:|WEBHOOK_SECRET is set but/)).toMatch(expected);
    expect(exitCode).toBe(0);
  });
});

describe('callbacks of M-Pesa', () => {
  it.each([
    ['no secret', { DARAJA_CALLBACK_SECRET: '' }, /^note: DARAJA_CALLBACK_SECRET is not set: .*found by asking/],
    ['no public address', { PUBLIC_URL: '' }, /^note: PUBLIC_URL is not set: .*found by asking/],
  ])('%s: it works, but slower', async (_name, more, expected) => {
    const { findings, exitCode } = await examine(env({ ...MPESA, DARAJA_BASE_URL: `http://${there}`, ...PUBLIC, ...more }));
    expect(line(findings, /found by asking/)).toMatch(expected);
    expect(exitCode).toBe(0);
  });

  it('an address without TLS is one that M-Pesa does not call', async () => {
    const { findings } = await examine(
      env({ ...MPESA, DARAJA_BASE_URL: `https://${nobody}`, ...PUBLIC, PUBLIC_URL: 'http://duka.example' }),
    );
    expect(line(findings, /found by asking/)).toMatch(/^note: PUBLIC_URL is without https/);
  });

  it('M-Pesa that is off says what that costs', async () => {
    const { findings } = await examine(env({ SANDBOX: 'off' }));
    expect(line(findings, /M-Pesa/)).toMatch(/^note: Payments by M-Pesa are off, so nobody can buy SMS/);
  });
});

it('a configuration that cannot be used is told whole, and ends with 2', async () => {
  const { findings, exitCode } = await examine({ TOPUPS_BASE_URL: `http://${nobody}`, HTTP_PORT: 'x', WEB_CHAT: 'maybe' });
  expect(exitCode).toBe(2);
  expect(findings.map(({ mark, text }) => [mark, text.split(':')[0]])).toEqual(
    expect.arrayContaining([
      ['wrong', 'TOPUPS_API_TOKEN'],
      ['wrong', 'HTTP_PORT'],
      ['wrong', 'WEB_CHAT'],
    ]),
  );
});

describe('alerts outside of chats', () => {
  let gateway: RecordingGateway;
  beforeEach(async () => {
    gateway = await openGateway();
  });
  afterEach(() => gateway.close());

  const alerts = (sms: string, mail: string) =>
    env({
      FAST_MESSAGE_BASE_URL: sms,
      FAST_MESSAGE_API_KEY: 'planted-api-key',
      FAST_MESSAGE_PARTNER_ID: '77',
      FAST_MESSAGE_SENDER: 'DUKA',
      SMTP_URL: `smtp://duka:planted-password@${mail}`,
      SMTP_FROM: 'Duka <alerts@example.co.ke>',
    });

  it('that are off are told with the way to them', async () => {
    const { findings } = await examine(env({ SANDBOX: 'off' }));
    expect(line(findings, /^SMS/)).toMatch(/^note: SMS is off: set FAST_MESSAGE_API_KEY/);
    expect(line(findings, /E-mail/)).toMatch(/^note: E-mail is off: set SMTP_URL and SMTP_FROM/);
  });

  it('that are reached are told with the credit; no SMS and no byte of a mail is sent', async () => {
    gateway.behave({ kind: 'answer', body: '{"respose-code":"200","credit":"1545.509"}' });
    const { findings, exitCode } = await examine(alerts(gateway.url, there));
    expect(line(findings, /^SMS/)).toBe(`ok: SMS: ${gateway.url} is reachable, with a credit of KES 1,545.50`);
    expect(line(findings, /E-mail/)).toMatch(/^ok: E-mail: 127\.0\.0\.1:\d+ is reachable, for mails from alerts@example\.co\.ke/);
    expect(gateway.requests.map(({ path }) => path)).toEqual(['POST /api/services/getbalance']);
    expect([bytes, exitCode]).toEqual([0, 0]);
    expect(JSON.stringify(findings)).not.toContain('planted');
  });

  it.each([
    [
      'an account that is refused',
      '{"response-code":1006,"response-description":"planted-api-key?"}',
      /cannot be asked: code 1006/,
    ],
    ['a credit that is used up', '{"response-code":200,"credit":"0.00"}', /its credit is used up/],
  ])('%s is wrong', async (_what, body, expected) => {
    gateway.behave({ kind: 'answer', body });
    const { findings, exitCode } = await examine(alerts(gateway.url, there));
    expect(line(findings, /^SMS/)).toMatch(/^wrong/);
    expect(line(findings, /^SMS/)).toMatch(expected);
    expect(exitCode).toBe(1);
    expect(JSON.stringify(findings)).not.toContain('planted');
  });

  it('with nobody there are wrong, and it says which and why', async () => {
    const { findings, exitCode } = await examine(alerts(`http://${nobody}`, nobody));
    expect(line(findings, /^SMS/)).toMatch(/^wrong: .*ECONNREFUSED.*No alert goes out by SMS/);
    expect(line(findings, /E-mail/)).toMatch(/^wrong: .*ECONNREFUSED.*No alert goes out by e-mail/);
    expect(exitCode).toBe(1);
  });
});

describe('wallets of SMS on another server', () => {
  let api: ApiWorld;
  beforeEach(async () => {
    api = await openApiWorld();
  });
  afterEach(async () => {
    await stopHttp();
    await api.close();
  });
  const found = async (url: string, key: string): Promise<string> => {
    const { findings } = await examine(env({ TUKU_BASE_URL: url, TUKU_API_KEY: key }));
    expect(JSON.stringify(findings)).not.toContain(key);
    return line(findings, /^SMS wallets/);
  };

  it('are told as reached with a key that reads, and nothing is opened there', async () => {
    expect(await found(api.url, await api.key(['wallet:read', 'costs:read']))).toMatch(/^ok: .* keeps them, and lets us read/);
  });

  it('that do not say what an SMS costs are noted', async () => {
    expect(await found(api.url, await api.key(['wallet:read']))).toMatch(/^note: .*does not say what an SMS costs.*costs:read/);
  });

  it('with a wrong key, or with nobody there, are wrong', async () => {
    expect(await found(api.url, 'planted-key')).toMatch(/^wrong: .*does not let us in with TUKU_API_KEY \(HTTP 401/);
    expect(await found(`http://${nobody}`, 'planted-key')).toMatch(/^wrong: .*ECONNREFUSED.*No SMS can be bought/);
  });
});

it('airtime that is off is told with what it costs', async () => {
  expect(line((await examine(env({ SANDBOX: 'off' }))).findings, /Airtime/)).toMatch(/^note: Airtime is off: none can be sold/);
});

it('a database in memory is told with what it costs', async () => {
  const { findings } = await examine({ DATABASE_URL: 'sqlite::memory:' });
  expect(line(findings, /Database/)).toMatch(/^note: .*lost at the end/);
});

it('a database in the place of which a file stands is wrong', async () => {
  writeFileSync(join(folder, 'file'), '');
  const { findings, exitCode } = await examine({ DATABASE_URL: `sqlite:${join(folder, 'file', 'jaza.db')}` });
  expect([line(findings, /Database/), exitCode]).toEqual([expect.stringMatching(/^wrong/), 1]);
});

it('what is there already is found', async () => {
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'data', 'jaza.db'), '');
  writeFileSync(join(folder, 'data', 'secret.key'), 'k'.repeat(43));
  chmodSync(join(folder, 'data', 'secret.key'), 0o600);
  const { findings } = await examine({ DATABASE_URL: `sqlite:${join(folder, 'data', 'jaza.db')}` });
  expect(line(findings, /Database/)).not.toContain('will be made');
  expect(line(findings, /Secret key/)).toMatch(/^ok: Secret key: \S+ is there; /);
});

it('a key that is gone from beside its database is noted, and one that is none, or waits for a restore, is wrong', async () => {
  const key = join(folder, 'secret.key');
  const said = async (): Promise<string> => line((await examine(env())).findings, /^Secret key/);
  writeFileSync(join(folder, 'jaza.db'), '', { mode: 0o600 });
  expect(await said()).toMatch(/^note: .*secret\.key is not there, though the database is\. .*from a backup/);
  writeFileSync(key, 'short', { mode: 0o600 });
  expect(await said()).toMatch(/^wrong: .*holds no key\. .*does not start like that$/);
  writeFileSync(key, 'k'.repeat(43));
  writeFileSync(`${key}.restoring`, 'k'.repeat(43));
  expect(await said()).toMatch(/^wrong: .*A restore broke off: .*does not start like that$/);
});

describe('the machine', () => {
  const port = (where: string): string => where.split(':')[1] ?? '';

  it('says that no server runs, that the port is free, that files and disk are fine, and makes nothing', async () => {
    const { findings } = await examine(env());
    expect(line(findings, /^Server/)).toBe('ok: Server: none is running; npm start starts it');
    expect(line(findings, /^Port/)).toMatch(/^ok: Port: 127\.0\.0\.1:\d+ is free/);
    expect(line(findings, /^Files/)).toMatch(/^ok/);
    expect(line(findings, /^Disk/)).toMatch(/MiB are free/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('knows the running server by its lock, and that the port is its own', async () => {
    const role = acquireRole(join(folder, 'jaza.db'));
    if (!role.ok) throw new Error(role.error.message);
    const { findings, exitCode } = await examine(env({ HTTP_PORT: port(there) }));
    expect(line(findings, /^Server/)).toMatch(/^ok: Server: one is running/);
    expect(line(findings, /^Port/)).toMatch(/^ok: .*by the running server/);
    expect(exitCode).toBe(0);
    expect(line((await examine(env())).findings, /^Port/)).toMatch(/^note: .*started with another HTTP_PORT/);
    role.value.release();
    expect(line((await examine(env())).findings, /^Server/)).toMatch(/none is running/);
  });

  it.each([
    [
      'taken by another program',
      () => ({ HTTP_PORT: port(there) }),
      /^wrong: Port: .*Another program listens there.*HTTP_PORT=3001/,
    ],
    ['on an address that is not here', () => ({ HTTP_HOST: '192.0.2.1' }), /^wrong: Port: .*HTTP_HOST=127\.0\.0\.1/],
  ])('a port %s is told with what to do', async (_name, more, expected) => {
    const { findings, exitCode } = await examine(env(more()));
    expect(line(findings, /^Port/)).toMatch(expected);
    expect(exitCode).toBe(1);
  });

  it('a key that others may read is wrong, a database that they may read is noted', async () => {
    for (const name of ['secret.key', 'jaza.db']) writeFileSync(join(folder, name), 'planted', { mode: 0o644 });
    const { findings } = await examine(env());
    expect(line(findings, /^Secret key: other/)).toMatch(/^wrong: .*chmod 600 .*secret\.key/);
    expect(line(findings, /^Database: other/)).toMatch(/^note: .*chmod 600 .*jaza\.db/);
    for (const name of ['secret.key', 'jaza.db']) chmodSync(join(folder, name), 0o600);
    expect(line((await examine(env())).findings, /^Files/)).toMatch(/^ok/);
  });

  it.each([
    [50, 'wrong'],
    [500, 'note'],
    [5_000, 'ok'],
  ])('%d MiB on the disk: %s', (mib, mark) => {
    expect(roomFinding('/data', mib * 1024 * 1024).mark).toBe(mark);
  });
});
