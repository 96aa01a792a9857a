/**
 * The port of the web chat's transcripts: what a page shows again after a reload, a lost connection or a restart of the
 * server. A transcript is a log that only grows: taking buttons off is a line of its own, so one cursor resumes everything.
 */

import type { Instant } from '../lib/clock.ts';

export type WebLine =
  | {
      readonly kind: 'said';
      readonly from: 'bot' | 'person';
      /** The bot's: the outbox message's id. The person's: the id that the page made. */
      readonly id: string;
      readonly at: Instant;
      /** Of a tap: the label of the button. */
      readonly text: string;
      readonly buttons: readonly WebButton[];
      /** The id of the button, when the person tapped and did not write. */
      readonly tap: string | null;
    }
  /** The buttons of the bot's message `on` are gone. */
  | { readonly kind: 'retired'; readonly from: 'bot'; readonly id: string; readonly at: Instant; readonly on: string };

export interface WebButton {
  readonly id: string;
  readonly label: string;
}

export interface NumberedLine {
  /** Positive, grows within a chat, and no line ever becomes visible after one with a greater number: a cursor misses nothing. */
  readonly seq: number;
  readonly line: WebLine;
}

/** `chat` is `ChatAddress.chat` of the web channel. Every method rejects only when the store cannot work. */
export interface WebTranscripts {
  /** Durable when it resolves. A line with the same (chat, from, id) is not written again: the stored one is the answer. */
  append(chat: string, line: WebLine): Promise<NumberedLine>;
  /** At most `limit` lines with a number over `seq`, in order. */
  since(chat: string, seq: number, limit: number): Promise<readonly NumberedLine[]>;
  /** The last `limit` lines, in order. */
  latest(chat: string, limit: number): Promise<readonly NumberedLine[]>;
  /** A payment prompt of an order from this chat may be ringing: four digits in it are likely a PIN. */
  mayRing(chat: string, now: Instant): Promise<boolean>;
  find(chat: string, from: 'bot' | 'person', id: string): Promise<NumberedLine | null>;
}
