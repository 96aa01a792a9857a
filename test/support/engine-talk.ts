/**
 * A chat with the engine alone, for unit tests and properties: no database, no outbox, a clock in a variable. What a turn needs to
 * know is kept here as the store would; orders that are placed stay in the state that the test gives them.
 */

import { converse } from '../../src/conversation/engine.ts';
import type { Flow } from '../../src/conversation/flow.ts';
import { buyAirtime } from '../../src/conversation/flows/buy-airtime.ts';
import { render, type Rendered, type RenderedButton } from '../../src/conversation/render.ts';
import type { Spoken } from '../../src/conversation/reply.ts';
import { newSession, type Session } from '../../src/conversation/session.ts';
import type { Business, Effect, Input, Sprint, Surroundings } from '../../src/conversation/surroundings.ts';
import { buySms } from '../../src/conversation/flows/buy-sms.ts';
import { ALL_CLOSED } from '../../src/domain/breaker.ts';
import { sameParties, type Parties, type PayerUse, type PurchaseUse } from '../../src/domain/limits.ts';
import { kes } from '../../src/domain/money.ts';
import { msisdn, type Msisdn } from '../../src/domain/msisdn.ts';
import { nextState, type Order } from '../../src/domain/order.ts';
import { DEFAULT_PRICE_MILLIKES } from '../../src/domain/tariff.ts';
import { EMPTY } from '../../src/domain/wallet.ts';
import { walletKey, type OwnWallet } from '../../src/domain/wallet-owner.ts';
import { idsFrom } from '../../src/lib/ids.ts';
import { loadReference } from '../../src/reference.ts';
import { needsOf } from '../../src/services/needs-of.ts';
import { LIMITS } from './limits.ts';

const reference = loadReference();

export const BUSINESS: Business = {
  name: 'Jaza',
  supportContact: '0711 000 000',
  limits: { ...LIMITS, promptsOwnPerHour: 10, promptsOwnPerDay: 30, promptsOtherPerDay: 6 },
  simulated: false,
  sellsSms: false,
  walletsAt: 'own',
  smsSimulated: false,
};

/** The wallet that the customer's own id opens, empty and at the usual price. */
export function aWallet(more: Partial<OwnWallet> = {}): OwnWallet {
  const owner = more.owner ?? { appId: null, userId: 'c1' };
  return {
    key: walletKey(owner),
    owner,
    by: 'customer',
    open: null,
    balances: EMPTY,
    alerts: [],
    price: { milliKes: DEFAULT_PRICE_MILLIKES, source: 'default' },
    ...more,
  };
}

/** A shop that sells both. */
export const SMS_TALK = {
  flows: [buyAirtime, buySms],
  around: { business: { ...BUSINESS, sellsSms: true } },
} as const satisfies TalkOptions;

export interface TalkOptions {
  readonly language?: Spoken;
  readonly buttons?: boolean;
  readonly own?: readonly string[];
  readonly flows?: readonly Flow[];
  readonly around?: Partial<Surroundings>;
  /** By default the one that the customer's own id opens. */
  readonly wallets?: readonly OwnWallet[];
  /** Where its ids come from: two talks that share a session need two. */
  readonly seed?: string;
}

/** What one message led to, as the person sees it. */
export interface Heard extends Rendered {
  readonly effects: readonly Effect[];
  /** The bot said nothing, by rule. */
  readonly silent: boolean;
}

export class Talk {
  session: Session;
  now = Date.parse('2026-11-22T08:00:00Z');
  orders: Order[] = [];
  own: Msisdn[];
  around: Partial<Surroundings>;
  wallets: readonly OwnWallet[];
  /** What is otherwise than with a payer who is free to pay. */
  payerUse: Partial<PayerUse> = {};
  today: Partial<PurchaseUse['today']> = {};
  readonly shown: Heard[] = [];
  readonly #options: TalkOptions;
  #turns = 0;

  constructor(options: TalkOptions = {}) {
    this.#options = options;
    this.session = { ...newSession(options.language ?? 'en'), noticed: true };
    this.own = (options.own ?? ['254722002000']).map((one) => msisdn(one));
    this.around = options.around ?? {};
    this.wallets = options.wallets ?? [aWallet()];
  }

  get last(): Heard {
    return this.shown.at(-1) ?? { text: '', buttons: [], effects: [], silent: true };
  }

  say(text: string): Heard {
    return this.hear({ kind: 'text', text });
  }

  /** A button of the last message, or of any before it, by the end of its id's action or by its label. */
  tap(wanted: string): Heard {
    return this.hear({ kind: 'tap', data: this.button(wanted).id, on: null });
  }

  button(wanted: string): RenderedButton {
    const having = this.shown.flatMap(({ buttons }) => buttons).filter(({ id, label }) => id === wanted || label === wanted);
    const found = having.at(-1) ?? this.shown.flatMap(({ buttons }) => buttons).findLast(({ id }) => id.startsWith(wanted));
    if (found === undefined) throw new Error(`there was no button ${wanted}`);
    return found;
  }

  pass(minutes: number): void {
    this.now += minutes * 60_000;
  }

  hear(input: Input): Heard {
    const flows = this.#options.flows ?? [buyAirtime];
    this.#turns += 1;
    let parties = needsOf(this.session, flows).parties ?? null;
    let looked = this.session.draft?.flow === buySms.name;
    let sprint = converse(this.session, input, this.surroundings(parties, looked), flows);
    // As the runner does it: what the message itself is about is looked up before it is shown.
    if (!looked && sprint.effects.some(({ kind }) => kind === 'needs_wallets')) {
      looked = true;
      sprint = converse(this.session, input, this.surroundings(parties, looked), flows);
    }
    const bought = sprint.effects.some(({ kind }) => kind === 'place_order');
    const wanted = bought ? null : (needsOf(sprint.session, flows).parties ?? null);
    if (wanted !== null && (parties === null || !sameParties(wanted, parties))) {
      parties = wanted;
      sprint = converse(this.session, input, this.surroundings(parties, looked), flows);
    }
    return this.#keep(sprint);
  }

  surroundings(parties: Parties | null = null, looked = false): Surroundings {
    return {
      now: this.now,
      ids: idsFrom(`${this.#options.seed ?? 'talk'}/${this.#turns}`),
      knowledge: reference.knowledge,
      phrasebook: reference.phrasebook,
      business: BUSINESS,
      customerId: 'c1',
      conversationId: 'v1',
      own: this.own,
      orders: this.orders,
      use: parties === null ? null : this.#useOf(parties),
      stopped: [],
      unseen: false,
      salesStopped: null,
      airtimeOff: null,
      wallets: looked ? this.wallets : null,
      alertsStopped: false,
      asksWhatBecame: true,
      breakers: ALL_CLOSED,
      channel: { buttons: this.#options.buttons ?? true, asksOwnPhone: false, trusted: false },
      late: false,
      ...this.around,
    };
  }

  #useOf({ payer, recipient }: Parties): PurchaseUse {
    const nothing = { orders: 0, kes: kes(0) };
    const rang = { promptsLastHour: 0, promptsLastDay: 0, promptsByCustomerLastDay: 0 };
    const strangers = { newPayersLastHour: 0, newPayersLastDay: 0, strangersLastHour: 0 };
    const free = { stopped: false, ...rang, ...strangers, approvedBefore: false };
    return {
      payer: { payer, own: this.own.includes(payer), ...free, lastPrompts: [], live: null, ...this.payerUse },
      recipient,
      today: { person: nothing, payer: nothing, recipient: nothing, ...this.today },
    };
  }

  #keep(sprint: Sprint): Heard {
    // As the store does it: what cannot be written as JSON would be lost.
    this.session = JSON.parse(JSON.stringify(sprint.session)) as Session;
    for (const effect of sprint.effects) this.#apply(effect);
    const channel = { buttons: this.#options.buttons ?? true };
    const [reply] = sprint.replies;
    const rendered =
      reply === undefined ? { text: '', buttons: [] } : render(reply, this.session.language, reference.phrasebook, channel);
    const offered =
      reply === undefined ? [] : render(reply, this.session.language, reference.phrasebook, { buttons: true }).buttons;
    // Numbered or not, the ids that were given out are known to the test.
    const heard = { text: rendered.text, buttons: offered, effects: sprint.effects, silent: reply === undefined };
    this.shown.push(heard);
    return heard;
  }

  #apply(effect: Effect): void {
    if (effect.kind === 'place_order') {
      this.orders = [{ ...effect.order, state: 'awaiting_payment' }, ...this.orders];
    }
    if (effect.kind === 'order_word') {
      this.orders = this.orders.map((order) =>
        order.id === effect.orderId ? { ...order, state: nextState(order, effect.event) ?? order.state } : order,
      );
    }
  }
}
