/**
 * Owns what an alert of low SMS says: in a chat with one tap to buy more, in an SMS as short as it can be, in an e-mail with where it
 * comes from. Own words of whoever set the threshold take the place of ours, but never of who speaks. Strangers read whose alert it is.
 */

import type { AlertFacts } from '../domain/alert.ts';
import { kes } from '../domain/money.ts';
import { smsTopUpChoice } from './choice.ts';
import type { Business } from './surroundings.ts';
import { walletName } from './wallet-name.ts';
import type { Choice, Phrase, Reply } from './reply.ts';

/** `own`: the one who is told owns the wallet. `buys`: SMS can be bought in this chat. */
export function alertInChat(facts: AlertFacts, { own, buys }: { readonly own: boolean; readonly buys: boolean }): Reply {
  const choices = own && buys ? [topUpChoice(facts)] : [];
  const said = own ? words(facts, own) : led('alert:chat-of', { by: facts.setBy, user: facts.user }, words(facts, own));
  return { parts: [...said, { key: 'alert:to-stop' }], choices };
}

function topUpChoice({ topUpKes, walletKey }: AlertFacts): Choice {
  return { id: smsTopUpChoice(topUpKes, walletKey), label: { key: 'alert:top-up', params: { amount: { kes: kes(topUpKes) } } } };
}

export interface Notice {
  readonly subject: Phrase;
  readonly parts: readonly Phrase[];
}

type Shop = Pick<Business, 'name' | 'supportContact'>;

/** An SMS is one sentence or two after each other; an e-mail has paragraphs. */
export function alertNotice(facts: AlertFacts, way: 'sms' | 'email', own: boolean, shop: Shop): Notice {
  const { name: business, supportContact: contact } = shop;
  const subject: Phrase = { key: 'alert:subject', params: { business, balance: { grouped: facts.balance } } };
  const said = words(facts, own);
  // Our own words name the user themselves.
  const named = own || ownWords(facts, own) === null;
  const { user } = facts;
  if (way === 'sms') return { subject, parts: led(named ? 'alert:sms' : 'alert:sms-of', { business, user }, said) };
  const whose: Phrase[] = named ? [] : [{ key: 'alert:mail-of', params: { user } }];
  const foot: Phrase =
    contact === null
      ? { key: 'alert:mail-foot', params: { business } }
      : { key: 'alert:mail-foot-contact', params: { business, contact } };
  return { subject, parts: [...whose, ...said, foot] };
}

/** The last paragraph of an e-mail, added when it is sent; `link` null: there is none, so the shop is asked. */
export function howToStop(link: string | null): Phrase {
  return link === null ? { key: 'alert:mail-stop-ask' } : { key: 'alert:mail-stop', params: { link } };
}

/** Who speaks, before the first words. */
function led(key: string, params: Phrase['params'], [first, ...rest]: readonly Phrase[]): Phrase[] {
  return first === undefined ? [] : [{ key, params: { ...params, words: first } }, ...rest];
}

/** To the owner, and to whoever else is told. */
type Keys = Readonly<Record<AlertFacts['kind'], readonly [own: string, other: string]>>;
const LOW: Keys = { crossing: ['alert:low', 'alert:low-of'], reminder: ['alert:low-again', 'alert:low-again-of'] };
const OUT: Keys = { crossing: ['alert:out', 'alert:out-of'], reminder: ['alert:out-again', 'alert:out-again-of'] };

/** Of whoever set the threshold, as far as this reader may read them. */
function ownWords({ message, othersMayRead }: AlertFacts, own: boolean): string | null {
  return own || othersMayRead ? message : null;
}

function words(facts: AlertFacts, own: boolean): Phrase[] {
  const { balance, threshold, daysLeft, user, wallet } = facts;
  const message = ownWords(facts, own);
  const which: Phrase[] = own && wallet !== null ? [{ key: 'alert:of-wallet', params: { wallet: walletName(wallet) } }] : [];
  if (message !== null) return [{ key: 'common:plain', params: { text: message } }, ...which];
  const [ours, others] = (balance === 0 ? OUT : LOW)[facts.kind];
  const key = own ? ours : others;
  const low: Phrase = { key, params: { balance: { grouped: balance }, threshold: { grouped: threshold }, user } };
  return [low, ...which, ...lasts(balance, daysLeft)];
}

function lasts(balance: number, daysLeft: number | null): Phrase[] {
  if (balance === 0 || daysLeft === null) return [];
  return [daysLeft === 0 ? { key: 'alert:days-none' } : { key: 'alert:days', params: { count: daysLeft } }];
}
