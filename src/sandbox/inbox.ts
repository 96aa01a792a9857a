/** Owns what has arrived outside of chats in the simulated world: SMS on its phones, mails in its one mailbox. Nothing survives a restart. */

import type { Msisdn } from '../domain/msisdn.ts';
import type { Clock, Instant } from '../lib/clock.ts';

export interface ReceivedSms {
  readonly to: Msisdn;
  /** The sender id that the phone shows. */
  readonly sender: string;
  readonly text: string;
  readonly at: Instant;
}

export interface ReceivedMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly at: Instant;
}

export interface Inbox {
  takeSms(sms: Omit<ReceivedSms, 'at'>): void;
  takeMail(mail: Omit<ReceivedMail, 'at'>): void;
  /** Newest first, the last two hundred. */
  sms(): readonly ReceivedSms[];
  mails(): readonly ReceivedMail[];
  /** After every arrival; the returned function takes it back. */
  onChange(listener: () => void): () => void;
}

const MAX_KEPT = 200;

export function createInbox(clock: Clock): Inbox {
  const sms: ReceivedSms[] = [];
  const mails: ReceivedMail[] = [];
  const listeners = new Set<() => void>();
  function keep<Kept>(list: Kept[], arrived: Kept): void {
    list.unshift(arrived);
    list.length = Math.min(list.length, MAX_KEPT);
    for (const listener of listeners) listener();
  }
  return {
    takeSms: (arrived) => keep(sms, { ...arrived, at: clock.now() }),
    takeMail: (arrived) => keep(mails, { ...arrived, at: clock.now() }),
    sms: () => sms,
    mails: () => mails,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
