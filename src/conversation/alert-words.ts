/**
 * Owns what an alert of low SMS says: in a chat with one tap to buy more, in an SMS as short as it can be, in an e-mail with where it
 * comes from. Own words of whoever set the threshold take the place of ours.
 */

import type { AlertFacts } from '../domain/alert.ts';
import { kes } from '../domain/money.ts';
import { smsTopUpChoice } from './choice.ts';
import type { Choice, Phrase, Reply } from './reply.ts';

/** `own`: the one who is told owns the wallet. `buys`: SMS can be bought in this chat. */
export function alertInChat(facts: AlertFacts, { own, buys }: { readonly own: boolean; readonly buys: boolean }): Reply {
  const choices = own && buys ? [topUpChoice(facts)] : [];
  return { parts: [...words(facts, own), { key: 'alert:to-stop' }], choices };
}

function topUpChoice({ topUpKes, walletKey }: AlertFacts): Choice {
  return { id: smsTopUpChoice(topUpKes, walletKey), label: { key: 'alert:top-up', params: { amount: { kes: kes(topUpKes) } } } };
}

export interface Notice {
  readonly subject: Phrase;
  readonly parts: readonly Phrase[];
}

/** An SMS is one sentence or two after each other; an e-mail has paragraphs. */
export function alertNotice(facts: AlertFacts, way: 'sms' | 'email', own: boolean, business: string): Notice {
  const subject: Phrase = { key: 'alert:subject', params: { business, balance: { grouped: facts.balance } } };
  const said = words(facts, own);
  if (way === 'email') return { subject, parts: [...said, { key: 'alert:mail-foot', params: { business } }] };
  const [first, ...rest] = said;
  if (facts.message !== null || first === undefined) return { subject, parts: said };
  return { subject, parts: [{ key: 'alert:sms', params: { business, words: first } }, ...rest] };
}

/** To the owner, and to whoever else is told. */
type Keys = Readonly<Record<AlertFacts['kind'], readonly [own: string, other: string]>>;
const LOW: Keys = { crossing: ['alert:low', 'alert:low-of'], reminder: ['alert:low-again', 'alert:low-again-of'] };
const OUT: Keys = { crossing: ['alert:out', 'alert:out-of'], reminder: ['alert:out-again', 'alert:out-again-of'] };

function words(facts: AlertFacts, own: boolean): Phrase[] {
  const { balance, threshold, daysLeft, message, user } = facts;
  if (message !== null) return [{ key: 'common:plain', params: { text: message } }];
  const [ours, others] = (balance === 0 ? OUT : LOW)[facts.kind];
  const key = own ? ours : others;
  const low: Phrase = { key, params: { balance: { grouped: balance }, threshold: { grouped: threshold }, user } };
  return [low, ...lasts(balance, daysLeft)];
}

function lasts(balance: number, daysLeft: number | null): Phrase[] {
  if (balance === 0 || daysLeft === null) return [];
  return [daysLeft === 0 ? { key: 'alert:days-none' } : { key: 'alert:days', params: { count: daysLeft } }];
}
