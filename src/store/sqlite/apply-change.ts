/** Owns the way from a change to whoever writes its kind. */

import type { Instant } from '../../lib/clock.ts';
import { scrub } from '../../lib/log.ts';
import type { Change } from '../../ports/store.ts';
import type { BreakerRow } from './breaker.ts';
import type { Db } from './connection.ts';
import type { OutboxQueue } from './outbox-queue.ts';
import type { Receipts } from './receipts.ts';
import type { RemoteBalances } from './remote-balances.ts';
import type { Settings } from './settings.ts';
import type { StopList } from './stop-list.ts';
import type { Timers } from './timers.ts';
import type { TurnScope } from './turn-scope.ts';
import type { DeskWriter } from './write-desk.ts';
import type { LedgerWriter } from './write-ledger.ts';
import { actorId, type OrdersWriter } from './write-orders.ts';
import type { PeopleWriter } from './write-people.ts';
import type { ThresholdsWriter } from './write-thresholds.ts';
import type { WalletLinks } from './wallet-owners.ts';
import type { WalletsWriter } from './write-wallets.ts';

export interface Writers {
  readonly people: PeopleWriter;
  readonly merge: (change: Extract<Change, { kind: 'merge_customers' }>) => void;
  readonly erase: (change: Extract<Change, { kind: 'erase_customer' }>, scope: TurnScope) => void;
  readonly orders: OrdersWriter;
  readonly ledger: LedgerWriter;
  readonly wallets: WalletsWriter;
  readonly receipts: Pick<Receipts, 'keep'>;
  readonly thresholds: ThresholdsWriter;
  readonly walletLinks: WalletLinks;
  readonly balances: RemoteBalances;
  readonly outbox: OutboxQueue;
  readonly timers: Timers;
  readonly breaker: BreakerRow;
  readonly stopList: StopList;
  readonly settings: Settings;
  readonly desk: DeskWriter;
}

type Appliers = {
  readonly [Kind in Change['kind']]: (change: Extract<Change, { kind: Kind }>, scope: TurnScope) => void;
};

/** Throws when the change breaks a rule; its turn is then undone. */
export function changeApplier(db: Db, writers: Writers): (change: Change, scope: TurnScope) => void {
  const {
    people,
    merge,
    erase,
    orders,
    ledger,
    wallets,
    receipts,
    walletLinks,
    balances,
    thresholds,
    outbox,
    timers,
    breaker,
    stopList,
    settings,
    desk,
  } = writers;
  const audit = db.prepare<[string, string | null, string, string, string, Instant]>(
    'INSERT INTO audit (actor, actor_id, what, subject, detail, at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const appliers: Appliers = {
    welcome: people.welcome,
    remember: people.remember,
    reachable: people.reachable,
    claim_phone: people.claimPhone,
    merge_customers: merge,
    erase_customer: erase,
    consent: people.consent,
    heard: people.heard,
    open_order: orders.open,
    advance_order: orders.advance,
    call: orders.call,
    call_state: orders.callState,
    set_breaker: ({ upstream, breaker: next }, { at }) => breaker.put(upstream, next, at),
    stop_prompts: ({ phone, stopped }, { at }) => stopList.put(phone, stopped, at),
    stop_mails: ({ address, stopped }, { at }) => stopList.putMail(address, stopped, at),
    keep_raw: orders.keepRaw,
    post: ledger.post,
    open_wallet: wallets.open,
    answer_request: wallets.answer,
    sms_purchase: wallets.purchase,
    keep_receipt: receipts.keep,
    want_balance: balances.want,
    note_balance: balances.note,
    link_wallet: walletLinks.link,
    unlink_wallet: walletLinks.unlink,
    set_price: wallets.price,
    set_threshold: thresholds.set,
    remove_threshold: thresholds.remove,
    mark_threshold: thresholds.mark,
    raise_alert: thresholds.raise,
    try_send: thresholds.trySend,
    stop_alerts: thresholds.stopAlerts,
    notify: outbox.notify,
    say: outbox.say,
    retire_buttons: outbox.retireButtons,
    set_timer: ({ key, dueAt, timer }) => timers.set(key, dueAt, timer),
    clear_timer: ({ key }) => timers.clear(key),
    audit: ({ actor, what, subject, detail }, { at }) =>
      void audit.run(actor.kind, actorId(actor), what, subject, scrub(detail), at),
    switch_sales: ({ stopped }, { at }) => settings.switchSales(stopped, at),
    put_away: desk.putAway,
    answer_console: desk.answer,
    invite_operator: desk.invite,
    join_operator: desk.join,
    remove_operator: desk.remove,
    wrong_code: desk.wrongCode,
  };
  return (change, scope) => (appliers[change.kind] as (change: Change, scope: TurnScope) => void)(change, scope);
}
