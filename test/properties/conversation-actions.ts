/** What people do in the properties of the conversation: texts of both languages, taps old and new, contacts, time, news. */

import fc from 'fast-check';
import { msisdn, type Msisdn } from '../../src/domain/msisdn.ts';
import type { OrderState } from '../../src/domain/order.ts';

export type Action =
  /** `late`: under way for too long; `crossed`: written before our last message could be seen. */
  | { readonly kind: 'text' | 'late' | 'crossed'; readonly text: string }
  /** Counted from the last button that was shown. */
  | { readonly kind: 'tap'; readonly which: number }
  | { readonly kind: 'forged'; readonly data: string }
  | { readonly kind: 'contact'; readonly name: string | null; readonly phones: readonly string[] }
  | { readonly kind: 'own'; readonly phone: Msisdn }
  | { readonly kind: 'unsupported'; readonly what: string }
  | { readonly kind: 'pass'; readonly minutes: number }
  | { readonly kind: 'order'; readonly to: OrderState }
  | { readonly kind: 'news' };

const NUMBERS = [
  '0722002000',
  '0733000000',
  '0722 000 000',
  '+254711000000',
  '0747000000',
  '0764000000',
  '0722 000 00',
  '020 2222222',
];
const AMOUNTS = ['5', '10', '100', '500', '10,000', '50000', '2', '99.50', '1k', 'mia tano'];

/** Whole purchases, so that many runs get to a confirmation. */
const PURCHASES = [
  'buy 100 for 0733000000',
  '200 kwa 0722000000',
  'nunua airtime ya 50 kwa 0733000000',
  '500 to 0733000000 from 0733000111 with airtel money',
  'buy 100 for 0722000000 and 200 for 0733000000',
  '50 each to 0722000000 and 0733000000',
  '100 to 0747000000',
  'send 100 to mum',
  'same as last time',
  'same as last time but 200',
  'sambaza 50 to 0733000000',
  '50000 to 0733000000',
  '5 to 0733000000',
];

/** The second thing that is sold, alone and in the middle of the first. */
const SMS_PURCHASES = [
  'buy sms',
  'buy sms 1000',
  'nunua sms za 100 bob',
  'sms 500',
  '500 sms',
  '200 bob',
  '500 sms from 0711000000',
  'buy 500 sms for 0733000000',
  'buy sms worth 300 with airtel money',
  'sms same as last time',
  'sms balance',
  'salio la sms',
  'bei ya sms',
  'buy airtime',
  '100 airtime to 0733000000',
  'shop-1: 0 SMS',
  'SMS wallet',
  'Go on with it',
  'KES 500: 625 SMS',
];

const CORRECTIONS = [
  'no, 700',
  'not 500, 550',
  'no, keep 500',
  'make it 300 and send to 0722000000',
  'Airtel Money, not M-Pesa',
  'not mpesa',
  'M-Pesa or Airtel Money',
  'change the recipient',
  'change the amount',
  'change who pays',
  'badilisha kiasi',
  'iwe 300',
  'hapana, 700',
  'si 500',
  'not from 0722002000',
  'from 0733000111',
  '0722000111',
  'T-Kash',
  'Safaricom',
  'it is on Airtel',
  '100 or 200',
  '5 or 7',
];

const ANSWERS = [
  'yes',
  'yes',
  'yes',
  'ndio',
  'ndio',
  'yes',
  'ndio',
  'ok',
  'sawa',
  'yes yes',
  'yes 500',
  'ok 200',
  'sawa lakini 200',
  'no',
  'hapana',
  '👍',
  'yes, cancel',
];

const COMMANDS = [
  'cancel',
  'ghairi',
  'stop',
  'back',
  'rudi',
  'help',
  'msaada',
  '/start',
  '/menu',
  '/nonsense',
  'repeat',
  'wait',
  'thanks',
  'asante',
  'kiswahili',
  'english please',
  'language',
];

const DIGRESSIONS = [
  'hello',
  'habari yako',
  'is there a fee?',
  'what is a payment network?',
  'my orders',
  'oda zangu',
  'did it go through?',
  'money was taken but no airtime',
  'TKM4ABC123 Confirmed. Ksh100.00 paid to JAZA. New M-PESA balance is Ksh1,000.00',
  'I want to talk to a person',
  'delete my data',
  'nataka bundles',
  'my balance?',
  '/language',
  '/language',
  'buy airtime',
  'nunua airtime',
];

const CHOICES = [
  '1',
  '2',
  '3',
  '4',
  '7',
  '9',
  'the second one',
  'the last one',
  'option 3',
  'Cancel',
  'Yes, buy KES 100',
  'KES 50',
  'Change something',
];

const NOTHING = ['', ' ', 'qwerty zxcv', '😀😀', '?', '...', '0', '-', 'x'.repeat(5_000), '\u0000\u202e', '1'.repeat(400)];

const texts = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...PURCHASES) },
  { weight: 5, arbitrary: fc.constantFrom(...CORRECTIONS) },
  { weight: 6, arbitrary: fc.constantFrom(...ANSWERS) },
  { weight: 2, arbitrary: fc.constantFrom(...COMMANDS) },
  { weight: 2, arbitrary: fc.constantFrom(...DIGRESSIONS) },
  { weight: 3, arbitrary: fc.constantFrom(...CHOICES) },
  { weight: 2, arbitrary: fc.constantFrom(...NUMBERS) },
  { weight: 2, arbitrary: fc.constantFrom(...AMOUNTS) },
  { weight: 1, arbitrary: fc.constantFrom(...NOTHING) },
);

const FORGED = [
  '',
  'ok',
  'ok:-:0',
  'set=amount.100:-:0',
  'start=nothing:-:0',
  'again=JZXXXXXXXX:-:0',
  'start=buy-sms:-:0',
  'buy_sms=400:-:0',
  'buy_sms=400.AAAAAA:-:0',
  'buy_sms=9999999:-:0',
  'buy_sms=-1:-:0',
  'got=JZXXXXXXXX:-:0',
  'ok:aaaaaaaa:1',
  'x'.repeat(70),
];

const aloneOrBoth = (said: fc.Arbitrary<string>): fc.Arbitrary<Action> =>
  fc.oneof(
    { weight: 22, arbitrary: said.map((text) => ({ kind: 'text' as const, text })) },
    { weight: 1, arbitrary: said.map((text) => ({ kind: 'late' as const, text })) },
    { weight: 1, arbitrary: said.map((text) => ({ kind: 'crossed' as const, text })) },
    // Mostly what was shown last, at times any button ever shown.
    { weight: 6, arbitrary: fc.nat(4).map((which) => ({ kind: 'tap' as const, which })) },
    { weight: 4, arbitrary: fc.nat(60).map((which) => ({ kind: 'tap' as const, which })) },
    { weight: 1, arbitrary: fc.constantFrom(...FORGED).map((data) => ({ kind: 'forged' as const, data })) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('contact' as const),
        name: fc.constantFrom('Mum', null, 'x'.repeat(200)),
        phones: fc.array(fc.constantFrom(...NUMBERS), { maxLength: 3 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom('254722002000', '254733000111').map((one) => ({ kind: 'own' as const, phone: msisdn(one) })),
    },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom('sticker', 'voice', 'edit', 'deletion', 'poll', 'strange')
        .map((what) => ({ kind: 'unsupported' as const, what })),
    },
    { weight: 2, arbitrary: fc.constantFrom(1, 5, 16, 45, 61).map((minutes) => ({ kind: 'pass' as const, minutes })) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom<OrderState>('delivered', 'cancelled', 'unknown', 'review', 'confirmed')
        .map((to) => ({ kind: 'order' as const, to })),
    },
    { weight: 1, arbitrary: fc.constant({ kind: 'news' as const }) },
  );

export const actions = aloneOrBoth(texts);
/** Where SMS are sold as well. */
export const actionsOfBoth = aloneOrBoth(
  fc.oneof({ weight: 3, arbitrary: texts }, { weight: 1, arbitrary: fc.constantFrom(...SMS_PURCHASES) }),
);
