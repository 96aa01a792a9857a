/** Owns every text of the bot as the tests of wording read it: which there are, what the code hands each, and values as long as they get. */

import { join } from 'node:path';
import { createPhrasebook } from '../../src/conversation/phrasebook.ts';
import { SPOKEN, type Spoken } from '../../src/conversation/reply.ts';
import { loadLocales } from '../../src/locales.ts';

export const ROOT = join(import.meta.dirname, '../..');
export const LOCALES = join(ROOT, 'locales');
export const locales = loadLocales(LOCALES);
const phrasebook = createPhrasebook(locales);

export interface Text {
  readonly language: Spoken;
  /** `namespace:key`, as the code names it: without the ending of a plural. */
  readonly key: string;
  readonly text: string;
}

/** All but the web page's own words. */
export const TEXTS: readonly Text[] = SPOKEN.flatMap((language) =>
  Object.entries(locales[language])
    .filter(([namespace]) => namespace !== 'web')
    .flatMap(([namespace, texts]) =>
      Object.entries(texts as Record<string, string>).map(([key, text]) => ({
        language,
        key: `${namespace}:${key.replace(/_(one|other)$/, '')}`,
        text,
      })),
    ),
);
export const KEYS = [...new Set(TEXTS.map(({ key }) => key))];

/** What the code hands in, by the first rule that matches. A text that asks for more would reach a customer with a gap. */
const ORDER = 'reference amount recipient payer paymentNetwork when';
const SMS_ORDER = 'reference amount units payer paymentNetwork when';
const GIVEN: readonly (readonly [RegExp, string])[] = [
  [/^common:(menu|menu-both|privacy-notice)$/, 'business'],
  [/^common:(help|help-both|help-here|human-told)$/, 'support'],
  [/^common:(noted|slot-changed|slot-kept)$/, 'label value'],
  [/^common:keep-value$/, 'value'],
  [/^common:support$/, 'contact'],
  [/^common:plain$/, 'text'],
  [/^common:from-person$/, 'business text'],
  [/^common:amount$/, 'amount'],
  [/^common:own-number-saved$/, 'number'],
  [/^common:merged$/, 'number channel support'],
  [/^common:told-elsewhere$/, 'channel'],
  [/^(buy-airtime:option-mine|buying:option-number)$/, 'number'],
  [/^buy-airtime:network-is$/, 'recipient network'],
  [/^buy-airtime:option-both$/, 'amount recipient'],
  [/^buy-airtime:ask-recipient-network$/, 'recipient'],
  [/^buy-airtime:ask-recipient-moved$/, 'recipient usual'],
  [/^buy-airtime:network-not-served$/, 'network'],
  [/^buy-airtime:which-role$/, 'number'],
  [/^buying:which-of-named$/, 'name'],
  [/^buy-airtime:ask-amount$/, 'recipient min max'],
  [/^buy-airtime:(ask-amount-bare|amount-unreadable)$/, 'min max'],
  [/^buy-(airtime|sms):amount-too-(small|big)$/, 'amount min max'],
  [/^buy-airtime:ask-payment-network$/, 'payer'],
  [/^buying:unknown-person$/, 'name'],
  [/^buy-airtime:confirm$/, 'amount recipient network payer paymentNetwork'],
  [/^buying:network-mismatch$/, 'payer usual paymentNetwork'],
  [/^buying:same-again$/, 'count'],
  [/^buying:same-open$/, 'reference'],
  [/^buy-airtime:yes(-again|-retry)?$/, 'amount'],
  [/^buy-airtime:supplier-away$/, 'count'],
  [/^buying:payer-cooling-down$/, 'payer count'],
  [/^buying:day-(too-much|over)-\w+$/, 'payer recipient left'],
  [/^buy-airtime:pay-with$/, 'paymentNetwork'],
  [/^buying:placed$/, 'reference payer paymentNetwork'],
  [/^buying:payer-ringing-yours$/, 'reference payer count'],
  [/^buying:payer-ringing$/, 'payer count'],
  [/^buying:(go-ahead|go-ahead-simulated|payer-.*)$/, 'payer'],
  [/^buy-sms:option-wallet$/, 'wallet units'],
  [/^buy-sms:ask-amount$/, 'price min max'],
  [/^buy-sms:option-(kes|sms)$/, 'amount units'],
  [/^buy-sms:(units|about-units|yes|yes-retry)$/, 'units'],
  [/^buy-sms:units-too-(small|big)$/, 'amount units min max'],
  [/^buy-sms:not-even-one$/, 'amount price'],
  [/^buy-sms:amount-unreadable$/, 'min max'],
  [/^buy-sms:confirm(-wallet)?$/, 'units price amount payer paymentNetwork wallet'],
  [/^buy-sms:(about-price|price(-yours|-app|-about)?)$/, 'price'],
  [/^buy-sms:left-over$/, 'left'],
  [/^buy-sms:rest$/, 'rest'],
  [/^buy-sms:(mpesa|wallets)-away$/, 'count'],
  [/^sms-wallet:under-way-/, 'reference units amount'],
  [/^sms-wallet:balances$/, 'wallets'],
  [/^sms-wallet:(balance-line(-none)?|asking-again|away-since)$/, 'wallet units worth when'],
  [/^sms-wallet:(balance|balance-none|price|price-of|how)$/, 'price amount units worth when'],
  [/^buy-sms:option-again$/, 'amount'],
  [/^order:(state-.*|buy-again|talk-to-us|it-arrived|money-taken|did-not-pay|history-empty)$/, ''],
  [/^order:history$/, 'orders'],
  [/^order:line$/, `${ORDER} state`],
  [/^order:goods-(airtime|sms)$/, 'amount recipient units'],
  [/^order:/, ORDER],
  [/^sms-order:line$/, `${SMS_ORDER} state`],
  [/^sms-order:(delivered|review-fewer)$/, `${SMS_ORDER} added balance promised`],
  [/^sms-order:added(-to)?$/, 'units wallet'],
  [/^sms-order:/, SMS_ORDER],
  [/^operator:order-(review|alert|not-begun|wallets-moved)$/, 'reference goods why'],
  [/^operator:(token-refused|upstream-(down|up))$/, 'upstream orders why'],
  [/^operator:why-about$/, 'what reference'],
  [/^operator:credited-twice$/, 'reference request item'],
  [/^operator:(help-wanted|alerts-held-back)$/, 'who why item'],
  [/^operator:(webhook-quarantined|message-given-up|alert)$/, 'why item'],
  [/^operator:event-set-aside$/, 'item'],
  [/^operator:event-set-aside-order$/, 'reference item'],
  [/^operator:channel-(down|up)$/, 'channel why'],
  [/^alert:(low|out)/, 'balance threshold user'],
  [/^alert:(set|instead)/, 'balance threshold before'],
  [/^alert:(line|line-other|remove)(-of)?$|^alert:removed$/, 'threshold wallet'],
  [/^alert:(which|of-wallet|list|removed-all)$/, 'wallet alerts'],
  [/^alert:(remove-which|no-such|say-here|here)$/, 'threshold alerts'],
  [/^alert:in-money$/, 'amount price threshold'],
  [/^alert:way-(sms|email)$/, 'support'],
  [/^alert:(days|top-up)$/, 'count amount'],
  [/^alert:(sms|sms-of|mail-of|chat-of)$/, 'business by user words'],
  [/^alert:(subject|mail-foot(-contact)?|mail-stop)$/, 'business balance contact link'],
  [/^alert:/, ''],
  [/^answers:not-sold-/, 'support'],
  [/^answers:pay-/, 'paymentNetwork'],
  [/^answers:forget-filed(-before)?$/, 'when until support'],
  [/^answers:(prompts-(stopped|allowed)|stop-number)$/, 'number'],
  [/^answers:(stop|stop-told|pin-ringing|how-to-stop|prompts-undo|stopped-purchase|sambaza|no-balance|not-offered)$/, ''],
  [/^answers:/, 'min max smsMin smsMax business support until'],
  [/^problem:(two-amounts|contact-without-number|write-instead|unsupported-.*)$/, ''],
  [/^problem:no-such-range$/, 'number'],
  [/^problem:too-(short|long)$/, 'typed digits count'],
  [/^problem:/, 'typed'],
];

export function given(key: string): readonly string[] {
  const names = GIVEN.find(([pattern]) => pattern.test(key))?.[1] ?? '';
  return names.split(' ').filter((name) => name !== '');
}

/** Values about as long as they get. */
const VALUES: Readonly<Record<string, string | number>> = {
  reference: 'JZ2TFFPX44',
  price: 'KES 0.8',
  worth: 'KES 10,000',
  wallet: '0722 000 000',
  wallets: '0722 000 000: 12,500 SMS',
  amount: 'KES 10,000',
  recipient: '0722 000 000',
  units: 12_500,
  added: '12,500 SMS added to 0722 000 000',
  goods: '12500 SMS for KES 10,000',
  payer: '0733 000 000',
  number: '0722 000 000',
  paymentNetwork: 'Airtel Money',
  usual: 'M-Pesa',
  network: 'Safaricom',
  when: '22 Nov, 14:05',
  state: 'Waiting for payment',
  orders: '22 Nov, 14:05',
  min: 'KES 10',
  max: 'KES 10,000',
  smsMin: 'KES 10',
  smsMax: 'KES 100,000',
  left: 'KES 9,990',
  rest: 'KES 0.4',
  business: 'Mama Njeri Airtime',
  support: 'You can reach us at 0711 000 000',
  contact: '0711 000 000',
  who: 'Wanjiku wa Kamau, 0722 *** 000, whatsapp',
  why: 'in review, from awaiting_payment: ten minutes without a word',
  item: 'H-7K2M4Q',
  channel: 'whatsapp',
  upstream: 'The airtime supplier',
  what: 'says that money went and nothing came',
  text: 'Airtel Money',
  label: 'Amount',
  value: 'Airtel Money',
  typed: '0722 000 00',
  name: 'Wanjiku',
  balance: '12,500',
  threshold: '100,000',
  alerts: '• below 100,000',
  user: '0722 *** 000',
  by: 'Admin of the shop, Nakuru town branch 2',
  words: 'Your SMS are running low: 12,500 left (alert below 100,000).',
  until: '29 Nov',
  link: 'https://duka.example/alerts/stop/AbC-1',
  digits: 9,
  count: 3,
};

export function spoken(key: string, language: Spoken, count = 3): string {
  const params = Object.fromEntries(given(key).map((name) => [name, name === 'count' ? count : (VALUES[name] ?? '')]));
  return phrasebook.say({ key, params }, language);
}
