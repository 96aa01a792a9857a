/**
 * Owns the part of a person's copy that is about SMS: their wallets, by what these are theirs, what is in them, below how many somebody is
 * told, and what they themselves were told. Addresses of others that a program named are not theirs, and only counted.
 */

import { SAME_PERSON_MS } from '../../domain/claim.ts';
import { numberOf } from '../../domain/wallet-owner.ts';
import type { Msisdn } from '../../domain/msisdn.ts';
import type { Db } from './connection.ts';
import { timeInNairobi } from './personal-time.ts';
import { appColumn } from './app-column.ts';
import { walletsReader } from './read-wallets.ts';
import { walletOwnersOf } from './wallet-owners.ts';

export interface PersonalWallets {
  readonly wallets: readonly object[];
  /** What this person was told of low SMS, also of wallets of others. */
  readonly alerts: readonly object[];
  /** When they said that they want no alerts; null: they did not. */
  readonly alertsStopped: string | null;
}

interface ThresholdRow {
  readonly belowSms: number;
  readonly setBy: string;
  readonly alertType: string;
  readonly method: string;
  readonly message: string | null;
  readonly recipients: string;
}

/** `own`: the numbers that are verified as theirs now. */
export function personalWalletsReader(db: Db): (customerId: string, own: readonly Msisdn[]) => PersonalWallets {
  const owners = walletOwnersOf(db, walletsReader(db));
  const link = db.prepare<[string, string], object>(
    `SELECT linked_by AS linkedBy, ${timeInNairobi('linked_at')} AS linkedAt FROM wallet_link WHERE app_id = ? AND user_id = ?`,
  );
  const thresholds = db.prepare<[string], ThresholdRow>(
    `SELECT units AS belowSms, created_by AS setBy, ${timeInNairobi('set_at')} AS setAt, alert_type AS alertType, method, message,
            ${timeInNairobi('alerted_at')} AS lastTold, recipients
     FROM threshold WHERE wallet_id = ? ORDER BY units DESC, created_by`,
  );
  // A number goes from one person to another: what came to it is whose it was then. Nobody tells us when that happens, so what was about
  // another's wallet counts only as long as they had shown that the number is theirs, or not much longer where nobody else has since.
  const told = db.prepare<[string, string, string], object>(
    `SELECT ${timeInNairobi('s.at')} AS at, s.way, s.state, w.user_id AS wallet, a.facts ->> '$.balance' AS smsLeft,
            a.facts ->> '$.threshold' AS belowSms, iif(s.own = 1 OR coalesce(a.facts ->> '$.othersMayRead', 1), a.facts ->> '$.message', NULL) AS message
     FROM alert_send s JOIN alert a ON a.id = s.alert_id JOIN wallet w ON w.id = a.wallet_id
     WHERE s.state <> 'spare' AND ((s.way = 'chat' AND s.address IN (SELECT channel || ':' || chat FROM conversation WHERE customer_id = ?))
       OR (s.way = 'sms' AND EXISTS (
         SELECT 1 FROM phone p JOIN phone_claim c ON c.phone_id = p.id
         WHERE p.msisdn = s.address AND c.customer_id = ? AND c.claimed_at <= s.at AND (c.ended_at IS NULL OR s.at < c.ended_at)
           AND (s.own = 1 OR s.at <= c.verified_at + iif(c.ended_at IS NULL, ${SAME_PERSON_MS}, 0))))
       OR (s.way = 'email' AND s.own = 1 AND a.wallet_id IN (SELECT value FROM json_each(?))))
     ORDER BY s.id`,
  );
  const stopped = db
    .prepare<[string], string | null>(`SELECT ${timeInNairobi('max(alerts_stopped_at)')} FROM conversation WHERE customer_id = ?`)
    .pluck();

  return (customerId, own) => {
    const mine = owners.of(customerId, own).filter(({ open, by }) => open !== null || by === 'link');
    const ids = mine.flatMap(({ open }) => (open === null ? [] : [open.id]));
    return {
      wallets: mine.map(({ owner, by, open, balances, price }) => ({
        userId: owner.userId,
        appId: owner.appId,
        theirsBy: by === 'number' ? `number ${numberOf(owner) ?? ''}` : by,
        ...link.get(appColumn(owner.appId), owner.userId),
        sms: balances.smsHundredths / 100,
        kesLeftOver: balances.milliKes / 1_000,
        pricePerSmsKes: price.milliKes / 1_000,
        alertThresholds: open === null ? [] : thresholds.all(open.id).map(withoutOthers),
      })),
      alerts: told.all(customerId, customerId, JSON.stringify(ids)),
      alertsStopped: stopped.get(customerId) ?? null,
    };
  };
}

function withoutOthers({ recipients, ...threshold }: ThresholdRow): object {
  const lists = Object.values(JSON.parse(recipients) as Record<string, readonly string[] | null>);
  return { ...threshold, namedRecipients: lists.reduce((count, list) => count + (list?.length ?? 0), 0) };
}
