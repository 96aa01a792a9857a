/** Shows which messages turn a chat to the other language, and which do not. */

import { describe, expect, it } from 'vitest';
import { loadKnowledge } from '../reference.ts';
import { understand } from '../understanding/understand.ts';
import { hearLanguage } from './language.ts';
import { newSession, type Session } from './session.ts';
import type { Spoken } from './reply.ts';

const knowledge = loadKnowledge();

function heard(session: Session, text: string): Session {
  return hearLanguage(session, understand(text, knowledge), text, knowledge.lexicon);
}

describe('the first message that tells', () => {
  it.each<[Spoken, string, Spoken, boolean]>([
    ['en', 'habari', 'sw', true],
    ['en', 'niaje', 'sw', true],
    ['sw', 'buy airtime', 'en', true],
    ['en', 'nunua airtime ya mia', 'sw', true],
    // Said in every language: the channel's word stands.
    ['sw', 'hello', 'sw', false],
    ['sw', '100', 'sw', false],
    ['sw', 'airtime M-Pesa', 'sw', false],
    ['sw', '0722 000 000', 'sw', false],
    ['en', '😀', 'en', false],
  ])('%s chat, %j: %s', (before, text, after, known) => {
    expect(heard(newSession(before), text)).toMatchObject({ language: after, languageKnown: known });
  });
});

describe('once the language is known', () => {
  it.each<[Spoken, string]>([
    ['en', 'sawa'],
    ['en', 'asante sana'],
    ['en', 'ndio ndio'],
    ['en', 'ghairi'],
    ['en', '100 kwa 0733000000'],
    ['sw', 'cancel'],
    ['sw', 'yes please'],
    ['sw', 'Airtel Money'],
    ['sw', 'thanks a lot'],
    ['sw', '100 to 0733000000'],
    ['sw', 'hello'],
    ['sw', 'buy airtime kwa 0722000000'],
    ['sw', 'TKM4ABC123 Confirmed. Ksh100.00 paid to JAZA. New M-PESA balance is Ksh1,000.00'],
    ['sw', ''],
  ])('a %s chat is not turned by %j', (language, text) => {
    const session = { ...newSession(language), languageKnown: true };
    expect(heard(session, text)).toBe(session);
  });

  it.each<[Spoken, string]>([
    ['en', 'nataka kununua airtime'],
    ['en', 'je, kuna ada?'],
    ['en', 'habari'],
    ['sw', 'I want to buy airtime'],
    ['sw', 'is there a fee?'],
    ['sw', 'good morning'],
  ])('a %s chat is turned by %j', (language, text) => {
    const other = language === 'en' ? 'sw' : 'en';
    expect(heard({ ...newSession(language), languageKnown: true }, text)).toMatchObject({ language: other, languageKnown: true });
  });
});
