/** A real SMTP server on loopback that keeps what it takes, asks for a login when told to, and refuses what the test wants refused. */

import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface KeptMail {
  readonly from: string;
  readonly to: readonly string[];
  /** Headers and body as they came. */
  readonly raw: string;
}

export interface MailboxOptions {
  /** TLS from the first byte, with a certificate that nobody trusts. */
  readonly secure?: boolean;
  readonly login?: { readonly user: string; readonly password: string };
  /** Offers no STARTTLS. */
  readonly plain?: boolean;
  /** Refuses at this step with this reply. */
  readonly refuse?: { readonly step: 'from' | 'to' | 'data'; readonly code: number; readonly words: string };
}

export interface LocalMailbox {
  readonly port: number;
  readonly mails: readonly KeptMail[];
  /** Logins that were tried. */
  readonly logins: readonly string[];
  close(): Promise<void>;
}

export async function openMailbox({ secure = false, login, plain = false, refuse }: MailboxOptions = {}): Promise<LocalMailbox> {
  const mails: KeptMail[] = [];
  const logins: string[] = [];
  const verdict = (step: 'from' | 'to' | 'data'): Error | null =>
    refuse?.step === step ? Object.assign(new Error(refuse.words), { responseCode: refuse.code }) : null;
  const server = new SMTPServer({
    secure,
    logger: false,
    // Loopback is its own name: no look-up.
    disableReverseLookup: true,
    authOptional: login === undefined,
    allowInsecureAuth: true,
    disabledCommands: [...(login === undefined ? ['AUTH'] : []), ...(plain ? ['STARTTLS'] : [])],
    onAuth: ({ username = '', password }, _session, done) => {
      logins.push(username);
      const right = username === login?.user && password === login.password;
      done(right ? null : new Error(`Invalid login ${username} ${password ?? ''}`), right ? { user: username } : {});
    },
    onMailFrom: (_address, _session, done) => done(verdict('from')),
    onRcptTo: (_address, _session, done) => done(verdict('to')),
    onData: (stream, session, done) => {
      let raw = '';
      stream.on('data', (chunk: Buffer) => (raw += chunk.toString('utf8')));
      stream.on('end', () => {
        const refused = verdict('data');
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom === false ? '' : mailFrom.address;
        if (refused === null) mails.push({ from, to: rcptTo.map(({ address }) => address), raw });
        done(refused);
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    logins,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
