/**
 * Owns the proof on the wire that one e-mail is one session with a real SMTP server, and what its failures mean: refused, to be tried
 * later, or unknown because the message had begun to leave.
 */

import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ManualClock, sleep } from '../../src/lib/clock.ts';
import type { Notifier, OutsideMessage } from '../../src/ports/notifier.ts';
import { createSmtp, type SmtpOptions } from '../../src/providers/smtp/client.ts';
import { freePort } from '../support/free-port.ts';
import { openMailbox, type LocalMailbox, type MailboxOptions } from './local-mailbox.ts';

const PASSWORD = 'planted-password-55x';
const LOGIN = { user: 'duka', password: PASSWORD };
const MESSAGE: OutsideMessage = {
  id: 'alert:k2/7',
  to: 'wanjiku@example.co.ke',
  subject: 'SMS are running low: 40 left – Duka',
  text: 'Habari Wanjiku,\n\nYour SMS are running low: 40 left.\n.\nEnd.',
};

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function mailbox(options: MailboxOptions = {}): Promise<LocalMailbox> {
  const box = await openMailbox(options);
  open.push(box);
  return box;
}

const smtp = (port: number, more: Partial<SmtpOptions> = {}): Notifier =>
  createSmtp({
    host: '127.0.0.1',
    port,
    secure: false,
    login: null,
    from: { name: 'Duka la Mama', address: 'alerts@example.co.ke' },
    clock: new ManualClock(Date.parse('2026-11-22T09:45:35Z')),
    timeoutMs: 5_000,
    ...more,
  });

describe('a mail', () => {
  it('arrives whole, as plain text from the shop, with a Message-ID made of its id', async () => {
    const box = await mailbox();
    expect(await smtp(box.port).send(MESSAGE)).toMatchObject({ kind: 'sent' });
    const [mail] = box.mails;
    expect(box.mails).toHaveLength(1);
    expect(mail).toMatchObject({ from: 'alerts@example.co.ke', to: ['wanjiku@example.co.ke'] });
    const [head = '', ...rest] = (mail?.raw ?? '').split('\r\n\r\n');
    expect(head).toContain('Message-ID: <alert=3a.k2=2f.7@example.co.ke>');
    expect(head).toContain('From: Duka la Mama <alerts@example.co.ke>');
    expect(head).toContain('To: wanjiku@example.co.ke');
    expect(head).toContain('Date: Sun, 22 Nov 2026 09:45:35 +0000');
    expect(head).toContain('Auto-Submitted: auto-generated');
    expect(head).toMatch(/Content-Type: text\/plain/);
    expect(head).not.toMatch(/multipart|html/i);
    expect(rest.join('\r\n\r\n').trimEnd()).toBe(MESSAGE.text.replaceAll('\n', '\r\n'));
  });

  it('is one session: the same again is another with the same Message-ID', async () => {
    const box = await mailbox();
    await smtp(box.port).send(MESSAGE);
    await smtp(box.port).send({ ...MESSAGE, text: 'Salio ni 40 – ongeza' });
    const ids = box.mails.map(({ raw }) => /^Message-ID: (.+)$/m.exec(raw)?.[1]);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  it('logs in first', async () => {
    const box = await mailbox({ login: LOGIN });
    expect(await smtp(box.port, { login: LOGIN }).send(MESSAGE)).toMatchObject({ kind: 'sent' });
    expect(box.logins).toEqual(['duka']);
  });

  it.each([
    ['a line break in the subject', { subject: 'Hello\r\nBcc: everyone@example.co.ke' }],
    ['a lone carriage return in the subject', { subject: 'Hello\rBcc: everyone@example.co.ke' }],
    ['a line break in the address', { to: 'joe@example.co.ke\r\nRCPT TO:<other@example.co.ke>' }],
    ['an address with a name', { to: 'Joe <joe@example.co.ke>' }],
    ['two addresses', { to: 'joe@example.co.ke, other@example.co.ke' }],
    ['two at signs', { to: 'joe@example.co.ke@example.org' }],
    ['no address', { to: '254722000001' }],
    ['a subject without end', { subject: 'x'.repeat(201) }],
  ])('is not sent with %s', async (_what, wrong) => {
    const box = await mailbox();
    expect(await smtp(box.port).send({ ...MESSAGE, ...wrong })).toMatchObject({ kind: 'refused', ours: false });
    expect(box.mails).toEqual([]);
  });

  it.each([
    'https://duka.example/alerts/stop/x\r\nBcc: everyone@example.co.ke',
    'https://duka.example/alerts/stop/x>, <mailto:everyone@example.co.ke',
    'https://duka.example/alerts/stop/x y',
    'mailto:everyone@example.co.ke',
    `https://duka.example/${'x'.repeat(2_000)}`,
  ])('with a link to stop it that could reach into the headers is refused: %j', async (stopUrl) => {
    const box = await mailbox();
    expect(await smtp(box.port).send({ ...MESSAGE, stopUrl })).toMatchObject({ kind: 'refused', ours: false });
    expect(box.mails).toEqual([]);
  });

  it('promises one click of an encrypted link alone, and never folds a long one', async () => {
    const box = await mailbox();
    const behind = `duka.example/alerts/stop/${'Ab-1'.repeat(120)}`;
    await smtp(box.port).send({ ...MESSAGE, stopUrl: `http://${behind}` });
    await smtp(box.port).send({ ...MESSAGE, stopUrl: `https://${behind}` });
    expect(box.mails.map(({ raw }) => raw.includes('List-Unsubscribe-Post:'))).toEqual([false, true]);
    expect(box.mails[1]?.raw).toContain(`\r\nList-Unsubscribe: <https://${behind}>\r\n`);
  });

  it('keeps what looks like headers in its words where they are: in the body', async () => {
    const box = await mailbox();
    await smtp(box.port).send({ ...MESSAGE, text: 'x\r\nBcc: everyone@example.co.ke\r\n\r\n.\r\nMAIL FROM:<x@example.co.ke>' });
    expect(box.mails).toHaveLength(1);
    expect(box.mails[0]?.to).toEqual(['wanjiku@example.co.ke']);
    expect(box.mails[0]?.raw.split('\r\n\r\n')[0]).not.toContain('Bcc');
  });
});

describe('a refusal', () => {
  it.each<[step: 'from' | 'to' | 'data', code: number, words: string, result: object]>([
    ['to', 550, '5.1.1 no such user', { kind: 'refused', ours: false }],
    ['to', 553, '5.1.3 bad address', { kind: 'refused', ours: false }],
    ['to', 554, '5.7.1 <x@example.co.ke>: Relay access denied', { kind: 'refused', ours: true }],
    ['to', 530, '5.7.0 authentication required', { kind: 'refused', ours: true }],
    ['to', 450, '4.2.1 greylisted', { kind: 'retry', afterMs: null }],
    ['to', 452, '4.2.2 mailbox full', { kind: 'retry', afterMs: null }],
    ['from', 550, '5.7.1 not your address', { kind: 'refused', ours: true }],
    ['from', 451, '4.3.0 try again', { kind: 'retry', afterMs: null }],
    ['data', 554, '5.6.0 looks like spam', { kind: 'refused', ours: false }],
    ['data', 550, '5.7.26 fails DMARC', { kind: 'refused', ours: true }],
    ['data', 451, '4.3.0 disk full', { kind: 'retry', afterMs: null }],
  ])('at %s with %i %s', async (step, code, words, result) => {
    const box = await mailbox({ refuse: { step, code, words } });
    expect(await smtp(box.port).send(MESSAGE)).toMatchObject(result);
    expect(box.mails).toEqual([]);
  });

  it('is told in the server’s words, without anybody’s address', async () => {
    const box = await mailbox({ refuse: { step: 'to', code: 550, words: '5.1.1 <wanjiku@example.co.ke> is not here' } });
    expect(await smtp(box.port).send(MESSAGE)).toEqual({
      kind: 'refused',
      why: 'SMTP to RCPT TO: 550 5.1.1 <[address]> is not here',
      ours: false,
      code: '550 RCPT TO',
    });
  });

  it('of the login is ours, and says nothing of what was sent', async () => {
    const box = await mailbox({ login: { user: 'duka', password: 'another' } });
    const result = await smtp(box.port, { login: LOGIN }).send(MESSAGE);
    expect(result).toEqual({ kind: 'refused', why: 'the login was refused (SMTP 535)', ours: true, code: '535 AUTH PLAIN' });
    expect(box.logins).toEqual(['duka']);
  });

  it('of a certificate that nobody trusts is ours', async () => {
    const box = await mailbox({ secure: true, login: LOGIN });
    expect(await smtp(box.port, { secure: true, login: LOGIN }).send(MESSAGE)).toMatchObject({ kind: 'refused', ours: true });
    expect(box.logins).toEqual([]);
  });

  it.each([
    ['offers no encryption', true],
    ['has a certificate that nobody trusts', false],
  ])('a password is not given to a server elsewhere that %s', async (_how, plain) => {
    const box = await mailbox({ login: LOGIN, plain });
    // This machine under a name that does not look like it.
    const result = await smtp(box.port, { host: '0.0.0.0', login: LOGIN }).send(MESSAGE);
    expect(result).toMatchObject({ kind: 'refused', ours: true });
    expect(box.logins).toEqual([]);
  });
});

/** A server that follows a script: `answer` gets each line that comes, and the socket to do with as it wants. */
async function scripted(answer: (line: string, socket: Socket) => void, greeting = '220 here\r\n') {
  const lines: string[] = [];
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    let rest = '';
    socket.on('data', (chunk) => {
      rest += chunk.toString();
      const whole = rest.split('\r\n');
      rest = whole.pop() ?? '';
      for (const line of whole) {
        lines.push(line);
        answer(line, socket);
      }
    });
    socket.write(greeting);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push({
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  });
  return { port: (server.address() as AddressInfo).port, lines, sockets };
}

/** Agrees to everything; `end` answers the end of the message. */
function agreeable(end: (socket: Socket) => void, before: (line: string, socket: Socket) => boolean = () => false) {
  let data = false;
  return (line: string, socket: Socket): void => {
    if (before(line, socket)) return;
    if (data) {
      if (line === '.') end(socket);
      return;
    }
    data = line === 'DATA';
    socket.write(data ? '354 go on\r\n' : '250 ok\r\n');
  };
}

const cutAt = (command: string, reply: string | null) => (line: string, socket: Socket) => {
  if (!line.startsWith(command)) return false;
  if (reply === null) socket.destroy();
  else socket.end(reply);
  return true;
};

describe('a session that breaks', () => {
  it.each<[string, string, string | null]>([
    ['at EHLO', 'EHLO', null],
    ['at MAIL', 'MAIL', null],
    ['at RCPT', 'RCPT', null],
    ['at DATA, before it was agreed to', 'DATA', null],
    ['with 421 at MAIL', 'MAIL', '421 closing\r\n'],
    ['with 421 at DATA', 'DATA', '421 closing\r\n'],
  ])('%s, may be tried later', async (_where, command, reply) => {
    const { port } = await scripted(agreeable((socket) => socket.write('250 ok\r\n'), cutAt(command, reply)));
    expect(await smtp(port).send(MESSAGE)).toMatchObject({ kind: 'retry' });
  });

  it.each<[string, (socket: Socket) => void]>([
    ['closed', (socket) => socket.end()],
    ['reset', (socket) => socket.resetAndDestroy()],
    ['answered with nonsense', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['told to go on', (socket) => socket.write('354 go on\r\n')],
    ['told half a refusal', (socket) => socket.end('554 no')],
  ])('once the message had left, and is %s, is unknown', async (_how, end) => {
    const { port, lines } = await scripted(agreeable(end));
    expect(await smtp(port).send(MESSAGE)).toMatchObject({ kind: 'unknown' });
    expect(lines.filter((line) => line === 'DATA')).toHaveLength(1);
  });

  it('in the middle of the message is unknown', async () => {
    const { port } = await scripted(agreeable(() => undefined, cutAt('Subject', null)));
    expect(await smtp(port).send({ ...MESSAGE, text: 'x'.repeat(100_000) })).toMatchObject({ kind: 'unknown' });
  });

  it('with 421 after the whole message was not taken', async () => {
    const { port } = await scripted(agreeable((socket) => socket.end('421 4.3.2 shutting down\r\n')));
    expect(await smtp(port).send(MESSAGE)).toMatchObject({ kind: 'retry' });
  });

  it('after the message was taken was a success', async () => {
    const { port } = await scripted(agreeable((socket) => socket.end('250 2.0.0 Ok: queued as 4ZbX9k\r\n')));
    expect(await smtp(port).send(MESSAGE)).toEqual({ kind: 'sent', upstreamId: '4ZbX9k' });
  });

  it.each([
    ['shut for a while', '421 too busy\r\n', { kind: 'retry' }],
    ['shut for good', '554 no service for you\r\n', { kind: 'refused', ours: true }],
    ['no mail server', 'HTTP/1.1 400 Bad Request\r\n', { kind: 'retry' }],
  ])('at the greeting of one that is %s', async (_how, greeting, result) => {
    const { port } = await scripted(() => undefined, greeting);
    expect(await smtp(port).send(MESSAGE)).toMatchObject(result);
  });
});

describe('patience', () => {
  it('ends before the message began: later', async () => {
    const { port, sockets } = await scripted(() => undefined, '');
    expect(await smtp(port, { timeoutMs: 100 }).send(MESSAGE)).toMatchObject({ kind: 'retry' });
    expect(sockets).toHaveLength(1);
  });

  it('ends after it: unknown', async () => {
    const { port } = await scripted(agreeable(() => undefined));
    expect(await smtp(port, { timeoutMs: 1_500 }).send(MESSAGE)).toMatchObject({ kind: 'unknown' });
  });

  it('is not stretched by a server that always says a little', async () => {
    const chatter = async (socket: Socket): Promise<void> => {
      while (!socket.destroyed) {
        socket.write('250-still here\r\n');
        await sleep(20);
      }
    };
    const { port } = await scripted((line, socket) => {
      if (line.startsWith('MAIL')) void chatter(socket);
      else socket.write('250 ok\r\n');
    });
    const result = await smtp(port, { timeoutMs: 200 }).send(MESSAGE);
    expect(result).toEqual({ kind: 'retry', why: 'no end within 200 ms', afterMs: null, code: 'no reply' });
  });
});

describe('nobody there', () => {
  it('a message may go later, and a probe says so', async () => {
    const nobody = smtp(await freePort());
    expect(await nobody.send(MESSAGE)).toMatchObject({ kind: 'retry', afterMs: null });
    expect(await nobody.probe()).toMatchObject({ reachable: false });
  });

  it('a probe of one who is there says nothing', async () => {
    const { port, lines } = await scripted(() => undefined);
    expect(await smtp(port).probe()).toEqual({ reachable: true });
    expect(lines).toEqual([]);
  });
});
