/**
 * Owns which language the bot answers in. The first message decides, then a whole message in the other language; a loan word, a
 * brand, a number or a lone "sawa" or "cancel" in the other language does not turn a chat round.
 */

import type { Lexicon } from '../understanding/lexicon.ts';
import type { Understood } from '../understanding/understood.ts';
import type { Spoken } from './reply.ts';
import type { Session } from './session.ts';

/** Words in a message that turns a chat round. */
const WHOLE_MESSAGE = 2;

/** The session after this message, its language perhaps another one. Asking for a language by name is a command, not heard here. */
export function hearLanguage(session: Session, said: Understood, text: string, lexicon: Lexicon): Session {
  // A pasted payment message is the network's, not the person's.
  if (said.wantsLanguage !== null || said.notSold === 'mpesa_message') return session;
  const words = wordsOf(text);
  const written = writtenIn(said, words, lexicon);
  if (written === null) return session;
  if (!session.languageKnown || turnsRound(session, said, words)) return { ...session, language: written, languageKnown: true };
  return session;
}

function turnsRound(session: Session, said: Understood, words: readonly string[]): boolean {
  if (said.intent === 'greeting') return session.draft === null;
  const values = [said.recipient, said.amount, said.payer, said.paymentNetwork].some((value) => value !== null);
  const passing = said.command !== null || (said.answer !== null && !values);
  return !passing && words.length >= WHOLE_MESSAGE;
}

/** Null: no word of it tells, or words of both do. */
function writtenIn(said: Understood, words: readonly string[], lexicon: Lexicon): Spoken | null {
  if (said.language === 'sw' || said.language === 'sheng') return 'sw';
  // English is also what a message is in when nothing tells: it takes a word that is English only.
  return said.language === 'en' && words.some((word) => isEnglish(word, lexicon)) ? 'en' : null;
}

function isEnglish(word: string, lexicon: Lexicon): boolean {
  const sources = lexicon.sources.get(word)?.sources ?? [];
  return sources.length === 1 && sources[0] === 'en';
}

/** Without the brand that has an English word in its name. */
function wordsOf(text: string): string[] {
  const plain = text
    .slice(0, 500)
    .toLowerCase()
    .replace(/airtel\s?money/g, ' ');
  return plain.match(/\p{L}[\p{L}']+/gu) ?? [];
}
