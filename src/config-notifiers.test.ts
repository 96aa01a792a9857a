/** Tables of mail servers and senders as operators write them: what is read out of each, and what is refused without being repeated. */

import { describe, expect, it } from 'vitest';
import { parseConfig } from './config.ts';

const smtp = (url: string, from = 'duka@example.co.ke') => {
  const parsed = parseConfig({ SMTP_URL: url, SMTP_FROM: from });
  return parsed.ok ? parsed.value.smtp : parsed.error;
};
const server = (host: string, port: number, secure: boolean, user: string | null, password = '') => ({
  kind: 'real',
  host,
  port,
  secure,
  login: user === null ? null : { user, password },
});

describe('a mail server', () => {
  it.each([
    ['smtp://mail.example', server('mail.example', 587, false, null)],
    ['smtps://mail.example/', server('mail.example', 465, true, null)],
    ['SMTP://127.0.0.1:25', server('127.0.0.1', 25, false, null)],
    ['smtp://[::1]:2525', server('::1', 2525, false, null)],
    ['smtp://joe:secret@mail.example:2587', server('mail.example', 2587, false, 'joe', 'secret')],
    ['smtps://joe%40duka.example:p%40ss%3A%2F%25@mail.example', server('mail.example', 465, true, 'joe@duka.example', 'p@ss:/%')],
  ])('%s', (url, expected) => {
    expect(smtp(url)).toMatchObject(expected);
  });

  it.each([
    'mail.example',
    'https://planted.example',
    'smtp:planted',
    'smtp://',
    'smtp://planted.example/path',
    'smtp://planted.example?tls.rejectUnauthorized=false',
    'smtp://planted.example#x',
    'smtp://planted@mail.example',
    'smtp://:planted@mail.example',
    'smtp://joe:planted%zz@mail.example',
    'smtp://mail.example:99999',
  ])('is refused: %s', (url) => {
    expect(smtp(url)).toEqual([expect.stringMatching(/^SMTP_URL: must (?!.*planted).*, as in SMTP_URL=smtp:/)]);
  });
});

describe('a sender', () => {
  it.each([
    ['alerts@duka.example', null, 'alerts@duka.example'],
    [' <alerts@duka.example> ', null, 'alerts@duka.example'],
    ['Mama Achieng <alerts@duka.example>', 'Mama Achieng', 'alerts@duka.example'],
    ["Duka la O'Brien & Wana (Nairobi) < alerts@duka.co.ke >", "Duka la O'Brien & Wana (Nairobi)", 'alerts@duka.co.ke'],
  ])('%s', (from, name, address) => {
    expect(smtp('smtp://mail.example', from)).toMatchObject({ from: { name, address } });
  });

  it.each([
    'planted',
    'planted@',
    'planted <alerts@duka.example',
    'planted, other <alerts@duka.example>',
    'planted@duka.example, other@duka.example',
    'planted\r\nBcc: x <alerts@duka.example>',
    'planted <alerts@duka.example>\r\nBcc: other@duka.example',
    'pl änted@duka.example',
  ])('is refused: %j', (from) => {
    expect(smtp('smtp://mail.example', from)).toEqual([
      expect.stringMatching(/^SMTP_FROM: must (?!.*planted).*, as in SMTP_FROM=/),
    ]);
  });
});
