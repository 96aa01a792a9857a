/**
 * Whatever people do, in any order: the engine never throws, always answers or is silent by rule, and an order holds exactly what the
 * confirmation showed whose button or yes made it.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseChoice } from '../../src/conversation/choice.ts';
import { DRAFT_EXPIRES_MS } from '../../src/conversation/drafting.ts';
import type { Input } from '../../src/conversation/surroundings.ts';
import type { Order } from '../../src/domain/order.ts';
import { formatMilliKes } from '../../src/domain/tariff.ts';
import { aWallet, BUSINESS, SMS_TALK, Talk, type Heard, type TalkOptions } from '../support/engine-talk.ts';
import { actions, actionsOfBoth, type Action } from './conversation-actions.ts';

/** Fixed, so that a run tells the same every time; PROPERTY_RUNS and PROPERTY_SEED look further. */
const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 500);
const SEED = Number(process.env['PROPERTY_SEED'] ?? 20_261_122);

/** A confirmation that was shown, and when it was last to be seen. */
interface Shown {
  readonly values: string;
  readonly seenAt: number;
}

class Watch {
  readonly talk: Talk;
  readonly #confirmations = new Map<string, Shown>();
  readonly #ordered = new Set<string>();
  /** The yes button of the confirmation that stands last before the person, or null when something else was asked since. */
  #looking: string | null = null;

  constructor(talk: Talk) {
    this.talk = talk;
  }

  act(action: Action): void {
    const { talk } = this;
    if (action.kind === 'pass') return talk.pass(action.minutes);
    if (action.kind === 'order') return this.#move(action.to);
    if (action.kind === 'news') return this.#interject();
    talk.around = { ...talk.around, late: action.kind === 'late', unseen: action.kind === 'crossed' };
    const input = inputOf(action, talk);
    if (input === null) return;
    if (input.kind === 'own_contact' && !talk.own.includes(input.phone)) talk.own = [input.phone, ...talk.own];
    const before = JSON.stringify(talk.session);
    this.#check(input, talk.hear(input), before);
  }

  #check(input: Input, heard: Heard, before: string): void {
    const { talk } = this;
    for (const effect of heard.effects) if (effect.kind === 'place_order') this.#checkOrder(effect.order, input);
    if (heard.silent) return expect(isSilentByRule(input, heard, before, talk)).toBe(true);
    expect(heard.text.trim()).not.toBe('');
    expect(heard.text.length).toBeLessThan(1_800);
    checkChoices(heard);
    expect(JSON.stringify(talk.session).length).toBeLessThan(6_000);
    this.#remember(heard);
  }

  #remember(heard: Heard): void {
    const yes = heard.buttons.find(({ id }) => id.startsWith('ok:'));
    const values = confirmedValues(heard.text);
    expect(values !== null).toBe(yes !== undefined);
    if (yes === undefined || values === null) {
      if (heard.buttons.length > 0) this.#looking = null;
      return;
    }
    const known = this.#confirmations.get(yes.id);
    // One button, one set of values, however often it is shown.
    if (known !== undefined) expect(values).toBe(known.values);
    this.#confirmations.set(yes.id, { values, seenAt: this.talk.now });
    this.#looking = yes.id;
  }

  #checkOrder(order: Order, input: Input): void {
    const { talk } = this;
    const id = `ok:${order.draft}:${order.revision}`;
    const shown = this.#confirmations.get(id);
    expect(shown?.values).toBe(valuesOf(order, talk.wallets.length > 1));
    expect(talk.now - (shown?.seenAt ?? 0)).toBeLessThan(DRAFT_EXPIRES_MS);
    expect(input.kind === 'tap' ? input.data : this.#looking).toBe(id);
    expect(this.#ordered.has(order.draft)).toBe(false);
    this.#ordered.add(order.draft);
    expect([talk.around.late, talk.around.unseen]).toEqual([false, false]);
    const { airtimeMinKes, airtimeMaxKes, smsMinKes, smsMaxKes } = BUSINESS.limits;
    const [least, most] = order.kind === 'airtime' ? [airtimeMinKes, airtimeMaxKes] : [smsMinKes, smsMaxKes];
    expect(order.amountKes).toBeGreaterThanOrEqual(least);
    expect(order.amountKes).toBeLessThanOrEqual(most);
    if (order.kind === 'sms') expect(order.units * order.price.milliKes).toBeLessThanOrEqual(order.amountKes * 1_000);
  }

  /** The upstream or an operator settles the newest order. */
  #move(to: Order['state']): void {
    this.talk.orders = this.talk.orders.map((order, at) => (at === 0 ? { ...order, state: to } : order));
  }

  /** News with choices of its own arrives where no purchase is open: they are what counts from now on. */
  #interject(): void {
    const { talk } = this;
    const { draft } = talk.session;
    if (draft !== null && talk.now - draft.touchedAt <= DRAFT_EXPIRES_MS) return;
    talk.session = { ...talk.session, choices: [] };
    this.#looking = null;
  }
}

function inputOf(action: Action, talk: Talk): Input | null {
  switch (action.kind) {
    case 'late':
    case 'crossed':
    case 'text':
      return { kind: 'text', text: action.text };
    case 'tap': {
      const buttons = talk.shown.flatMap((heard) => heard.buttons);
      const button = buttons[buttons.length - 1 - (action.which % Math.max(1, buttons.length))];
      return button === undefined ? null : { kind: 'tap', data: button.id, on: null };
    }
    case 'forged':
      return { kind: 'tap', data: action.data, on: 'm1' };
    case 'contact':
      return { kind: 'contact', name: action.name, phones: action.phones };
    case 'own':
      return { kind: 'own_contact', phone: action.phone };
    case 'unsupported':
      return { kind: 'unsupported', what: action.what };
    default:
      return null;
  }
}

function isSilentByRule(input: Input, heard: Heard, before: string, talk: Talk): boolean {
  if (input.kind === 'unsupported') return ['edit', 'deletion', 'reaction'].includes(input.what);
  // The news of the order's new state is the answer.
  if (heard.effects.some(({ kind }) => kind === 'order_word')) return true;
  // The second of a double tap changes nothing.
  return before === JSON.stringify(talk.session);
}

function checkChoices({ buttons }: Heard): void {
  for (const { id, label } of buttons) {
    expect(Buffer.byteLength(id)).toBeLessThanOrEqual(64);
    expect(parseChoice(id)).not.toBeNull();
    expect(label.trim()).not.toBe('');
  }
  expect(new Set(buttons.map(({ id }) => id)).size).toBe(buttons.length);
  expect(new Set(buttons.map(({ label }) => label)).size).toBe(buttons.length);
}

/** The values on the screen, in either language: "100 0733000000 Airtel 0722002000 M-Pesa"; null: it is no confirmation. */
function confirmedValues(text: string): string | null {
  const airtime =
    /Airtime: KES ([\d,]+)\n(?:For|Kwa): ([\d ]+) \(.+\)\n(?:Paid by|Inalipwa na): ([\d ]+)\n(?:Paid with|Kwa njia ya): (.+)/.exec(
      text,
    );
  const sms =
    /SMS: ([\d,]+)\n(?:(?:Wallet|Akaunti): (.+)\n)?(?:Price|Bei): KES ([\d.]+) .+\n(?:To pay|Ya kulipa): KES ([\d,]+)\n(?:Paid by|Inalipwa na): ([\d ]+)\n(?:Paid with|Kwa njia ya): (.+)/.exec(
      text,
    );
  if (sms !== null) {
    const [, units = '', wallet = '', price = '', amount = '', payer = '', network = ''] = sms;
    return [units.replaceAll(',', ''), wallet, price, amount.replaceAll(',', ''), payer.replaceAll(' ', ''), network].join(' ');
  }
  if (airtime === null) return null;
  const [, amount = '', recipient = '', payer = '', network = ''] = airtime;
  return [amount.replaceAll(',', ''), recipient.replaceAll(' ', ''), payer.replaceAll(' ', ''), network].join(' ');
}

function valuesOf(order: Order, several: boolean): string {
  const { amountKes, payer, paymentNetwork } = order;
  const national = (number: string): string => `0${number.slice(3)}`;
  if (order.kind === 'airtime') return [amountKes, national(order.recipient), national(payer), paymentNetwork].join(' ');
  const { wallet, units, price } = order;
  const name = wallet.appId === null ? wallet.userId : `${wallet.userId} (${wallet.appId})`;
  return [units, several ? name : '', formatMilliKes(price.milliKes), amountKes, national(payer), paymentNetwork].join(' ');
}

const TWO_WALLETS = [
  aWallet({ owner: { appId: null, userId: 'shop-1' }, by: 'link', balances: { smsHundredths: 1_250, milliKes: 700 } }),
  aWallet({ owner: { appId: 'app', userId: 'u1' }, by: 'link', price: { milliKes: 425, source: 'app' } }),
];

function watched(options: TalkOptions, sequence: readonly Action[]): Talk {
  const talk = new Talk(options);
  const watch = new Watch(talk);
  for (const action of sequence) watch.act(action);
  return talk;
}

describe('any dozen of inputs', () => {
  it.each<[string, TalkOptions, fc.Arbitrary<Action>]>([
    ['with buttons, own number known', { buttons: true }, actions],
    ['with numbers, own number known', { buttons: false }, actions],
    ['with buttons, no number known, in Swahili', { buttons: true, own: [], language: 'sw' as const }, actions],
    ['with numbers, no number known', { buttons: false, own: [] }, actions],
    ['of two things sold, with buttons', { ...SMS_TALK }, actionsOfBoth],
    ['of two things sold, with numbers, two wallets', { ...SMS_TALK, buttons: false, wallets: TWO_WALLETS }, actionsOfBoth],
    [
      'of two things sold, with buttons, two wallets, no number known, in Swahili',
      { ...SMS_TALK, own: [], language: 'sw' as const, wallets: TWO_WALLETS },
      actionsOfBoth,
    ],
  ])('%s: nothing is bought unseen, nothing throws, everybody is answered', (_name, options, inputs) => {
    fc.assert(
      fc.property(fc.array(inputs, { minLength: 1, maxLength: 12 }), (sequence) => void watched(options, sequence)),
      { seed: SEED, numRuns: RUNS },
    );
  });

  it.each<[string, TalkOptions, fc.Arbitrary<Action>, Order['kind'], number]>([
    ['airtime', {}, actions, 'airtime', 30],
    ['SMS', SMS_TALK, actionsOfBoth, 'sms', 10],
  ])('really buys %s in many of them', (_name, options, inputs, kind, least) => {
    let orders = 0;
    fc.assert(
      fc.property(fc.array(inputs, { minLength: 8, maxLength: 12 }), (sequence) => {
        orders += watched(options, sequence).orders.filter((order) => order.kind === kind).length;
      }),
      { seed: SEED, numRuns: 300 },
    );
    expect(orders).toBeGreaterThan(least);
  });
});
