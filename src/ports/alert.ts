/**
 * The port's words for thresholds of SMS wallets and the alerts that come of them: what a program or a person sets, what is known when a
 * balance moves, what a turn changes, and what leaves by SMS or e-mail. Chats are told through the outbox like anything else.
 */

import type { AlertAddress, AlertFacts, AlertType, AlertWay, PlannedSend, Recipients } from '../domain/alert.ts';
import type { Msisdn } from '../domain/msisdn.ts';
import type { Actor } from '../domain/order.ts';
import type { Buyer } from '../domain/tariff.ts';
import type { NoticeLimits, NoticesToOthers } from '../domain/notices.ts';
import type { OwnWallet } from '../domain/wallet-owner.ts';
import type { QuietHours, RecentUse, Threshold } from '../domain/threshold.ts';
import type { Phrase, Spoken } from '../conversation/reply.ts';
import type { Instant } from '../lib/clock.ts';
import type { NotifierKind } from './notifier.ts';
import type { Conversation } from './store.ts';

/** What is asked for with a threshold. A wallet has one of each `createdBy`: setting it again changes it. */
export interface ThresholdWish {
  readonly createdBy: string;
  /** Whole messages. */
  readonly units: number;
  readonly alertType: AlertType;
  readonly method: AlertWay;
  /** Own words, with the placeholders of domain/threshold.ts; null: ours. */
  readonly message: string | null;
  readonly quiet: QuietHours | null;
  readonly recipients: Recipients;
}

export interface SetThreshold extends ThresholdWish, Threshold {
  readonly id: string;
  readonly setAt: Instant;
  /** That went out since it was crossed. */
  readonly reminders: number;
}

export type ThresholdRequest =
  { readonly kind: 'set'; readonly wish: ThresholdWish } | { readonly kind: 'remove'; readonly createdBy: string };

/** A wallet has no more: each is looked at whenever the balance moves. */
export const MOST_THRESHOLDS = 20;

// ---- what is known --------------------------------------------------------------------------------------------------------

export interface AlertChat {
  readonly conversation: Conversation;
  /** Its person wants no alerts. */
  readonly stopped: boolean;
}

/** Whom alerts of one wallet could reach, loaded only where one may come of the event. */
export interface Alerting {
  /** Of the last 14 days. */
  readonly use: RecentUse;
  /** Of whoever owns the wallet, the one used last first; by their address. */
  readonly ownChats: ReadonlyMap<string, AlertChat>;
  readonly ownNumbers: readonly Msisdn[];
  /** Somebody whom a network vouched for has the wallet, and with it these numbers. */
  readonly isVouchedFor: boolean;
  /** The wallet as its owner sees it among others of theirs; null: it is their only one, or the owner is not known. */
  readonly amongSeveral: OwnWallet | null;
  /** Chats that a threshold names, those of them that exist. */
  readonly namedChats: ReadonlyMap<string, AlertChat>;
  /** Numbers and e-mail addresses among the own and the named ones whose owners want nothing from us; by `addressKey`. */
  readonly stopped: ReadonlySet<string>;
  /** When each of all these addresses was told lately, by whatever wallet; by `addressKey`. */
  readonly told: ReadonlyMap<string, readonly Instant[]>;
  readonly toOthers: NoticesToOthers;
}

export type SendState = PlannedSend['state'] | 'sent' | 'failed';

export interface AlertSend extends AlertAddress {
  readonly n: number;
  readonly state: SendState;
  /** Of a chat that exists. */
  readonly chat: AlertChat | null;
}

/** Loaded when one of its sends failed. */
export interface KnownAlert {
  readonly id: string;
  readonly facts: AlertFacts;
  readonly language: Spoken;
  readonly sends: readonly AlertSend[];
  /** As in `Alerting`. */
  readonly stopped: ReadonlySet<string>;
  /** As in `Alerting`. */
  readonly told: ReadonlyMap<string, readonly Instant[]>;
  readonly toOthers: NoticesToOthers;
}

// ---- what happens, and what changes ---------------------------------------------------------------------------------------

export type AlertTimer =
  /** A threshold was crossed in quiet hours, or told a day ago: is it still so? */
  | { readonly kind: 'threshold_due'; readonly thresholdId: string }
  /** One send of an alert was given up: another address may be told instead. Set where its end is written down. */
  | { readonly kind: 'alert_failed'; readonly alertId: string; readonly n: number };

export interface ThresholdEvent {
  readonly kind: 'threshold';
  readonly owner: Buyer;
  readonly request: ThresholdRequest;
  readonly actor: Actor;
}

/** One send of an alert. */
export interface SendRef {
  readonly alertId: string;
  readonly n: number;
}

export interface NotifyWork {
  readonly kind: 'notify';
  readonly alert: SendRef;
  readonly way: NotifierKind;
  readonly to: string;
  readonly subject: Phrase;
  /** Paragraphs. */
  readonly parts: readonly Phrase[];
  readonly language: Spoken;
}

export type AlertChange =
  | { readonly kind: 'set_threshold'; readonly walletId: string; readonly threshold: SetThreshold }
  | { readonly kind: 'remove_threshold'; readonly thresholdId: string }
  | {
      readonly kind: 'mark_threshold';
      readonly thresholdId: string;
      readonly armed: boolean;
      readonly alertedAt: Instant | null;
    }
  | {
      readonly kind: 'raise_alert';
      readonly id: string;
      readonly thresholdId: string;
      readonly walletId: string;
      readonly facts: AlertFacts;
      readonly language: Spoken;
      /** Numbered from 0. */
      readonly sends: readonly PlannedSend[];
      /** What the sends keep to, whoever else was told meanwhile. */
      readonly ceiling: NoticeLimits;
      /** The operators hear with this one that some are held back. */
      readonly heldFirst: boolean;
    }
  /** A spare address is told now. */
  | { readonly kind: 'try_send'; readonly alert: SendRef; readonly ceiling: NoticeLimits }
  /** By SMS or e-mail, in order within an address. */
  | NotifyWork
  /** A person wants no alerts, in none of their chats; or wants them again. */
  | { readonly kind: 'stop_alerts'; readonly customerId: string; readonly stopped: boolean };

export type NotifyEnd =
  | { readonly id: string; readonly kind: 'sent' }
  | { readonly id: string; readonly kind: 'retry'; readonly dueAt: Instant; readonly why: string }
  | { readonly id: string; readonly kind: 'dead'; readonly why: string; readonly code?: string | null };

// ---- reading --------------------------------------------------------------------------------------------------------------

export interface Reach {
  /** Chats that are not known as the owner's own: those that are unknown, and those of other people. */
  readonly othersChats: readonly string[];
  /** Somebody is known to be told who wants to hear of it. */
  readonly anybody: boolean;
}

/** The reading side of thresholds, for programs. */
export interface ThresholdReads {
  /** Null: there is no such wallet. */
  thresholds(owner: Buyer): Promise<readonly SetThreshold[] | null>;
  reach(owner: Buyer, recipients: Recipients): Promise<Reach>;
}
