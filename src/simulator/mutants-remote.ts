/** Owns the planted bugs of SMS whose wallet another server keeps: when they are asked for, how often, and what is believed. */

import { isPaid, type SmsOrder } from '../domain/order.ts';
import type { TopUpReport, WalletServer } from '../ports/wallet-server.ts';
import type { Store, Turn } from '../ports/store.ts';
import type { Mutant } from './mutant.ts';
import { turning } from './planting.ts';

const asking = (rewrite: (topUp: WalletServer['topUp']) => WalletServer['topUp']) => ({
  remoteWallets: (wallets: WalletServer): WalletServer => ({ ...wallets, topUp: rewrite((paid) => wallets.topUp(paid)) }),
});

const takenForAdded = ({ answer, raw }: TopUpReport, units: number): TopUpReport =>
  answer.kind === 'unknown'
    ? { answer: { kind: 'added', smsAdded: units, smsBalance: units, milliKes: 800 }, raw }
    : { answer, raw };

/** The server is asked in the turn that makes an order paid, before that turn is written down. */
function deliveredTooEarly(): ReturnType<Mutant['make']> {
  let server: WalletServer | null = null;
  const orders = new Map<string, SmsOrder>();
  const early = async ({ changes }: Turn): Promise<void> => {
    for (const change of changes) {
      const order = change.kind === 'call' && change.purpose === 'deliver_sms' ? orders.get(change.orderId) : undefined;
      if (order === undefined || isPaid(order)) continue;
      const { reference, wallet: owner, amountKes, createdAt: orderedAt } = order;
      await server?.topUp({ reference, owner, amountKes, paymentMethod: 'mpesa', paymentReference: reference, orderedAt });
    }
  };
  return {
    remoteWallets: (wallets) => (server = wallets),
    store: (store): Store => ({
      ...store,
      async load(events, parties) {
        const known = await store.load(events, parties);
        for (const { order } of known) if (order?.kind === 'sms') orders.set(order.id, order);
        return known;
      },
      async commit(turns) {
        for (const turn of turns) await early(turn);
        return store.commit(turns);
      },
    }),
  };
}

export const REMOTE_MUTANTS: readonly Mutant[] = [
  {
    name: 'delivery-repeated',
    what: 'a delivery without an answer is asked for once more',
    make: () =>
      asking((topUp) => async (paid) => {
        const report = await topUp(paid);
        return report.answer.kind === 'unknown' ? topUp(paid) : report;
      }),
  },
  {
    name: 'delivery-believed',
    what: 'a delivery without an answer is taken for done, and for no fewer than were promised',
    make: () => asking((topUp) => async (paid) => takenForAdded(await topUp(paid), paid.amountKes * 100)),
  },
  {
    name: 'delivery-too-early',
    what: 'SMS are asked for before it is written down that they are paid',
    make: deliveredTooEarly,
  },
  {
    name: 'delivery-forgotten',
    what: 'a delivery that provably was not sent is not asked for again',
    make: () => ({
      store: turning((turn) => {
        const { event, changes } = turn;
        if (event.kind !== 'call_answered' || event.purpose !== 'deliver_sms') return turn;
        return { ...turn, changes: changes.filter(({ kind }) => kind !== 'call') };
      }),
    }),
  },
];
