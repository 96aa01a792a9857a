/**
 * Owns what a balance that was read from another server changes: the figure that is kept, when it is read again, the thresholds that it
 * crosses, and what those are told who asked for it.
 */

import { balanceAway, balanceNow } from '../conversation/sms-balance.ts';
import { looked, nextLook, nextLookForNone, spentBy, UNWATCHED } from '../domain/balance-watch.ts';
import type { Buyer } from '../domain/tariff.ts';
import { walletKey } from '../domain/wallet-owner.ts';
import type { Instant } from '../lib/clock.ts';
import { idsFrom } from '../lib/ids.ts';
import { walletCounted, type Counted } from '../ports/counted.ts';
import type { Asker, Asking, BalanceEvent, RemoteBalance } from '../ports/remote-balance.ts';
import type { Change, Known, Turn, TurnEvent } from '../ports/store.ts';
import { balanceMoved, type Told } from './alert-changes.ts';
import type { Rules } from './decide.ts';
import { interject } from './order-changes.ts';
import { restsOn } from './rests-on.ts';

type Event = TurnEvent & BalanceEvent;

export function decideBalanceRead(known: Known, event: Event, rules: Rules): Turn {
  const remote = known.remote ?? { balance: NEVER_READ, askers: [] };
  // Read twice at once: the first answer was taken.
  if (event.looks !== null && remote.balance.looks !== event.looks) return { event, read: {}, touched: [], changes: [] };
  const { owner, reading, at } = event;
  const before = remote.balance;
  const units = reading.kind === 'read' ? reading.smsBalance : null;
  const watch = reading.kind === 'no_wallet' ? UNWATCHED : looked(before.watch, units, at);
  const balance: RemoteBalance = {
    ...before,
    watch,
    spent: spentBy(before.spent, before.watch.latest, watch.latest, at),
    ...(reading.kind === 'read' ? { changedAt: reading.changedAt } : {}),
    ...(reading.kind === 'unknown' ? {} : { milliKes: reading.milliKes ?? before.milliKes, toldAt: at }),
  };
  const thresholds = known.wallet?.thresholds ?? [];
  const highest = thresholds.length === 0 ? null : Math.max(...thresholds.map((threshold) => threshold.units));
  const dueAt = reading.kind === 'no_wallet' ? nextLookForNone(highest, at) : nextLook(watch, highest, at);
  const told: Told =
    units === null || known.wallet === null || known.wallet.wallet === null
      ? { changes: [], rests: [] }
      : balanceMoved(known.wallet, units, 0, { event, rules });
  const answers = remote.askers.map((asker) => answered(asker, balance, event));
  const rests: Counted[] = [walletCounted(owner), ...told.rests, ...answers.flatMap((answer) => answer.rests)];
  return {
    event,
    read: restsOn(known, rests),
    touched: [],
    changes: [
      ...opened(known, event, rules),
      ...(known.remote === null ? [wantBalance(owner, at)] : []),
      { kind: 'note_balance', owner, balance, dueAt },
      ...told.changes,
      ...answers.flatMap((answer) => answer.changes),
    ],
  };
}

export function wantBalance(owner: Buyer, dueAt: Instant, asking: Asking | null = null): Change {
  return { kind: 'want_balance', owner, dueAt, asking };
}

/** Of whom nobody ever wanted to know. */
const NEVER_READ: RemoteBalance = {
  watch: UNWATCHED,
  milliKes: null,
  changedAt: null,
  toldAt: null,
  spent: { units: 0, since: null },
  looks: 0,
  asked: [],
};

/** Thresholds hang on a wallet of ours, which is opened when the other server first tells of it. */
function opened({ wallet }: Known, { id, owner, reading }: Event, { salt }: Rules): Change[] {
  if (reading.kind !== 'read' || wallet === null || wallet.wallet !== null) return [];
  return [{ kind: 'open_wallet', wallet: { id: idsFrom(`${salt}/${id}`).id('w'), owner } }];
}

/** The purchase that waits for the price is a turn of its own, because it looks at more than the balance: one for each look. */
function goesOn(conversationId: string, { looks }: RemoteBalance, { owner, at }: Event): Change {
  const key = `price:${conversationId}:${walletKey(owner)}.${looks}`;
  return { kind: 'set_timer', key, dueAt: at, timer: { kind: 'price_told', conversationId } };
}

function answered({ conversation, wallet, several, wants }: Asker, balance: RemoteBalance, event: Event): Told {
  const { reading, at } = event;
  if (wants === 'price') return { changes: [goesOn(conversation.id, balance, event)], rests: [] };
  if (wallet === null || conversation.blockedAt !== null) return { changes: [], rests: [] };
  const parts =
    reading.kind === 'unknown'
      ? balanceAway(wallet, several)
      : balanceNow(figured(wallet, balance, reading.kind === 'read' ? reading.smsBalance : null, at), several);
  const said = interject(conversation, { parts, choices: [] }, { orderId: null, at, simulated: false });
  return {
    changes: [{ kind: 'remember', conversationId: conversation.id, session: said.session }, ...said.changes],
    rests: [`conversation:${conversation.id}`],
  };
}

/** As it is now. `units` null: there is no such wallet. */
function figured(
  wallet: NonNullable<Asker['wallet']>,
  { milliKes, changedAt }: RemoteBalance,
  units: number | null,
  at: Instant,
): NonNullable<Asker['wallet']> {
  const open = { id: wallet.open?.id ?? '', version: wallet.open?.version ?? 0, changedAt: changedAt ?? at };
  const price = milliKes === null ? wallet.price : ({ milliKes, source: 'platform' } as const);
  const balances = { smsHundredths: (units ?? 0) * 100, milliKes: 0 };
  return { ...wallet, open: units === null ? null : open, price, balances, readAt: at };
}
