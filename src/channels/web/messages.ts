/**
 * Owns what a page may send: a text or a tap, under an id that the page made and keeps until we say that the message is
 * durable. The person's line is written to the transcript first, then taken in; both know the id, so a repetition does nothing.
 */

import { z } from 'zod';
import { isBarePin, withoutBarePin, withoutPin } from '../../domain/pin.ts';
import { readBody } from '../../lib/body.ts';
import type { Clock, Instant } from '../../lib/clock.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { InboundMessage } from '../../ports/channel.ts';
import type { WebLine, WebTranscripts } from '../../ports/web-transcript.ts';
import type { Refusal } from './answers.ts';
import { preferredLanguage } from './page-text.ts';

export const MAX_BODY_BYTES = 16 * 1024;
/** In characters: of a longer text nothing more is understood, so nothing more is kept. */
const LONGEST_TEXT = 4_000;
/** Nobody's message waits in a page for longer; a greater age is a wrong clock. */
const MAX_AGE_MS = 30 * 24 * 3600 * 1000;

const id = z.string().regex(/^[\w-]{8,64}$/);
/** How long the message has waited in the page, by the page's own clock: an old message may talk, but never buys. */
const ageMs = z.number().int().nonnegative().max(MAX_AGE_MS).optional();

const posted = z.union([
  z.strictObject({ id, ageMs, text: z.string().refine((text) => text.trim() !== '') }),
  z.strictObject({ id, ageMs, tap: z.string().min(1).max(256), on: z.string().min(1).max(256).nullable() }),
]);

export type Posted = z.infer<typeof posted>;

export async function readPosted(request: Request): Promise<Result<Posted, Refusal>> {
  const body = await readBody(request, MAX_BODY_BYTES);
  if (!body.ok) return err(body.error === 'too_large' ? 'too_large' : 'malformed');
  let value: unknown;
  try {
    value = JSON.parse(body.value);
  } catch {
    return err('malformed');
  }
  const parsed = posted.safeParse(value);
  if (!parsed.success) return err('malformed');
  if ('text' in parsed.data && parsed.data.text.length > LONGEST_TEXT) return err('too_large');
  return ok(wellFormed(parsed.data));
}

/** Half of a surrogate pair can be written in JSON, but not in UTF-8: without this the stored text would differ from the sent one. */
function wellFormed(message: Posted): Posted {
  const clean = (text: string): string => Buffer.from(text, 'utf8').toString('utf8');
  return 'text' in message ? { ...message, text: clean(message.text) } : { ...message, tap: clean(message.tap) };
}

/** Writes the person's line, without the digits of a PIN. `id_reused`: the id belongs to another message, which is kept. */
export async function writeDown(
  { transcripts, clock }: { transcripts: WebTranscripts; clock: Clock },
  chat: string,
  message: Posted,
): Promise<Result<Instant, Refusal>> {
  const at = clock.now() - (message.ageMs ?? 0);
  const tap = 'tap' in message ? message.tap : null;
  const text = await kept(transcripts, chat, message, clock.now());
  const line: WebLine = { kind: 'said', from: 'person', id: message.id, at, text, buttons: [], tap };
  const stored = (await transcripts.append(chat, line)).line;
  if (stored.kind !== 'said' || stored.tap !== tap || ('text' in message && !sameText(stored.text, message.text)))
    return err('id_reused');
  return ok(stored.at);
}

async function kept(transcripts: WebTranscripts, chat: string, message: Posted, now: Instant): Promise<string> {
  if ('tap' in message) return labelOf(transcripts, chat, message.tap, message.on);
  return (isBarePin(message.text) && (await transcripts.mayRing(chat, now)) ? withoutBarePin : withoutPin)(message.text);
}

/** A phone may have rung at the one delivery and not at the other. */
function sameText(stored: string, text: string): boolean {
  return stored === withoutPin(text) || stored === withoutBarePin(text);
}

/** What the person saw on the button; of a button that we never gave out, the data. */
async function labelOf(transcripts: WebTranscripts, chat: string, tap: string, on: string | null): Promise<string> {
  const line = on === null ? undefined : (await transcripts.find(chat, 'bot', on))?.line;
  const button = line?.kind === 'said' ? line.buttons.find((candidate) => candidate.id === tap) : undefined;
  return button?.label ?? tap;
}

/** `sentAt` is null when the page did not tell how long it kept the message. */
export function toInbound(request: Request, chat: string, message: Posted, at: Instant): InboundMessage {
  return {
    address: { channel: 'web', account: 'web', chat },
    sender: chat,
    messageId: message.id,
    sentAt: message.ageMs === undefined ? null : at,
    locale: preferredLanguage(request),
    senderName: null,
    ownPhone: null,
    content: 'tap' in message ? { kind: 'tap', data: message.tap, on: message.on } : { kind: 'text', text: message.text },
  };
}
