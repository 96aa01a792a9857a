/** Tables of what never reaches the log, and of what does. */

import { describe, expect, it } from 'vitest';
import { createLog, scrub, type LogLevel } from './log.ts';

function logged(fields: Record<string, unknown>, message = 'said', level: LogLevel = 'debug'): string {
  const lines: string[] = [];
  createLog(level, (line) => lines.push(line)).info(fields, message);
  return lines.join('');
}

describe('scrub', () => {
  it.each([
    ['0722000001', '[phone …001]'],
    ['254722000001', '[phone …001]'],
    ['+254722000001', '[phone …001]'],
    ['254110000001', '[phone …001]'],
    ['0722 000 001', '[phone …001]'],
    ['+254 722 000 001', '[phone …001]'],
    ['254-722-000-001', '[phone …001]'],
    ['0722.000.001', '[phone …001]'],
    ['254722000001@s.whatsapp.net', '[phone …001]@s.whatsapp.net'],
    ['from 0722000001 to 0733000002', 'from [phone …001] to [phone …002]'],
    ['123456789:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQ', '[token]'],
    ['key jaza_0123456789abcdefghijklmnop is unknown', 'key [key] is unknown'],
    ['Authorization: Bearer abc.def', 'Authorization: Bearer [token]'],
    ['to wanjiku.k+sms@duka-la.example.co.ke, please', 'to [address], please'],
    ['<joe@example.org>', '<[address]>'],
    ['smtp://duka:pass%40word@mail.example:587 failed', 'smtp://[login]@mail.example:587 failed'],
    ['smtps://duka@duka.example:pass@word@mail.example', 'smtps://[login]@mail.example'],
    ['POST /webhooks/topups/wB3kQ9xT2mN7pL5vR8sYcA HTTP', 'POST /webhooks/topups/[secret] HTTP'],
  ])('%s becomes %s', (text, expected) => {
    expect(scrub(text)).toBe(expected);
  });

  it.each([
    'KES 1,000',
    'JZ7K2M4QPW',
    'order o8rwane8zm60q1kch',
    '2026-11-23T00:52:08.186Z',
    'HTTP 503',
    'port 3000',
    '@whiskeysockets/baileys@7.0.0-rc14',
    'https://api.telegram.org/bot',
    '1764000000000',
  ])('leaves %s', (text) => {
    expect(scrub(text)).toBe(text);
  });
});

it('scrubs a very long word in no time', () => {
  const word = 'x.'.repeat(100_000);
  expect(scrub(word)).toBe(word);
});

describe('a line', () => {
  it('is one JSON object with its level, time and message', () => {
    const line = logged({ turn: 'm:1', order: 'JZ7K2M4QPW' });
    expect(line.endsWith('\n') && line.indexOf('\n') === line.length - 1).toBe(true);
    expect(JSON.parse(line)).toMatchObject({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
      msg: 'said',
      turn: 'm:1',
      order: 'JZ7K2M4QPW',
    });
  });

  it.each<[string, Record<string, unknown>]>([
    ['in a field', { text: 'call 0722000001' }],
    ['deep inside', { a: { b: [{ c: '0722000001' }] } }],
    ['in an error', { error: new Error('no 0722000001') }],
    ['in the key of a secret', { apiKey: 'planted-secret', api_key: 'planted-secret', TOKEN: 'planted-secret' }],
    ['in the key of a nested secret', { config: { webhookSecret: 'planted-secret', password: ['planted-secret'] } }],
  ])('hides what is %s', (_name, fields) => {
    expect(logged(fields)).not.toMatch(/0722000001|planted-secret/);
  });

  it('hides it in the message too, and in what a child carries', () => {
    expect(logged({}, 'to 0722000001')).not.toContain('0722000001');
    const lines: string[] = [];
    const log = createLog('debug', (line) => lines.push(line));
    log.child({ turn: 'm:0722000001', token: 'planted-secret' }).child({ order: 'JZ1' }).warn({}, 'said');
    expect(lines.join('')).not.toMatch(/0722000001|planted-secret/);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ order: 'JZ1', turn: 'm:[phone …001]' });
  });

  it('keeps what an error says: its name, message, code and place', () => {
    const error = Object.assign(new TypeError('broken'), { code: 'SQLITE_FULL' });
    const line = JSON.parse(logged({ error })) as { error: unknown };
    expect(line.error).toMatchObject({
      name: 'TypeError',
      message: 'broken',
      code: 'SQLITE_FULL',
      stack: expect.stringContaining('log.test') as string,
    });
  });

  it('of what has no end is cut off', () => {
    const round: Record<string, unknown> = {};
    round['self'] = round;
    expect(logged({ round })).toContain('[deep]');
  });

  it('is written from its level upwards', () => {
    expect(logged({}, 'said', 'warn')).toBe('');
    expect(logged({}, 'said', 'silent')).toBe('');
    expect(logged({}, 'said', 'info')).not.toBe('');
  });
});
