/**
 * Owns what a failed SMTP session means for its message. What counts is whether the message had begun to leave: before that nothing
 * was taken, whatever happened; after it only the server's own refusal proves that.
 */

import { oneLine } from '../../lib/one-line.ts';
import type { NotifyResult } from '../../ports/notifier.ts';

/** What is told of an error by the library; all of it may be missing. */
export interface SmtpFailure {
  readonly message: string;
  readonly code?: string | undefined;
  /** What the socket or TLS said, where the library put a code of its own in its place. */
  readonly originalCode?: string | undefined;
  /** The command that was refused, as in `RCPT TO`. */
  readonly command?: string | undefined;
  readonly response?: string | undefined;
  readonly responseCode?: number | undefined;
}

const MAX_WORDS = 160;

/** Certificates that do not prove the server's name: nothing goes out until the shop mends an address or the server its certificate. */
const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET_ISSUER)|ALTNAME/;

export function readFailure(failure: SmtpFailure, begun: boolean): NotifyResult {
  const { command = '', responseCode: reply = 0 } = failure;
  const why = explain(failure);
  const code = reply === 0 ? (failure.code ?? 'no reply') : `${reply} ${command}`;
  const negative = reply >= 400 && reply < 600;
  if (begun && !(negative && command === 'DATA')) return { kind: 'unknown', why, code };
  // 503 speaks of the session, which another one may have in better order.
  if (negative && reply >= 500 && reply !== 503) return { kind: 'refused', why, ours: isOurs(failure), code };
  if (!negative && isOursUnsaid(failure)) return { kind: 'refused', why, ours: true, code };
  return { kind: 'retry', why, afterMs: null, code };
}

/** A lasting refusal of the recipient is theirs; of the login, the sender, the session or our standing, it meets every message. */
function isOurs({ command = '', response = '', responseCode }: SmtpFailure): boolean {
  if (command === 'RCPT TO') return responseCode === 530 || /\brelay/i.test(response);
  if (command === 'DATA') return responseCode === 530 || /^\d{3}[ -]5\.7\.\d/.test(response);
  return true;
}

/** Without a reply of the server: the library had no credentials for it, or its certificate is not to be trusted. */
function isOursUnsaid({ code = '', originalCode = '', message }: SmtpFailure): boolean {
  return code === 'EAUTH' || code === 'ENOAUTH' || UNTRUSTED.test(originalCode) || (code === 'ETLS' && UNTRUSTED.test(message));
}

/** A reply to the login is told by its number alone: servers have been seen to repeat what was sent to them. */
function explain({ message, command = '', response = '', responseCode }: SmtpFailure): string {
  if (responseCode === undefined) return oneLine(message, MAX_WORDS);
  if (command.startsWith('AUTH')) return `the login was refused (SMTP ${responseCode})`;
  const step = command === '' || command === 'CONN' || command === 'API' ? '' : ` to ${command}`;
  return `SMTP${step}: ${oneLine(response.replace(/[^\s<>]+@[^\s<>]+/g, '[address]'), MAX_WORDS)}`;
}
