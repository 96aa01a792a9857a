/** Owns the way from a change to whoever writes its kind. */

import { assertNever } from '../../lib/assert.ts';
import type { Instant } from '../../lib/clock.ts';
import { scrub } from '../../lib/log.ts';
import type { Change } from '../../ports/store.ts';
import type { BreakerRow } from './breaker.ts';
import type { Db } from './connection.ts';
import type { OutboxQueue } from './outbox-queue.ts';
import type { Settings } from './settings.ts';
import type { StopList } from './stop-list.ts';
import type { Timers } from './timers.ts';
import type { TurnScope } from './turn-scope.ts';
import type { DeskWriter } from './write-desk.ts';
import type { LedgerWriter } from './write-ledger.ts';
import { actorId, type OrdersWriter } from './write-orders.ts';
import type { PeopleWriter } from './write-people.ts';
import type { WalletsWriter } from './write-wallets.ts';

export interface Writers {
  readonly people: PeopleWriter;
  readonly merge: (change: Extract<Change, { kind: 'merge_customers' }>) => void;
  readonly orders: OrdersWriter;
  readonly ledger: LedgerWriter;
  readonly wallets: WalletsWriter;
  readonly outbox: OutboxQueue;
  readonly timers: Timers;
  readonly breaker: BreakerRow;
  readonly stopList: StopList;
  readonly settings: Settings;
  readonly desk: DeskWriter;
}

/** Throws when the change breaks a rule; its turn is then undone. */
export function changeApplier(db: Db, writers: Writers): (change: Change, scope: TurnScope) => void {
  const { people, merge, orders, ledger, wallets, outbox, timers, breaker, stopList, settings, desk } = writers;
  const audit = db.prepare<[string, string | null, string, string, string, Instant]>(
    'INSERT INTO audit (actor, actor_id, what, subject, detail, at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  return (change, scope) => {
    switch (change.kind) {
      case 'welcome':
        return people.welcome(change, scope);
      case 'remember':
        return people.remember(change, scope);
      case 'reachable':
        return people.reachable(change, scope);
      case 'claim_phone':
        return people.claimPhone(change, scope);
      case 'merge_customers':
        return merge(change);
      case 'consent':
        return people.consent(change, scope);
      case 'heard':
        return people.heard(change, scope);
      case 'open_order':
        return orders.open(change, scope);
      case 'advance_order':
        return orders.advance(change, scope);
      case 'call':
        return orders.call(change, scope);
      case 'call_state':
        return orders.callState(change, scope);
      case 'set_breaker':
        return breaker.put(change.breaker, scope.at);
      case 'stop_prompts':
        return stopList.put(change.phone, change.stopped, scope.at);
      case 'keep_raw':
        return orders.keepRaw(change, scope);
      case 'post':
        return ledger.post(change, scope);
      case 'open_wallet':
        return wallets.open(change, scope);
      case 'wallet_moved':
        return wallets.moved(change, scope);
      case 'answer_request':
        return wallets.answer(change, scope);
      case 'sms_purchase':
        return wallets.purchase(change, scope);
      case 'set_price':
        return wallets.price(change, scope);
      case 'say':
        return outbox.say(change, scope);
      case 'retire_buttons':
        return outbox.retireButtons(change, scope);
      case 'set_timer':
        return timers.set(change.key, change.dueAt, change.timer);
      case 'clear_timer':
        return timers.clear(change.key);
      case 'audit': {
        const { actor, what, subject, detail } = change;
        return void audit.run(actor.kind, actorId(actor), what, subject, scrub(detail), scope.at);
      }
      case 'switch_sales':
        return settings.switchSales(change.stopped, scope.at);
      case 'put_away':
        return desk.putAway(change, scope);
      case 'answer_console':
        return desk.answer(change, scope);
      case 'invite_operator':
        return desk.invite(change, scope);
      case 'join_operator':
        return desk.join(change, scope);
      case 'remove_operator':
        return desk.remove(change, scope);
      case 'wrong_code':
        return desk.wrongCode(change, scope);
      default:
        return assertNever(change);
    }
  };
}
