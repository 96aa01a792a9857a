/**
 * The log of a full run at its most talkative, searched for what was planted: numbers, names, words, tokens, keys and addresses.
 * Purchases that succeed, fail and are doubted, webhooks of every kind, a chat that blocks us, a turn that fails.
 */

import { beforeAll, describe, expect, it, vi } from 'vitest';
import { telegramChannel } from '../../src/cli/channels.ts';
import { serveHttp } from '../../src/cli/serve.ts';
import { parseConfig } from '../../src/config.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLog } from '../../src/lib/log.ts';
import { openCore } from '../../src/main.ts';
import { startFakeBotApi } from './fake-bot-api.ts';
import { openUpstream } from './recording-upstream.ts';

/** Searched for without regard to case. */
const PLANTED: Readonly<Record<string, string>> = {
  'the own number': '722111333',
  'the recipient’s number': '733444555',
  'the recipient’s number as it was typed': '0733 444 555',
  'the payer’s number': '734666777',
  'the number of a contact': '110888999',
  'a name': 'Wanjiku',
  'a family name': 'Canarywala',
  'the name of a contact': 'Shangazi',
  'words of a message': 'zebra crossing',
  'words of a button': 'crocodile',
  'the API token': 'canary-api-token-71c',
  'the webhook’s secret': 'canaryWebhookSecret4711x',
  'the secret key': 'canary-secret-key-of-the-shop',
  'the body of an answer': 'hippopotamus',
  'the body of a webhook': 'flamingo',
  'a PIN': '4321',
};

const lines: string[] = [];
const orders: unknown[] = [];
let botToken = '';

beforeAll(async () => {
  const [api, upstream] = await Promise.all([startFakeBotApi(), openUpstream()]);
  botToken = api.token;
  const secret = PLANTED['the webhook’s secret'] ?? '';
  const config = parseConfig({
    DATABASE_URL: 'sqlite::memory:',
    HTTP_PORT: '0',
    TELEGRAM_BOT_TOKEN: api.token,
    TELEGRAM_API_ROOT: api.url,
    TOPUPS_API_TOKEN: PLANTED['the API token'],
    TOPUPS_BASE_URL: upstream.url,
    TOPUPS_WEBHOOK_SECRET: secret,
    SECRET_KEY: PLANTED['the secret key'],
  });
  if (!config.ok || config.value.telegram === null) throw new Error('the configuration cannot be used');
  const log = createLog('debug', (line) => lines.push(line));
  const opened = await openCore({ config: config.value, log, listens: true, everyChannel: true, clock: () => systemClock });
  if (!opened.ok) throw new Error(opened.error);
  const core = opened.value;
  const channel = await telegramChannel(core, config.value.telegram);
  const server = await serveHttp(core, [(request) => channel.routes?.(request) ?? Promise.resolve(null)]);
  await core.open(channel);
  await core.rescue();

  const person = api.person({ id: 7, name: 'Wanjiku', lastName: 'Canarywala', languageCode: 'en', phone: '254722111333' });
  const post = async (body: string, address = secret): Promise<void> => {
    await fetch(`${server.url}/webhooks/topups/${address}`, { method: 'POST', body });
  };
  const confirmed = async (words: string, posts: number): Promise<string> => {
    person.writes(words);
    const asked = await person.hears('Please check', 20_000);
    person.taps(asked.buttons[0]?.data ?? '');
    await vi.waitFor(() => expect(upstream.posts).toHaveLength(posts), { timeout: 20_000 });
    await core.driver.drain();
    return upstream.posts.at(-1)?.fields['note'] ?? '';
  };

  person.writes('zebra crossing, my PIN is 4321');
  await person.hears(undefined, 20_000);
  person.sharesOwnContact();
  person.forgesTap('crocodile');
  const first = await confirmed('buy 100 for 0733 444 555, airtel money from 0734666777', 1);
  await post(
    `{"note":"${first}","reference":"REF1","amount":"100","mobile":"254733444555","status":"Reversed","remark":"flamingo"}`,
  );
  await post(`{"note":"${first}","reference":"REF1","amount":"100","mobile":"254733444555","status":"Success"}`);
  await person.hears('is looking at', 20_000);
  await post(`{"note":"${first}","reference":"REF1","amount":"999","mobile":"+254 733 444 555","status":"Success"}`);
  await post('flamingo 0733444555, unreadable');
  await post('{"flamingo":"0733444555"}');
  await post('{}', `${secret}x`);

  upstream.behave({ kind: 'status', status: 500, body: 'hippopotamus 254733444555' });
  await confirmed('buy 50 for 0733444555, M-Pesa from 0722111333', 2);
  const refusal = {
    status: { type: 'FAIL', code: '4000', message: 'Invalid API Token 0733444555' },
    data: { hippopotamus: 'x' },
  };
  upstream.behave({ kind: 'status', status: 200, body: JSON.stringify(refusal) });
  await confirmed('buy 30 for 0733444555, T-Kash from 0770123456', 3);
  person.sharesContact({ name: 'Shangazi', phone: '+254110888999' });
  await person.hears(undefined, 20_000);

  // A turn that breaks a rule of the database, on a message full of canaries.
  core.store.db.exec(
    "CREATE TEMP TRIGGER broken BEFORE INSERT ON message WHEN new.text LIKE 'zebra%' BEGIN SELECT RAISE (ABORT, 'no zebras'); END",
  );
  person.writes('zebra crossing to 0733444555');
  await person.hears('went wrong', 20_000);
  person.blocks();
  await core.driver.drain();
  orders.push(...core.store.db.prepare('SELECT ref FROM orders ORDER BY created_at, rowid').pluck().all());

  await server.close();
  await core.close();
  await Promise.all([api.close(), upstream.close()]);
}, 90_000);

describe('the log of a full run', () => {
  it('tells of everything that was done', () => {
    expect(orders).toHaveLength(3);
    for (const said of [
      'turn committed',
      'the call ended',
      'for the operator',
      'webhook_quarantined',
      'token_refused',
      'a turn failed',
      'http: answered',
    ])
      expect(lines.join('')).toContain(said);
  });

  it.each(Object.entries(PLANTED))('does not hold %s', (_what, canary) => {
    expect(lines.filter((line) => line.toLowerCase().includes(canary.toLowerCase()))).toEqual([]);
  });

  it('holds nothing that looks like a number of a phone', () => {
    expect(lines.filter((line) => /(?:\+?254|\b0)[\s.-]?[17]\d{2}[\s.-]?\d{3}[\s.-]?\d{3}\b/.test(line))).toEqual([]);
  });

  it('does not hold the bot’s token', () => {
    const [, key = 'none'] = botToken.split(':');
    expect(lines.filter((line) => line.includes(key))).toEqual([]);
  });

  it('names the turn in every line about one, and the order’s reference in every line about one', () => {
    const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const about = (msg: string): Record<string, unknown>[] => entries.filter((entry) => entry['msg'] === msg);
    for (const msg of ['turn committed', 'the call ended', 'a turn failed', 'for the operator'])
      for (const entry of about(msg)) expect(entry['turn']).toEqual(expect.any(String));
    expect(about('the call ended').map(({ order }) => order)).toEqual(orders);
    const kinds = about('turn committed').filter(({ event }) => String(event).startsWith('call_'));
    expect(kinds.length).toBe(6);
    for (const entry of kinds) expect(orders).toContain(entry['order']);
  });
});
