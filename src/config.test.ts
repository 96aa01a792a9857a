/** Tables of environments: what is real, simulated or off in each, and everything that is wrong with one, all at once. */

import { describe, expect, it } from 'vitest';
import { ENVIRONMENT, parseConfig, type Config } from './config.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const BOT = '123456:AAbbCCddEEffGGhhIIjjKKllMMnnOO';
const SECRET = 'abcdefghijklmnopqrstuv';
const REAL = { TOPUPS_API_TOKEN: 'token' };
const SMS = {
  FAST_MESSAGE_BASE_URL: 'https://sms.example.co.ke',
  FAST_MESSAGE_API_KEY: 'key',
  FAST_MESSAGE_PARTNER_ID: '77',
  FAST_MESSAGE_SENDER: 'DUKA',
};
const MAIL = { SMTP_URL: 'smtps://mail.example', SMTP_FROM: 'duka@example.co.ke' };

function config(environment: Environment): Config {
  const parsed = parseConfig(environment);
  if (!parsed.ok) throw new Error(parsed.error.join('\n'));
  return parsed.value;
}

/** Keys that an error names first, in the order of the list. */
function wrong(environment: Environment): string[] {
  const parsed = parseConfig(environment);
  return parsed.ok ? [] : parsed.error.map((line) => line.split(':')[0] ?? line);
}

function shape(environment: Environment): string {
  const { telegram, whatsapp, webChat, topups, fastMessage, smtp } = config(environment);
  const channels = [telegram === null ? [] : `telegram by ${telegram.mode}`, whatsapp === null ? [] : 'whatsapp'].flat();
  const others = Object.entries({ SMS: fastMessage, 'e-mail': smtp }).filter(([, { kind }]) => kind !== topups.kind);
  return [...channels, `web ${webChat}`, `airtime ${topups.kind}`, ...others.map(([name, { kind }]) => `${name} ${kind}`)].join(
    ', ',
  );
}

describe('real, simulated or off', () => {
  it.each<[string, Environment, string]>([
    ['nothing set', {}, 'web loopback, airtime simulated'],
    [
      'everything set to nothing',
      { TOPUPS_API_TOKEN: '', TELEGRAM_BOT_TOKEN: ' ', WHATSAPP: '', SANDBOX: '' },
      'web loopback, airtime simulated',
    ],
    ['the sandbox on', { SANDBOX: 'on' }, 'web loopback, airtime simulated'],
    ['the sandbox off', { SANDBOX: 'off' }, 'web loopback, airtime off'],
    ['airtime alone', REAL, 'web loopback, airtime real, SMS off, e-mail off'],
    ['airtime and the sandbox', { ...REAL, SANDBOX: 'on' }, 'web loopback, airtime real, SMS simulated, e-mail simulated'],
    ['everything', { ...REAL, ...SMS, ...MAIL }, 'web loopback, airtime real'],
    ['airtime and SMS', { ...REAL, ...SMS }, 'web loopback, airtime real, e-mail off'],
    ['SMS alone', SMS, 'web loopback, airtime off, SMS real'],
    ['e-mail alone', MAIL, 'web loopback, airtime off, e-mail real'],
    ['SMS and the sandbox', { ...SMS, SANDBOX: 'on' }, 'web loopback, airtime simulated, SMS real'],
    ['e-mail and the sandbox', { ...MAIL, SANDBOX: 'on' }, 'web loopback, airtime simulated, e-mail real'],
    ['how long SMS are waited for, alone', { FAST_MESSAGE_TIMEOUT_MS: '500' }, 'web loopback, airtime simulated'],
    [
      'Telegram and airtime',
      { ...REAL, TELEGRAM_BOT_TOKEN: BOT },
      'telegram by polling, web loopback, airtime real, SMS off, e-mail off',
    ],
    [
      'Telegram and the sandbox',
      { TELEGRAM_BOT_TOKEN: BOT, SANDBOX: 'on' },
      'telegram by polling, web loopback, airtime simulated',
    ],
    ['WhatsApp and airtime', { ...REAL, WHATSAPP: 'on' }, 'whatsapp, web loopback, airtime real, SMS off, e-mail off'],
    ['WhatsApp and the sandbox', { WHATSAPP: 'on', SANDBOX: 'on' }, 'whatsapp, web loopback, airtime simulated'],
    ['WhatsApp off', { WHATSAPP: 'off' }, 'web loopback, airtime simulated'],
    [
      'Telegram by webhook',
      { ...REAL, TELEGRAM_BOT_TOKEN: BOT, TELEGRAM_MODE: 'webhook', PUBLIC_URL: 'https://duka.example' },
      'telegram by webhook, web loopback, airtime real, SMS off, e-mail off',
    ],
    ['the mode of a channel that is off', { TELEGRAM_MODE: 'polling' }, 'web loopback, airtime simulated'],
    ['the web chat open', { ...REAL, WEB_CHAT: 'on' }, 'web open, airtime real, SMS off, e-mail off'],
    ['the web chat off', { WEB_CHAT: 'off' }, 'web off, airtime simulated'],
    ['the web chat open, nothing sold', { WEB_CHAT: 'on', SANDBOX: 'off' }, 'web open, airtime off'],
  ])('%s', (_name, environment, expected) => {
    expect(shape(environment)).toBe(expected);
  });
});

describe('what is half set or contradicts itself', () => {
  it.each<[string, Environment, string[]]>([
    ['Telegram without airtime', { TELEGRAM_BOT_TOKEN: BOT }, ['TOPUPS_API_TOKEN']],
    ['WhatsApp without airtime', { WHATSAPP: 'on' }, ['TOPUPS_API_TOKEN']],
    ['Telegram with the sandbox off', { TELEGRAM_BOT_TOKEN: BOT, SANDBOX: 'off' }, ['TOPUPS_API_TOKEN']],
    ['an airtime address without its token', { TOPUPS_BASE_URL: 'https://x.example' }, ['TOPUPS_API_TOKEN']],
    ['the same with the sandbox on', { TOPUPS_BASE_URL: 'https://x.example', SANDBOX: 'on' }, ['TOPUPS_API_TOKEN']],
    ['a Bot API without a token', { TELEGRAM_API_ROOT: 'https://x.example' }, ['TELEGRAM_BOT_TOKEN']],
    ['webhook mode without an address', { ...REAL, TELEGRAM_BOT_TOKEN: BOT, TELEGRAM_MODE: 'webhook' }, ['PUBLIC_URL']],
    ['webhook mode without a token', { TELEGRAM_MODE: 'webhook', PUBLIC_URL: 'https://x.example' }, ['TELEGRAM_BOT_TOKEN']],
    ['a WhatsApp server with WhatsApp off', { WHATSAPP_WEB_SOCKET_URL: 'wss://x.example' }, ['WHATSAPP']],
    ['the world and a simulated upstream', { WEB_CHAT: 'on' }, ['WEB_CHAT']],
    ['the world and the sandbox', { WEB_CHAT: 'on', SANDBOX: 'on' }, ['WEB_CHAT']],
    ['the world and simulated alerts', { ...REAL, ...SMS, WEB_CHAT: 'on', SANDBOX: 'on' }, ['WEB_CHAT']],
    ['an SMS key alone', { FAST_MESSAGE_API_KEY: 'key' }, Object.keys(SMS).filter((key) => key !== 'FAST_MESSAGE_API_KEY')],
    ['an SMS sender alone', { FAST_MESSAGE_SENDER: 'DUKA', SANDBOX: 'on' }, Object.keys(SMS).slice(0, 3)],
    ['SMS without a partner id', { ...SMS, FAST_MESSAGE_PARTNER_ID: ' ' }, ['FAST_MESSAGE_PARTNER_ID']],
    ['a mail server without a sender', { SMTP_URL: MAIL.SMTP_URL }, ['SMTP_FROM']],
    ['a mail sender without a server', { SMTP_FROM: MAIL.SMTP_FROM, SANDBOX: 'on' }, ['SMTP_URL']],
    ['a least above the most', { AIRTIME_MIN_KES: '500', AIRTIME_MAX_KES: '100' }, ['AIRTIME_MIN_KES']],
    ['a least above the default most', { AIRTIME_MIN_KES: '20000' }, ['AIRTIME_MIN_KES']],
    ['a most below the default least', { AIRTIME_MAX_KES: '5' }, ['AIRTIME_MIN_KES']],
    ['a most of SMS below the default least', { SMS_MAX_KES: '5' }, ['SMS_MIN_KES']],
  ])('%s', (_name, environment, keys) => {
    expect(wrong(environment)).toEqual(keys);
  });

  it('is told together with everything that cannot be read', () => {
    const environment = {
      TELEGRAM_BOT_TOKEN: 'nonsense',
      TELEGRAM_MODE: 'webhook',
      WHATSAPP: 'yes',
      WHATSAPP_WEB_SOCKET_URL: 'https://x.example',
      TOPUPS_BASE_URL: 'ftp://x.example',
      TOPUPS_FORMAT: 'yaml',
      TOPUPS_WEBHOOK_SECRET: 'short',
      DATABASE_URL: 'postgres://x',
      HTTP_PORT: '70000',
      SECRET_KEY: 'short',
      AIRTIME_MIN_KES: '500',
      AIRTIME_MAX_KES: '100',
      LOG_LEVEL: 'loud',
    };
    const named = wrong(environment);
    for (const key of [
      ...Object.keys(environment).filter((one) => one !== 'TELEGRAM_MODE' && one !== 'AIRTIME_MAX_KES'),
      'PUBLIC_URL',
      'TOPUPS_API_TOKEN',
    ])
      expect(named).toContain(key);
  });

  it('says the way out in a sentence, and never the secret', () => {
    const parsed = parseConfig({
      TELEGRAM_BOT_TOKEN: 'planted-bot-token',
      TOPUPS_WEBHOOK_SECRET: 'planted secret with spaces',
      SECRET_KEY: 'planted-key',
      TOPUPS_BASE_URL: 'planted-address',
    });
    const lines = parsed.ok ? [] : parsed.error;
    expect(lines.length).toBeGreaterThanOrEqual(4);
    for (const line of lines) {
      expect(line).toMatch(/^[A-Z_]+: .{8,}/);
      expect(line).not.toContain('planted');
    }
  });
});

describe('a value', () => {
  it.each<[string, string, boolean]>([
    ['TELEGRAM_BOT_TOKEN', 'abc', false],
    ['TELEGRAM_BOT_TOKEN', '123456:with space', false],
    ['TELEGRAM_BOT_TOKEN', BOT, true],
    ['TOPUPS_FORMAT', 'xml', true],
    ['TOPUPS_FORMAT', 'XML', false],
    ['TOPUPS_TIMEOUT_MS', '100', true],
    ['TOPUPS_TIMEOUT_MS', '99', false],
    ['TOPUPS_TIMEOUT_MS', '300001', false],
    ['TOPUPS_WEBHOOK_SECRET', SECRET, true],
    ['TOPUPS_WEBHOOK_SECRET', SECRET.slice(1), false],
    ['TOPUPS_WEBHOOK_SECRET', `${SECRET}/`, false],
    ['FAST_MESSAGE_TIMEOUT_MS', '99', false],
    ['DATABASE_URL', 'sqlite::memory:', true],
    ['DATABASE_URL', 'sqlite:/var/lib/jaza.db', true],
    ['DATABASE_URL', 'sqlite:///var/lib/jaza.db', true],
    ['DATABASE_URL', 'sqlite://data/jaza.db', false],
    ['DATABASE_URL', 'sqlite:', false],
    ['DATABASE_URL', 'data/jaza.db', false],
    ['HTTP_PORT', '0', true],
    ['HTTP_PORT', '65535', true],
    ['HTTP_PORT', '65536', false],
    ['HTTP_PORT', '-1', false],
    ['HTTP_PORT', '1e3', false],
    ['HTTP_PORT', '0x50', false],
    ['HTTP_PORT', '80.5', false],
    ['HTTP_PORT', ' 3000 ', true],
    ['PUBLIC_URL', 'https://duka.example', true],
    ['PUBLIC_URL', 'duka.example', false],
    ['PUBLIC_URL', 'javascript:alert(1)', false],
    ['SANDBOX', 'true', false],
    ['SECRET_KEY', 'x'.repeat(22), true],
    ['SECRET_KEY', 'x'.repeat(21), false],
    ['BUSINESS_NAME', 'Duka la Mama', true],
    ['BUSINESS_NAME', 'x'.repeat(61), false],
    ['AIRTIME_MIN_KES', '0', false],
    ['AIRTIME_MAX_KES', '250001', false],
    ['LIMIT_PROMPTS_OTHER_FIRST_PER_DAY', '0', false],
    ['LIMIT_PROMPTS_OTHER_FIRST_PER_DAY', 'many', false],
    ['LOG_LEVEL', 'silent', true],
    ['LOG_LEVEL', 'trace', false],
  ])('%s=%s: %s', (key, value, good) => {
    expect(wrong({ SANDBOX: 'on', [key]: value })).toEqual(good ? [] : [key]);
  });

  it('that is empty or blank is unset', () => {
    const blank = Object.fromEntries(Object.keys(ENVIRONMENT.shape).map((key, at) => [key, at % 2 === 0 ? '' : '  ']));
    expect(config(blank)).toEqual(config({}));
  });

  it('of a key that is not ours is not looked at', () => {
    expect(config({ PATH: '/bin', constructor: 'x', __proto__: 'x', SANDBOX: undefined })).toEqual(config({}));
  });
});

it('every key arrives where it is used', () => {
  expect(
    config({
      TELEGRAM_BOT_TOKEN: BOT,
      TELEGRAM_API_ROOT: 'http://127.0.0.1:8081/',
      TELEGRAM_MODE: 'webhook',
      WHATSAPP: 'on',
      WHATSAPP_WEB_SOCKET_URL: 'ws://127.0.0.1:9000/ws',
      TOPUPS_API_TOKEN: ' token ',
      TOPUPS_BASE_URL: 'https://airtime.example//',
      TOPUPS_FORMAT: 'xml',
      TOPUPS_TIMEOUT_MS: '5000',
      TOPUPS_WEBHOOK_SECRET: SECRET,
      FAST_MESSAGE_BASE_URL: 'https://sms.example/',
      FAST_MESSAGE_API_KEY: 'key',
      FAST_MESSAGE_PARTNER_ID: '77',
      FAST_MESSAGE_SENDER: 'DUKA',
      FAST_MESSAGE_TIMEOUT_MS: '7000',
      SMTP_URL: 'smtp://mail.example',
      SMTP_FROM: 'duka@example.co.ke',
      DATABASE_URL: 'sqlite:/tmp/x.db',
      HTTP_HOST: '0.0.0.0',
      HTTP_PORT: '8080',
      PUBLIC_URL: 'https://duka.example/',
      WEB_CHAT: 'on',
      SANDBOX: 'off',
      SECRET_KEY: 'k'.repeat(30),
      BUSINESS_NAME: 'Duka',
      SUPPORT_CONTACT: '0700 000 000',
      AIRTIME_MIN_KES: '5',
      AIRTIME_MAX_KES: '5000',
      LIMIT_PROMPTS_OWN_PER_HOUR: '1',
      LIMIT_PROMPTS_OWN_PER_DAY: '2',
      LIMIT_PROMPTS_OTHER_PER_HOUR: '3',
      LIMIT_PROMPTS_OTHER_PER_DAY: '4',
      LIMIT_PROMPTS_OTHER_FIRST_PER_DAY: '5',
      LIMIT_PAYERS_PER_HOUR: '17',
      LIMIT_PAYERS_PER_DAY: '18',
      LIMIT_STRANGERS_PER_HOUR: '19',
      LIMIT_UNPAID_PROMPTS: '6',
      LIMIT_COOL_DOWN_MINUTES: '7',
      LIMIT_PERSON_KES_PER_DAY: '8',
      LIMIT_PERSON_ORDERS_PER_DAY: '9',
      LIMIT_PAYER_KES_PER_DAY: '10',
      LIMIT_PAYER_ORDERS_PER_DAY: '11',
      LIMIT_RECIPIENT_KES_PER_DAY: '12',
      LIMIT_RECIPIENT_ORDERS_PER_DAY: '13',
      LIMIT_ALERTS_OTHER_PER_APP_PER_HOUR: '20',
      LIMIT_ALERTS_OTHER_PER_APP_PER_DAY: '21',
      LIMIT_ALERTS_OTHER_PER_DAY: '22',
      BREAKER_FAILURES: '14',
      BREAKER_WITHIN_MINUTES: '15',
      BREAKER_WAIT_SECONDS: '16',
      LOG_LEVEL: 'warn',
    }),
  ).toEqual({
    telegram: { token: BOT, apiRoot: 'http://127.0.0.1:8081', mode: 'webhook' },
    whatsapp: { webSocketUrl: 'ws://127.0.0.1:9000/ws' },
    webChat: 'open',
    topups: {
      kind: 'real',
      baseUrl: 'https://airtime.example',
      token: 'token',
      format: 'xml',
      timeoutMs: 5000,
      webhookSecret: SECRET,
    },
    daraja: { kind: 'off' },
    tuku: null,
    fastMessage: {
      kind: 'real',
      baseUrl: 'https://sms.example',
      apiKey: 'key',
      partnerId: '77',
      sender: 'DUKA',
      timeoutMs: 7000,
    },
    smtp: {
      kind: 'real',
      host: 'mail.example',
      port: 587,
      secure: false,
      login: null,
      from: { name: null, address: 'duka@example.co.ke' },
    },
    databasePath: '/tmp/x.db',
    http: { host: '0.0.0.0', port: 8080 },
    publicUrl: 'https://duka.example',
    secretKey: 'k'.repeat(30),
    businessName: 'Duka',
    supportContact: '0700 000 000',
    limits: {
      airtimeMinKes: 5,
      airtimeMaxKes: 5000,
      smsMinKes: 10,
      smsMaxKes: 100_000,
      promptsOwnPerHour: 1,
      promptsOwnPerDay: 2,
      promptsOtherPerHour: 3,
      promptsOtherPerDay: 4,
      promptsOtherFirstPerDay: 5,
      newPayersPerHour: 17,
      newPayersPerDay: 18,
      strangersPerHour: 19,
      coolDownAfterUnfinished: 6,
      coolDownMinutes: 7,
      noticesToOthers: { perAppPerHour: 20, perAppPerDay: 21, perDay: 22 },
      perDay: { person: { kes: 8, orders: 9 }, payer: { kes: 10, orders: 11 }, recipient: { kes: 12, orders: 13 } },
    },
    breaker: { failures: 14, withinMs: 15 * 60_000, waitMs: 16_000 },
    logLevel: 'warn',
  } satisfies Config);
});

it('the contract’s defaults stand', () => {
  expect(config({})).toMatchObject({
    topups: { kind: 'simulated', format: 'json', timeoutMs: 30_000, webhookSecret: null },
    databasePath: 'data/jaza.db',
    http: { host: '127.0.0.1', port: 3000 },
    businessName: 'Jaza',
    limits: {
      airtimeMinKes: 10,
      airtimeMaxKes: 10_000,
      smsMinKes: 10,
      smsMaxKes: 100_000,
      promptsOwnPerHour: 20,
      promptsOwnPerDay: 100,
      promptsOtherPerHour: 3,
      promptsOtherPerDay: 10,
      promptsOtherFirstPerDay: 1,
    },
    logLevel: 'info',
  });
  expect(config(REAL).topups).toMatchObject({ baseUrl: 'https://app.topups.co.ke', webhookSecret: null });
});

it('every key of the contract that is built is known, and each says what it is for', () => {
  const contract = [
    'TELEGRAM_BOT_TOKEN TELEGRAM_API_ROOT TELEGRAM_MODE WHATSAPP WHATSAPP_WEB_SOCKET_URL TOPUPS_BASE_URL TOPUPS_API_TOKEN',
    'FAST_MESSAGE_BASE_URL FAST_MESSAGE_API_KEY FAST_MESSAGE_PARTNER_ID FAST_MESSAGE_SENDER FAST_MESSAGE_TIMEOUT_MS SMTP_URL SMTP_FROM TUKU_HIDES_OWN_SMS',
    'TOPUPS_FORMAT TOPUPS_TIMEOUT_MS TOPUPS_WEBHOOK_SECRET DATABASE_URL HTTP_HOST HTTP_PORT PUBLIC_URL WEB_CHAT SANDBOX SECRET_KEY',
    'BUSINESS_NAME SUPPORT_CONTACT AIRTIME_MIN_KES AIRTIME_MAX_KES SMS_MIN_KES SMS_MAX_KES LIMIT_PROMPTS_OWN_PER_HOUR LIMIT_PROMPTS_OWN_PER_DAY',
    'LIMIT_PAYERS_PER_HOUR LIMIT_PAYERS_PER_DAY LIMIT_STRANGERS_PER_HOUR LIMIT_UNPAID_PROMPTS LIMIT_COOL_DOWN_MINUTES',
    'LIMIT_PERSON_KES_PER_DAY LIMIT_PERSON_ORDERS_PER_DAY LIMIT_PAYER_KES_PER_DAY LIMIT_PAYER_ORDERS_PER_DAY LIMIT_RECIPIENT_KES_PER_DAY LIMIT_RECIPIENT_ORDERS_PER_DAY',
    'DARAJA_CONSUMER_KEY DARAJA_CONSUMER_SECRET DARAJA_SHORTCODE DARAJA_PASSKEY DARAJA_TILL DARAJA_BASE_URL DARAJA_TIMEOUT_MS',
    'DARAJA_CALLBACK_SECRET TUKU_BASE_URL TUKU_API_KEY TUKU_TIMEOUT_MS BREAKER_FAILURES BREAKER_WITHIN_MINUTES BREAKER_WAIT_SECONDS',
    'LIMIT_PROMPTS_OTHER_PER_HOUR LIMIT_PROMPTS_OTHER_PER_DAY LIMIT_PROMPTS_OTHER_FIRST_PER_DAY LIMIT_ALERTS_OTHER_PER_DAY',
    'LIMIT_ALERTS_OTHER_PER_APP_PER_HOUR LIMIT_ALERTS_OTHER_PER_APP_PER_DAY',
  ].flatMap((line) => line.split(' '));
  expect(Object.keys(ENVIRONMENT.shape).sort()).toEqual([...contract, 'LOG_LEVEL'].sort());
  for (const field of Object.values(ENVIRONMENT.shape)) expect(field.description?.length ?? 0).toBeGreaterThan(10);
});

it('whatever is wrong is told in plain words, with a value that would be right', () => {
  const long = [
    'TOPUPS_API_TOKEN',
    'DARAJA_CONSUMER_KEY',
    'DARAJA_CONSUMER_SECRET',
    'DARAJA_PASSKEY',
    'TUKU_API_KEY',
    'FAST_MESSAGE_API_KEY',
    'HTTP_HOST',
  ];
  const nonsense = Object.fromEntries(
    Object.keys(ENVIRONMENT.shape).map((key) => [key, long.includes(key) ? 'planted!'.repeat(200) : 'planted!'.repeat(20)]),
  );
  nonsense['SECRET_KEY'] = 'planted!';
  const parsed = parseConfig(nonsense);
  const lines = parsed.ok ? [] : parsed.error;
  const named = lines.map((line) => line.split(':')[0] ?? '');
  for (const key of Object.keys(ENVIRONMENT.shape)) expect(named).toContain(key);
  for (const line of lines) {
    expect(line).not.toMatch(/invalid|expected|too (?:small|big)|regex|string|planted/i);
    if (line.includes(': must ') && !line.includes(' when ')) expect(line).toMatch(/as in |this makes one: |characters at most/);
    const [, key = '', example] = /, as in ([A-Z_]+)=(.+)$/.exec(line) ?? [];
    if (example === undefined) continue;
    const field = ENVIRONMENT.shape[key as keyof typeof ENVIRONMENT.shape];
    expect(field.safeParse(example).success, line).toBe(true);
  }
});

describe('where people reach a person', () => {
  const reads = (value: string): boolean => parseConfig({ SUPPORT_CONTACT: value }).ok;
  it.each(
    '0722 000 000|Call +254722000000|wa.me/254722000000|https://duka.example/help|help@duka.co.ke|@duka_bot|duka.co.ke'.split(
      '|',
    ),
  )('is read: %s', (value) => expect(reads(value)).toBe(true));
  it.each(['our office', '0722', 'ask us', 'Njeri'])('is none: %s', (value) => expect(reads(value)).toBe(false));
});
