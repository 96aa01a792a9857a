/** Owns the planted bugs of SMS: payments and what is believed of them, wallets, prices, alerts. */

import { priceFor } from '../domain/tariff.ts';
import type { PaymentProvider } from '../ports/payment-provider.ts';
import type { Change, Store, Turn, TurnEvent } from '../ports/store.ts';
import type { Mutant } from './mutant.ts';
import { knowing, turning } from './planting.ts';

/** Turns whose changes are written otherwise than they were decided. */
const changing = (rewrite: (change: Change, turn: Turn) => readonly Change[]) => ({
  store: turning((turn) => ({ ...turn, changes: turn.changes.flatMap((change) => rewrite(change, turn)) })),
});

const without = (drops: (change: Change, turn: Turn) => boolean) =>
  changing((change, turn) => (drops(change, turn) ? [] : [change]));

const asking = (rewrite: (payments: PaymentProvider) => Partial<PaymentProvider>) => ({
  payments: (payments: PaymentProvider): PaymentProvider => ({ ...payments, ...rewrite(payments) }),
});

/** What a callback said is taken for the provider's own answer. */
function callbackBelieved(): Partial<ReturnType<Mutant['make']>> {
  const said = new Map<string, string>();
  return asking((payments) => ({
    parseCallback(raw) {
      const reading = payments.parseCallback(raw);
      if (reading.kind === 'read') said.set(reading.upstreamReference, reading.code);
      return reading;
    },
    status: (reference) =>
      said.get(reference) === '0'
        ? Promise.resolve({ answer: { kind: 'paid', code: '0' }, raw: null })
        : payments.status(reference),
  }));
}

/** Whose payment a callback names is not looked at: the order is the one in its address. */
function holderOverlooked(store: Store): Store {
  const notRead = (event: TurnEvent): TurnEvent =>
    event.kind === 'payment_callback' ? { ...event, reading: { kind: 'unreadable', why: 'not looked at' } } : event;
  return {
    ...store,
    async load(events, needs) {
      const known = await store.load(events, needs);
      const byAddress = await store.load(events.map(notRead), needs);
      return known.map((one, at) => {
        const other = byAddress[at];
        if (other === undefined || events[at]?.kind !== 'payment_callback') return one;
        return { ...other, versions: { ...one.versions, ...other.versions } };
      });
    },
  };
}

/** Each request under a key of its own, however often it is the same. */
function keyIgnored(): Partial<ReturnType<Mutant['make']>> {
  let asked = 0;
  return {
    desk: (desk) => ({
      ...desk,
      ask: (owner, key, ...rest) => {
        asked += 1;
        return desk.ask(owner, `${key}.${asked}`, ...rest);
      },
    }),
  };
}

export const SMS_MUTANTS: readonly Mutant[] = [
  {
    name: 'callback-believed',
    what: 'a callback that says "paid" is believed, and nobody is asked',
    make: callbackBelieved,
  },
  {
    name: 'callback-of-another',
    what: 'a callback that names the payment of another order counts for the order in its address',
    make: () => ({ store: holderOverlooked }),
  },
  {
    name: 'payment-asked-again',
    what: 'a payment without an answer is asked for once more at once',
    make: () =>
      asking((payments) => ({
        async request(payment) {
          const report = await payments.request(payment);
          return report.answer.kind === 'unknown' ? payments.request(payment) : report;
        },
      })),
  },
  {
    name: 'pending-is-not-paid',
    what: 'that a payer has not decided yet is taken for a no',
    make: () =>
      asking((payments) => ({
        async status(reference) {
          const report = await payments.status(reference);
          const no = { kind: 'not_paid', code: '1032', reason: 'cancelled', message: '' } as const;
          return report.answer.kind === 'pending' ? { ...report, answer: no } : report;
        },
      })),
  },
  {
    name: 'paid-and-forgotten',
    what: 'a payment is noted, and its SMS are left for later',
    make: () =>
      without(
        (change, { event }) =>
          event.kind === 'call_answered' &&
          ((change.kind === 'advance_order' && change.event === 'wallet_filled') ||
            ['post', 'wallet_moved', 'sms_purchase', 'open_wallet'].includes(change.kind)),
      ),
  },
  {
    name: 'filled-twice',
    what: 'a delivery fills its wallet a second time, under another key',
    make: () =>
      changing((change) =>
        change.kind === 'post' && change.journal.kind === 'top_up' && change.journal.orderId !== null
          ? [change, { ...change, journal: { ...change.journal, key: `${change.journal.key}/again`, orderId: null } }]
          : [change],
      ),
  },
  {
    name: 'price-of-today',
    what: 'SMS are delivered at the price of the day, and not at the one that was promised',
    make: () => ({
      store: knowing((known) => {
        const { order, wallet } = known;
        if (order?.kind !== 'sms' || wallet === null) return known;
        return { ...known, order: { ...order, price: priceFor(wallet.prices, order.wallet) } };
      }),
    }),
  },
  {
    name: 'debit-key-ignored',
    what: 'a debit that is asked for again is taken again',
    make: keyIgnored,
  },
  {
    name: 'debit-below-zero',
    what: 'a debit does not look at what is there',
    make: () => ({
      store: knowing((known, { kind }) =>
        kind !== 'wallet' || known.wallet === null
          ? known
          : { ...known, wallet: { ...known.wallet, balances: { ...known.wallet.balances, smsHundredths: 100_000_000 } } },
      ),
    }),
  },
  {
    name: 'alert-told-again',
    what: 'a threshold stays armed when it was crossed, so every debit tells of it',
    make: () => changing((change) => [change.kind === 'mark_threshold' && !change.armed ? { ...change, armed: true } : change]),
  },
  {
    name: 'threshold-never-armed-again',
    what: 'a threshold that was told once is never told again',
    make: () => without((change) => change.kind === 'mark_threshold' && change.armed),
  },
  {
    name: 'crossing-missed',
    what: 'a debit that crosses a threshold tells nobody',
    make: () =>
      without(
        ({ kind }, { event }) => event.kind === 'wallet' && ['raise_alert', 'notify', 'say', 'mark_threshold'].includes(kind),
      ),
  },
  {
    name: 'reminder-forgotten',
    what: 'while a balance stays low nobody looks at it again',
    make: () => without((change) => change.kind === 'set_timer' && change.timer.kind === 'threshold_due'),
  },
  {
    name: 'notice-sent-again',
    what: 'an SMS or e-mail that may have gone out is sent once more',
    make: () => ({
      notifiers: (notifiers) =>
        new Map(
          [...notifiers].map(([kind, notifier]) => [
            kind,
            {
              ...notifier,
              async send(message) {
                const result = await notifier.send(message);
                return result.kind === 'unknown' ? { kind: 'retry', why: result.why, afterMs: null } : result;
              },
            },
          ]),
        ),
    }),
  },
];
