/**
 * Owns sending: a message counts as sent when WhatsApp's server has acknowledged it, not when it left. What was not
 * acknowledged may have arrived, so it is sent again under the same id, which the receiving phone shows once. Also answers
 * phones that could not open a message and ask for it again.
 */

import type { BinaryNode, WASocket } from '@whiskeysockets/baileys';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { jitter } from '../../lib/random.ts';
import type { OutboundMessage, SendOutcome } from '../../ports/channel.ts';
import { BoundedMap } from './bounded-map.ts';
import { readPerson } from './inbound.ts';
import { partId, readPartId, splitText } from './outgoing-text.ts';

type SendingSocket = Pick<WASocket, 'sendMessage' | 'sendPresenceUpdate' | 'getUSyncDevices'>;

interface Part {
  readonly chat: string;
  readonly id: string;
  readonly text: string;
  isTooLate(): boolean;
}

export interface SendingDeps {
  /** null while there is no open connection. */
  socket(): Promise<SendingSocket | null>;
  /** Our own number, digits; null before pairing. */
  account(): string | null;
  /** Two sends in a row stayed without an ack although the connection looks open. */
  onDeaf(): void;
  /** WhatsApp refused a message because of what this number may do, not because of the message. */
  onRestricted(): void;
  alreadySent(channelMessageId: string): Promise<string | null>;
  readonly clock: Clock;
  readonly log: Log;
  /** Counted from when the message has left. */
  readonly ackTimeoutMs: number;
  /** How long "typing..." is shown before a text, or null for not at all. */
  readonly typingMs: { readonly from: number; readonly to: number } | null;
}

type Ack =
  | { readonly kind: 'ok' }
  | { readonly kind: 'nack'; readonly code: number }
  /** The time was up on a connection that looks open. */
  | { readonly kind: 'silence'; readonly why: string }
  | { readonly kind: 'lost'; readonly why: string };

/** Nack codes that may pass: 429 too many, 479 a device list that was out of date, and the server's own trouble. */
const PASSING = new Set([408, 429, 479]);
const NACK_RETRY_AFTER_MS = 30_000;
const RESTRICTED = 463;
const KEPT_TEXTS = 1000;
/** For finding the person's devices, opening sessions with them, and waiting for the sends before it. */
const HAND_OVER_WITHIN_MS = 60_000;
const DEAF_AFTER = 2;

/** 463: WhatsApp does not let this number start new chats. A second try counts against the number, so there is none. */
export function afterNack(code: number): SendOutcome {
  if (code === RESTRICTED) return { kind: 'refused', why: 'WhatsApp does not let this number write to this person (463)' };
  if (PASSING.has(code) || code >= 500) return { kind: 'retry', why: `WhatsApp answered ${code}`, afterMs: NACK_RETRY_AFTER_MS };
  return { kind: 'refused', why: `WhatsApp refused the message (${code})` };
}

export class Sending {
  readonly #deps: SendingDeps;
  readonly #waiting = new Map<string, (ack: Ack) => void>();
  readonly #texts = new BoundedMap<string>(KEPT_TEXTS);
  readonly #inFlight = new Set<Promise<unknown>>();
  #line: Promise<void> = Promise.resolve();
  #unanswered = 0;

  constructor(deps: SendingDeps) {
    this.#deps = deps;
  }

  send(message: OutboundMessage): Promise<SendOutcome> {
    const outcome = this.#send(message);
    this.#inFlight.add(outcome);
    void outcome.finally(() => this.#inFlight.delete(outcome));
    return outcome;
  }

  /** A stanza `ack class="message"` came. */
  onAck({ attrs }: BinaryNode): void {
    const settle = this.#waiting.get(attrs['id'] ?? '');
    settle?.(attrs['error'] === undefined ? { kind: 'ok' } : { kind: 'nack', code: Number(attrs['error']) || 0 });
  }

  /** The connection is gone, and no ack of it will come. */
  onClosed(): void {
    for (const settle of this.#waiting.values()) settle({ kind: 'lost', why: 'the connection closed before WhatsApp confirmed' });
  }

  /** What a phone asks for again. Null: not ours, or too old. */
  async textOf(id: string): Promise<string | null> {
    const known = this.#texts.get(id);
    const ours = readPartId(id);
    if (known !== undefined || ours === null) return known ?? null;
    const text = await this.#deps.alreadySent(ours.first).catch(() => null);
    return splitText(text ?? '')?.[ours.part] ?? null;
  }

  async settled(): Promise<void> {
    await Promise.allSettled(this.#inFlight);
  }

  async #send(message: OutboundMessage): Promise<SendOutcome> {
    if (message.kind === 'retire_buttons') return { kind: 'refused', why: 'WhatsApp messages have no buttons' };
    const chat = readPerson(message.address.chat);
    const parts = splitText(message.text);
    if (chat === null) return { kind: 'refused', why: 'not a chat with a person' };
    if (parts === null || parts.length === 0)
      return { kind: 'refused', why: parts === null ? 'the text is too long' : 'the text is empty' };
    const account = this.#deps.account();
    if (account !== null && account !== message.address.account) {
      return { kind: 'refused', why: 'the chat belongs to another WhatsApp number than the one that is linked' };
    }
    await this.#showTyping(chat.jid);
    for (const [at, text] of parts.entries()) {
      const ack = await this.#sendPart(chat.jid, partId(message.id, at), text);
      if (ack.kind === 'nack' && ack.code === RESTRICTED) this.#deps.onRestricted();
      if (ack.kind === 'nack') return afterNack(ack.code);
      if (ack.kind !== 'ok') return { kind: 'retry', why: ack.why, afterMs: null };
    }
    return { kind: 'sent', channelMessageId: partId(message.id, 0) };
  }

  async #sendPart(chat: string, id: string, text: string): Promise<Ack> {
    const { clock, ackTimeoutMs } = this.#deps;
    const socket = await this.#deps.socket();
    if (socket === null) return { kind: 'lost', why: 'WhatsApp is not connected' };
    this.#texts.set(id, text);
    const ack = await new Promise<Ack>((resolve) => {
      let settled = false;
      let stopWaiting = clock.after(HAND_OVER_WITHIN_MS, () => settle({ kind: 'lost', why: 'WhatsApp took too long' }));
      const settle = (answer: Ack): void => {
        settled = true;
        stopWaiting();
        resolve(answer);
      };
      const onGone = (): void => {
        stopWaiting();
        if (settled) return;
        stopWaiting = clock.after(ackTimeoutMs, () => settle({ kind: 'silence', why: 'WhatsApp did not confirm in time' }));
      };
      this.#waiting.set(id, settle);
      this.#handOver(socket, { chat, id, text, isTooLate: () => settled }).then(onGone, (error: unknown) => {
        const why = error instanceof Error ? error.message : 'no reason given';
        settle({ kind: 'lost', why: `WhatsApp could not take the message: ${why}` });
      });
    });
    this.#waiting.delete(id);
    this.#listen(ack);
    return ack;
  }

  /** Resolves when the message has left. One after another, as Baileys does it anyway: but here one that is too late is left out. */
  async #handOver(socket: SendingSocket, { chat, id, text, isTooLate }: Part): Promise<void> {
    // Without the list of the person's devices Baileys would send a message that is sealed for nobody, and the server acks it.
    const devices = await socket.getUSyncDevices([chat], true, false);
    if (devices.length === 0) throw new Error('no device of this person is known');
    const turn = this.#line.then(async () => {
      // No preview: it would make this server fetch whatever address stands in a text.
      if (!isTooLate()) await socket.sendMessage(chat, { text, linkPreview: null }, { messageId: id });
    });
    this.#line = turn.catch(() => undefined);
    await turn;
  }

  /** The probe for a connection that looks alive and is dead. */
  #listen(ack: Ack): void {
    this.#unanswered = ack.kind === 'silence' ? this.#unanswered + 1 : 0;
    if (this.#unanswered < DEAF_AFTER) return;
    this.#unanswered = 0;
    this.#deps.onDeaf();
  }

  async #showTyping(chat: string): Promise<void> {
    const { typingMs, clock } = this.#deps;
    const socket = typingMs === null ? null : await this.#deps.socket();
    if (typingMs === null || socket === null) return;
    await socket.sendPresenceUpdate('composing', chat).catch(() => undefined);
    await new Promise<void>((resolve) => clock.after(typingMs.from + jitter() * (typingMs.to - typingMs.from), resolve));
  }
}
