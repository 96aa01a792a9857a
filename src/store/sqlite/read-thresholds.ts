/** Owns the reading of thresholds and alerts, and of whom an alert of a wallet could reach. */

import {
  addressKey,
  type AlertAddress,
  type AlertFacts,
  type AlertType,
  type AlertWay,
  type Recipients,
} from '../../domain/alert.ts';
import { walletAccount, HUNDREDTHS_PER_SMS } from '../../domain/ledger.ts';
import type { Msisdn } from '../../domain/msisdn.ts';
import type { Buyer } from '../../domain/tariff.ts';
import type { RecentUse } from '../../domain/threshold.ts';
import { numberOf, type OwnWallet } from '../../domain/wallet-owner.ts';
import type { Instant } from '../../lib/clock.ts';
import type { AlertChat, Alerting, AlertSend, KnownAlert, Reach, SendState, SetThreshold } from '../../ports/alert.ts';
import type { Wallet } from '../../ports/wallet.ts';
import type { Db } from './connection.ts';
import { NO_APP } from './app-column.ts';
import { noticesReader } from './notices-to-others.ts';
import { UnreadableSession, type PeopleReader } from './read-people.ts';
import type { alert, alertSend, threshold } from './schema-wallets.ts';
import type { StopList } from './stop-list.ts';
import { toldReader } from './told-addresses.ts';
import type { WalletOwners } from './wallet-owners.ts';
import { DAY_MS } from '../../lib/durations.ts';

type ThresholdRow = typeof threshold.$inferSelect;
type AlertRow = Pick<typeof alert.$inferSelect, 'id' | 'wallet_id' | 'facts' | 'language'>;
type SendRow = Pick<typeof alertSend.$inferSelect, 'n' | 'way' | 'address' | 'own' | 'state'>;

const USE_MS = 14 * DAY_MS;
/** The pace of so many of the last uses is the pace: more are not read. */
const USES_READ = 300;
/** Of a person's chats; whoever has more is told in one of these. */
const CHATS_READ = 4;

export interface ThresholdsReader {
  of(walletId: string): readonly SetThreshold[];
  ownerByThreshold(thresholdId: string): Buyer | null;
  alerting(wallet: Wallet, recipients: readonly Recipients[], now: Instant): Alerting;
  alert(id: string, now: Instant): KnownAlert | null;
  reach(owner: Buyer, recipients: Recipients): Reach;
  /** A person who said that they want no alerts. */
  wantsNone(customerId: string): boolean;
}

export interface ThresholdParts {
  readonly people: PeopleReader;
  readonly stopList: StopList;
  readonly owners: Pick<WalletOwners, 'customerOf' | 'of'>;
}

export function thresholdsReader(db: Db, { people, stopList, owners }: ThresholdParts): ThresholdsReader {
  const ofWallet = db.prepare<[string], ThresholdRow>('SELECT * FROM threshold WHERE wallet_id = ? ORDER BY created_by');
  const ownerOf = db.prepare<[string], { app_id: string; user_id: string }>(
    'SELECT w.app_id, w.user_id FROM threshold t JOIN wallet w ON w.id = t.wallet_id WHERE t.id = ?',
  );
  const alertById = db.prepare<[string], AlertRow>('SELECT id, wallet_id, facts, language FROM alert WHERE id = ?');
  const sendsOf = db.prepare<[string], SendRow>(
    'SELECT n, way, address, own, state FROM alert_send WHERE alert_id = ? ORDER BY n',
  );
  const toOthers = noticesReader(db);
  const chats = alertChats(db, people);
  const recentUse = useReader(db);
  const toldAt = toldReader(db);
  const told = (addresses: readonly Pick<AlertAddress, 'way' | 'address'>[], now: Instant): Alerting['told'] =>
    new Map(addresses.map((one) => [addressKey(one), toldAt(one, now)]));

  /** Who owns the wallet and chats with us, and their numbers. */
  const ownOf = (owner: Buyer): { readonly customerId: string | null; readonly numbers: readonly Msisdn[] } => {
    const customerId = owners.customerOf(owner);
    const number = numberOf(owner);
    if (number !== null) return { customerId, numbers: [number] };
    return { customerId, numbers: customerId === null ? [] : people.ownPhones(customerId) };
  };
  const amongSeveral = ({ id }: Wallet, customerId: string | null): OwnWallet | null => {
    const all = customerId === null ? [] : owners.of(customerId, people.ownPhones(customerId));
    return all.length > 1 ? (all.find(({ open }) => open?.id === id) ?? null) : null;
  };
  /** Its owner wants no prompts, or said in a chat that they want no alerts. */
  const stoppedNumber = (number: Msisdn): boolean => {
    if (stopList.has(number)) return true;
    const holder = people.claimOn(number);
    return holder !== null && chats.wantsNone(holder.customerId);
  };
  const stopped = (addresses: readonly Pick<AlertAddress, 'way' | 'address'>[]): ReadonlySet<string> =>
    new Set(
      addresses
        .filter(({ way, address }) =>
          way === 'email' ? stopList.hasMail(address) : way === 'sms' && stoppedNumber(address as Msisdn),
        )
        .map(addressKey),
    );

  return {
    wantsNone: chats.wantsNone,
    of: (walletId) => ofWallet.all(walletId).map(toThreshold),
    ownerByThreshold(thresholdId) {
      const row = ownerOf.get(thresholdId);
      return row === undefined ? null : { appId: row.app_id === NO_APP ? null : row.app_id, userId: row.user_id };
    },
    alerting(wallet, recipients, now) {
      const own = ownOf(wallet.owner);
      const ownChats: Alerting['ownChats'] = own.customerId === null ? new Map() : chats.of(own.customerId);
      const chat = [...ownChats.keys(), ...recipients.flatMap((named) => named.chat ?? [])];
      const sms = [...own.numbers, ...recipients.flatMap(({ mobile }) => mobile ?? [])];
      const email = recipients.flatMap((named) => named.email ?? []);
      const addresses = [...of('chat', chat), ...of('sms', sms), ...of('email', email)];
      return {
        use: recentUse(wallet, now),
        ownChats,
        amongSeveral: amongSeveral(wallet, own.customerId),
        ownNumbers: own.numbers,
        isVouchedFor: own.customerId !== null,
        namedChats: chats.named(recipients.flatMap(({ chat }) => chat ?? [])),
        stopped: stopped(addresses),
        told: told(addresses, now),
        toOthers: toOthers(wallet.id, now),
      };
    },
    alert(id, now) {
      const row = alertById.get(id);
      if (row === undefined) return null;
      const rows = sendsOf.all(id);
      const named = chats.named(rows.filter(({ way }) => way === 'chat').map(({ address }) => address));
      const addresses = rows.map(({ way, address }) => ({ way: way as AlertWay, address }));
      return {
        id,
        // Older ones tell none of these.
        facts: { ...UNTOLD, ...(JSON.parse(row.facts) as Omit<AlertFacts, keyof typeof UNTOLD>) },
        language: row.language as KnownAlert['language'],
        sends: rows.map((send) => toSend(send, named)),
        stopped: stopped(addresses),
        told: told(addresses, now),
        toOthers: toOthers(row.wallet_id, now),
      };
    },
    reach(owner, recipients) {
      const named = chats.named(recipients.chat ?? []);
      const own = ownOf(owner);
      const othersChats = (recipients.chat ?? []).filter(
        (address) => own.customerId === null || named.get(address)?.conversation.customerId !== own.customerId,
      );
      const ownChats = own.customerId === null ? [] : chats.of(own.customerId);
      const asked = recipients.chat === null ? new Map(ownChats) : named;
      const numbers = recipients.mobile ?? own.numbers;
      const anybody =
        (recipients.email ?? []).some((address) => !stopList.hasMail(address)) ||
        numbers.some((number) => !stoppedNumber(number)) ||
        [...asked.values()].some((chat) => !chat.stopped && chat.conversation.blockedAt === null);
      return { othersChats, anybody };
    },
  };
}

const UNTOLD = { setBy: '-', wallet: null, othersMayRead: false } as const;

const of = (way: AlertWay, addresses: readonly string[]): { readonly way: AlertWay; readonly address: string }[] =>
  addresses.map((address) => ({ way, address }));

interface AlertChats {
  /** A person's, the one used last first. */
  of(customerId: string): ReadonlyMap<string, AlertChat>;
  /** Those of the addresses that somebody wrote from. */
  named(addresses: readonly string[]): ReadonlyMap<string, AlertChat>;
  /** A person who said that they want no alerts. */
  wantsNone(customerId: string): boolean;
}

function alertChats(db: Db, people: PeopleReader): AlertChats {
  const ofCustomer = db.prepare<[string, number], { id: string }>(
    'SELECT id FROM conversation WHERE customer_id = ? AND blocked_at IS NULL ORDER BY changed_at DESC, id LIMIT 0 + ?',
  );
  const byAddress = db
    .prepare<[string, string], string>(
      'SELECT id FROM conversation WHERE channel = ? AND chat = ? ORDER BY changed_at DESC LIMIT 1',
    )
    .pluck();
  const stopped = db
    .prepare<[string], number>('SELECT 1 FROM conversation WHERE customer_id = ? AND alerts_stopped_at IS NOT NULL LIMIT 1')
    .pluck();
  const wantsNone = (customerId: string): boolean => stopped.get(customerId) !== undefined;
  /** A chat that cannot be read cannot be told anything. */
  const chat = (id: string): AlertChat | null => {
    try {
      const conversation = people.conversation(id);
      return conversation === null ? null : { conversation, stopped: wantsNone(conversation.customerId) };
    } catch (error) {
      if (error instanceof UnreadableSession) return null;
      throw error;
    }
  };
  return {
    wantsNone,
    of(customerId) {
      const found = ofCustomer.all(customerId, CHATS_READ).map(({ id }) => chat(id));
      return new Map(found.flatMap((one) => (one === null ? [] : [[addressOf(one), one]])));
    },
    named: (addresses) =>
      new Map(
        addresses.flatMap((address) => {
          const colon = address.indexOf(':');
          const id = byAddress.get(address.slice(0, colon), address.slice(colon + 1));
          const one = id === undefined ? null : chat(id);
          return one === null ? [] : [[address, one]];
        }),
      ),
  };
}

function addressOf({ conversation: { address } }: AlertChat): string {
  return `${address.channel}:${address.chat}`;
}

function useReader(db: Db): (wallet: Wallet, now: Instant) => RecentUse {
  const uses = db.prepare<[string, number], { amount: number; at: Instant }>(
    `SELECT t.amount, j.at FROM transfer t JOIN journal j ON j.id = t.journal_id
     WHERE t.debit_account = ? AND j.kind = 'use' ORDER BY t.id DESC LIMIT 0 + ?`,
  );
  return ({ id, openedAt }, now) => {
    const read = uses.all(walletAccount(id, 'SMS').id, USES_READ);
    const recent = read.filter(({ at }) => at >= now - USE_MS);
    const hundredths = recent.reduce((sum, { amount }) => sum + amount, 0);
    const oldest = recent.length === USES_READ ? (recent.at(-1)?.at ?? now) : now - USE_MS;
    return { units: Math.floor(hundredths / HUNDREDTHS_PER_SMS), since: Math.max(openedAt, oldest) };
  };
}

function toThreshold(row: ThresholdRow): SetThreshold {
  const { quiet_from: fromMinute, quiet_to: toMinute } = row;
  return {
    id: row.id,
    createdBy: row.created_by,
    units: row.units,
    alertType: row.alert_type as AlertType,
    method: row.method as AlertWay,
    message: row.message,
    quiet: fromMinute === null || toMinute === null ? null : { fromMinute, toMinute },
    recipients: JSON.parse(row.recipients) as Recipients,
    armed: row.armed === 1,
    alertedAt: row.alerted_at,
    setAt: row.set_at,
    reminders: row.reminders,
  };
}

function toSend(row: SendRow, chats: ReadonlyMap<string, AlertChat>): AlertSend {
  const { n, address } = row;
  const way = row.way as AlertWay;
  const chat = way === 'chat' ? (chats.get(address) ?? null) : null;
  return { n, way, address, own: row.own === 1, state: row.state as SendState, chat };
}
