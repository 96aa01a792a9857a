/** Owns the planted bugs that touch money: calls, orders, evidence, limits. */

import type { AirtimeProvider, AirtimePurchase, PurchaseReport } from '../ports/airtime-provider.ts';
import type { Change, Store, TurnEvent } from '../ports/store.ts';
import type { Mutant } from './mutant.ts';
import { knowing, turning } from './planting.ts';

type Step = Extract<Change, { kind: 'advance_order' }>;

/** The provider whose purchases are asked for otherwise. */
const buying = (ask: (purchase: AirtimePurchase, buy: AirtimeProvider['buy']) => Promise<PurchaseReport>) => ({
  airtime: (airtime: AirtimeProvider): AirtimeProvider => ({
    ...airtime,
    buy: (purchase) => ask(purchase, (asked) => airtime.buy(asked)),
  }),
});

/** A turn of this kind takes another step than it should; its news must not give that away. */
const stepping = (
  kind: TurnEvent['kind'],
  event: Step['event'],
  other: Partial<Step>,
  more: (step: Step) => readonly Change[],
) => ({
  store: turning((turn) => {
    const step = turn.changes.find((change) => change.kind === 'advance_order' && change.event === event) as Step | undefined;
    if (turn.event.kind !== kind || step === undefined) return turn;
    const rest = turn.changes.filter((change) => change.kind !== 'say');
    const changes = rest.map((change) => (change === step ? { ...step, ...other, set: { ...step.set, ...other.set } } : change));
    return { ...turn, changes: [...changes, ...more(step)] };
  }),
});

/** As if provably nothing had been sent. */
const calledAnew = (kind: TurnEvent['kind'], event: Step['event']) =>
  stepping(kind, event, { event: 'answer_not_sent', to: 'confirmed', set: { triesNotSent: 1 } }, ({ orderId }) => [
    { kind: 'call', orderId, purpose: 'buy_airtime', dueAt: 0 },
  ]);

/** The request goes out as soon as the call is claimed; the commit of its start follows. */
function calledBeforeCommit(): Partial<ReturnType<Mutant['make']>> {
  let provider: AirtimeProvider | null = null;
  const early = new Map<string, Promise<PurchaseReport>>();
  return {
    airtime(airtime) {
      provider = airtime;
      return { ...airtime, buy: (purchase) => early.get(purchase.reference) ?? airtime.buy(purchase) };
    },
    store: (store: Store): Store => ({
      ...store,
      async claimOutbox(kind, ...rest) {
        const items = await store.claimOutbox(kind, ...rest);
        for (const { work } of items)
          if (work.kind === 'call' && work.order.kind === 'airtime' && provider !== null)
            early.set(work.order.reference, provider.buy(work.order));
        return items;
      },
    }),
  };
}

/** Whatever names one of our orders is believed, without a look at amount and number. */
function anyWebhookBelieved(): Partial<ReturnType<Mutant['make']>> {
  const asked = new Map<string, AirtimePurchase>();
  return {
    airtime: (airtime) => ({
      ...airtime,
      buy(purchase) {
        asked.set(purchase.reference, purchase);
        return airtime.buy(purchase);
      },
      async parseWebhook(raw, type) {
        const reading = await airtime.parseWebhook(raw, type);
        const order = reading.kind === 'read' ? asked.get(reading.note ?? '') : undefined;
        if (reading.kind !== 'read' || order === undefined) return reading;
        return { ...reading, amountKes: order.amountKes, mobile: order.recipient };
      },
    }),
  };
}

export const MONEY_MUTANTS: readonly Mutant[] = [
  {
    name: 'blind-retry',
    what: 'a purchase without an answer is asked for once more at once',
    make: () =>
      buying(async (purchase, buy) => {
        const report = await buy(purchase);
        return report.answer.kind === 'unknown' ? buy(purchase) : report;
      }),
  },
  {
    name: 'retry-of-unknown',
    what: 'an order whose outcome is unknown is called again later',
    make: () => calledAnew('call_answered', 'answer_unknown'),
  },
  {
    name: 'resubmit-at-start-up',
    what: 'calls that were out when the process died are made again',
    make: () => calledAnew('call_interrupted', 'call_interrupted'),
  },
  {
    name: 'call-before-commit',
    what: 'the request leaves before the start of its call is committed',
    make: calledBeforeCommit,
  },
  {
    name: 'swapped-payer',
    what: 'payer and recipient change places in the request',
    make: () => buying((purchase, buy) => buy({ ...purchase, payer: purchase.recipient, recipient: purchase.payer })),
  },
  {
    name: 'float-money',
    what: 'the amount goes through a fraction and comes back not quite the same',
    make: () =>
      buying((purchase, buy) => buy({ ...purchase, amountKes: ((purchase.amountKes * 1.1) / 1.1) as typeof purchase.amountKes })),
  },
  {
    name: 'delivered-on-accepted',
    what: 'code 0000 is taken for delivery',
    make: () => stepping('call_answered', 'answer_accepted', { event: 'webhook_positive', to: 'delivered' }, () => []),
  },
  {
    name: 'failed-by-the-clock',
    what: 'ten minutes of silence end an order as cancelled',
    make: () => stepping('timer', 'silence', { event: 'webhook_cancelled', to: 'cancelled' }, () => []),
  },
  {
    name: 'any-webhook-believed',
    what: 'a webhook with another amount or number moves the order that it names',
    make: anyWebhookBelieved,
  },
  {
    name: 'lost-webhook',
    what: 'a webhook is taken, and changes nothing',
    make: () => ({ store: turning((turn) => (turn.event.kind === 'webhook' ? { ...turn, changes: [] } : turn)) }),
  },
  {
    name: 'lost-timer',
    what: 'the timer that watches over the silence of an order is not set',
    make: () => ({
      store: turning((turn) => ({
        ...turn,
        changes: turn.changes.filter((change) => change.kind !== 'set_timer' || change.timer.kind !== 'order_silence'),
      })),
    }),
  },
  {
    name: 'second-live-prompt',
    what: 'a payer whose phone rings is prompted again',
    make: () => ({
      store: (store) =>
        turning((turn) => ({
          ...turn,
          changes: turn.changes.map((change) =>
            change.kind === 'advance_order' && change.set.promptLiveUntil != null
              ? { ...change, set: { ...change.set, promptLiveUntil: null } }
              : change,
          ),
        }))(
          knowing(({ use, ...known }) => ({
            ...known,
            use: use === null ? null : { ...use, payer: { ...use.payer, live: null } },
          }))(store),
        ),
    }),
  },
  {
    name: 'limits-ignored',
    what: 'a phone may be made to ring as often as anybody likes',
    make: () => ({
      store: knowing(({ use, ...known }) => ({
        ...known,
        use:
          use === null
            ? null
            : {
                ...use,
                payer: { ...use.payer, promptsLastHour: 0, promptsLastDay: 0, promptsByCustomerLastDay: 0, lastPrompts: [] },
              },
      })),
    }),
  },
  {
    name: 'stop-ignored',
    what: 'orders are taken although the operator has stopped sales',
    make: () => ({ store: knowing((known) => ({ ...known, salesStopped: null })) }),
  },
  {
    name: 'sale-not-posted',
    what: 'an order becomes delivered and nothing stands in the ledger',
    make: () => ({
      store: turning((turn) => ({ ...turn, changes: turn.changes.filter(({ kind }) => kind !== 'post') })),
    }),
  },
];
