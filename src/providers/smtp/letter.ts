/**
 * Owns the letter: an alert as a plain text e-mail with nothing else in it. Refuses addresses and subjects that could reach into
 * the headers, or name more people than one.
 */

import MailComposer from 'nodemailer/lib/mail-composer';
import { isMailAddress } from '../../domain/mail-address.ts';
import type { Instant } from '../../lib/clock.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { OutsideMessage } from '../../ports/notifier.ts';

export interface Sender {
  /** Null: the address alone. */
  readonly name: string | null;
  readonly address: string;
}

const MAX_SUBJECT = 200;

/** Nothing that could end the header, or the brackets around it. */
const STOP_URL = /^https?:\/\/[!-;=?-~]{1,900}$/;

/** The bytes as they travel, without the doubling of dots; the error says why this message can never be a letter. */
export async function writeLetter(message: OutsideMessage, from: Sender, at: Instant): Promise<Result<Buffer, string>> {
  const { id, to, subject, text, stopUrl } = message;
  if (!isMailAddress(to)) return err('not an e-mail address');
  if (/[\p{Cc}\u2028\u2029]/u.test(subject)) return err('a subject with line breaks or control characters');
  if (subject.length > MAX_SUBJECT) return err(`a subject of more than ${MAX_SUBJECT} characters`);
  if (stopUrl !== undefined && !STOP_URL.test(stopUrl)) return err('a link to stop e-mails that is no plain address');
  const composer = new MailComposer({
    from: { name: from.name ?? '', address: from.address },
    to: { name: '', address: to },
    subject,
    text,
    messageId: messageId(id, from.address),
    date: new Date(at),
    // Nobody's "I am on leave" answers an alert (RFC 3834).
    headers: { 'Auto-Submitted': 'auto-generated', ...(stopUrl === undefined ? {} : stopHeaders(stopUrl)) },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return ok(await composer.compile().build());
}

/** One click is promised of an encrypted address alone (RFC 8058). Already whole: a fold would break the address. */
function stopHeaders(url: string): Record<string, { readonly prepared: true; readonly value: string }> {
  const header = (value: string) => ({ prepared: true, value }) as const;
  return {
    'List-Unsubscribe': header(`<${url}>`),
    ...(url.startsWith('https:') ? { 'List-Unsubscribe-Post': header('List-Unsubscribe=One-Click') } : {}),
  };
}

/** The same id, the same Message-ID; another id, another one. What may not stand in one is written as `=` and its number. */
function messageId(id: string, from: string): string {
  const local = id.replace(/[^\w-]/g, (sign) => `=${sign.charCodeAt(0).toString(16)}.`).replace(/\.$/, '');
  return `<${local}@${from.slice(from.lastIndexOf('@') + 1)}>`;
}
