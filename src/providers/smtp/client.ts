/**
 * Owns e-mail by SMTP behind the port of notifiers: one session per message, on a connection of its own, and never repeated. It
 * knows by itself whether the message had begun to leave: the library asks for it only after the server has agreed to take it.
 */

import { Readable } from 'node:stream';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { sleep, type Clock } from '../../lib/clock.ts';
import { oneLine } from '../../lib/one-line.ts';
import { probe } from '../../lib/single-post.ts';
import type { Notifier, NotifyResult } from '../../ports/notifier.ts';
import { readFailure, type SmtpFailure } from './failure.ts';
import { writeLetter, type Sender } from './letter.ts';

export interface SmtpOptions {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (smtps); otherwise STARTTLS where the server offers it. */
  readonly secure: boolean;
  readonly login: { readonly user: string; readonly password: string } | null;
  readonly from: Sender;
  /** For the message's date. */
  readonly clock: Clock;
  /** For a whole session. */
  readonly timeoutMs: number;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|::1)$/i;

export function createSmtp(options: SmtpOptions): Notifier {
  const { host, port, secure, from, clock, timeoutMs } = options;
  const scheme = secure ? 'https' : 'http';
  const place = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  return {
    kind: 'email',
    name: 'smtp',
    send: async (message) => {
      const letter = await writeLetter(message, from, clock.now());
      if (!letter.ok) return { kind: 'refused', why: letter.error, ours: false };
      return converse(options, message.to, letter.value);
    },
    // Connecting, and the handshake where there is one, is the same for every protocol.
    probe: () => probe(`${scheme}://${place}/`, timeoutMs),
  };
}

/** Resolves when the server has answered, the connection has ended, or the time is over. */
function converse(options: SmtpOptions, to: string, letter: Buffer): Promise<NotifyResult> {
  return new Promise((resolve) => {
    const connection = new SMTPConnection(connectionOptions(options));
    const patience = new AbortController();
    let begun = false;
    let settled = false;
    const settle = (result: NotifyResult): void => {
      if (settled) return;
      settled = true;
      patience.abort();
      resolve(result);
      connection.close();
    };
    const fail = (failure: SmtpFailure): void => settle(readFailure(failure, begun));
    const body = new Readable({
      read() {
        begun = true;
        this.push(letter);
        this.push(null);
      },
    });

    // Whatever the library is left waiting for, and however little a server says at a time.
    void sleep(options.timeoutMs, patience.signal).then(() => fail({ message: `no end within ${options.timeoutMs} ms` }));
    // Stays for the whole life of the connection: an error event that nobody hears would end the process.
    connection.on('error', fail);
    const send = (): void => {
      connection.send({ from: options.from.address, to: [to], size: letter.length }, body, (error, info) => {
        if (error === null) settle({ kind: 'sent', upstreamId: upstreamId(info.response) });
        else fail(error);
      });
    };
    connection.connect((error) => {
      if (error !== undefined) return fail(error);
      const { login } = options;
      if (login === null || !connection.allowsAuth) return send();
      connection.login({ credentials: { user: login.user, pass: login.password } }, (refused) =>
        refused === null ? send() : fail(refused),
      );
    });
  });
}

/** A password never travels in the clear, and a server on this machine needs no certificate. */
function connectionOptions({ host, port, secure, login, timeoutMs }: SmtpOptions) {
  const here = LOOPBACK.test(host);
  return {
    host,
    port,
    secure,
    ignoreTLS: here,
    requireTLS: login !== null && !here && !secure,
    dnsTimeout: timeoutMs,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    socketCloseTimeout: 0,
  };
}

/** What the server calls the message, where it says so in the way that most do. */
function upstreamId(response: string): string | null {
  const [, id] = /\bqueued as <?([\w.:@-]+)/i.exec(oneLine(response, 300)) ?? [];
  return id === undefined ? null : id.slice(0, 100);
}
