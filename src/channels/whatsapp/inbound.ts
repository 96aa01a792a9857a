/**
 * Owns turning a WhatsApp message into an `InboundMessage`: who speaks, from which chat, under which number. A LID is an id
 * and its digits are never read as a phone number. Groups, broadcasts, newsletters, bots and ourselves are dropped.
 */

import type { WAMessage } from '@whiskeysockets/baileys';
import { parseMsisdn, type Msisdn } from '../../domain/msisdn.ts';
import type { InboundMessage } from '../../ports/channel.ts';
import { readContent, type Unwrap } from './content.ts';

const PERSON = /^(\d{5,20})(?:_\d+)?(?::\d+)?@(lid|s\.whatsapp\.net)$/;
const LONGEST_NAME = 100;
/** WhatsApp's own announcements. */
const ANNOUNCER = '0';

export interface PersonJid {
  /** Without the device: what a chat is addressed by. */
  readonly jid: string;
  readonly digits: string;
  readonly kind: 'lid' | 'phone';
}

/** null: no person (a group, a broadcast, a newsletter, a bot, nonsense). */
export function readPerson(jid: string | null | undefined): PersonJid | null {
  const [, digits, server] = PERSON.exec(jid ?? '') ?? [];
  if (digits === undefined || server === undefined || digits === ANNOUNCER) return null;
  return { jid: `${digits}@${server}`, digits, kind: server === 'lid' ? 'lid' : 'phone' };
}

export interface InboundContext {
  /** Our own number, digits. */
  readonly account: string;
  readonly unwrap: Unwrap;
  /** What the network told earlier about this LID, or null. */
  phoneOfLid(lid: string): Promise<string | null>;
}

/** null: nobody said anything to us. */
export async function toInbound(message: WAMessage, context: InboundContext): Promise<InboundMessage | null> {
  const { key } = message;
  const chat = readPerson(key.remoteJid);
  if (chat === null || key.fromMe === true || typeof key.id !== 'string' || key.id === '' || message.broadcast === true)
    return null;
  const content = readContent(message.message, context.unwrap);
  if (content === null) return null;
  const other = readPerson(key.remoteJidAlt);
  const lid = [chat, other].find((jid) => jid?.kind === 'lid') ?? null;
  return {
    address: { channel: 'whatsapp', account: context.account, chat: chat.jid },
    sender: (lid ?? chat).jid,
    messageId: key.id,
    sentAt: readSeconds(message.messageTimestamp),
    locale: null,
    senderName: readName(message.pushName),
    ownPhone: await readOwnPhone(chat, other, context),
    content,
  };
}

async function readOwnPhone(chat: PersonJid, other: PersonJid | null, context: InboundContext): Promise<Msisdn | null> {
  const told = [chat, other].find((jid) => jid?.kind === 'phone');
  const phone = told ?? readPerson(await context.phoneOfLid(chat.jid));
  if (phone?.kind !== 'phone') return null;
  const parsed = parseMsisdn(`+${phone.digits}`);
  return parsed.ok ? parsed.value : null;
}

/** Seconds as a number, a Long or nothing at all; a time that cannot be is null. */
function readSeconds(value: unknown): number | null {
  const seconds = Number(value ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 && seconds < 1e11 ? seconds * 1000 : null;
}

function readName(name: string | null | undefined): string | null {
  // Control characters, and the marks that turn the writing direction of what follows.
  const clean = (name ?? '')
    .replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '')
    .trim()
    .slice(0, LONGEST_NAME);
  return clean === '' ? null : clean;
}
