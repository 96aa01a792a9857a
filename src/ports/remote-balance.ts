/** The port's words for balances that another server keeps: what it last said, who waits to hear it, and that it was asked. */

import type { Watch } from '../domain/balance-watch.ts';
import type { Buyer } from '../domain/tariff.ts';
import type { OwnWallet } from '../domain/wallet-owner.ts';
import type { Instant } from '../lib/clock.ts';
import type { BalanceReading } from './wallet-server.ts';
import type { Conversation } from './store.ts';

export interface RemoteBalance {
  readonly watch: Watch;
  /** What one SMS costs, by that server's word; null: it has not said. */
  readonly milliKes: number | null;
  /** Of the balance, by that server's word. */
  readonly changedAt: Instant | null;
  /** It went down by so many since; null: nobody knows since when. */
  readonly spent: { readonly units: number; readonly since: Instant | null };
  /** When it last answered, also that it knows no such wallet. */
  readonly toldAt: Instant | null;
  /** How often it was read: tells one look from the next. */
  readonly looks: number;
  readonly asked: readonly Asking[];
}

/** A chat that waits: for what is left, or for what an SMS costs, without which its purchase does not go on. */
export interface Asking {
  readonly conversationId: string;
  readonly wants: 'figure' | 'price';
}

export interface DueBalance {
  readonly owner: Buyer;
  readonly looks: number;
}

/** Somebody who waits for an answer. */
export interface Asker {
  readonly conversation: Conversation;
  /** The wallet among theirs; null: it is theirs no more. */
  readonly wallet: OwnWallet | null;
  /** They have others. */
  readonly several: boolean;
  readonly wants: Asking['wants'];
}

export interface BalanceEvent {
  readonly kind: 'balance_read';
  readonly owner: Buyer;
  /** Which look it was; null: of a program that is told at once, whatever else is under way. */
  readonly looks: number | null;
  readonly reading: BalanceReading;
}

export type BalanceChange =
  /** To be read, not later than `dueAt`, for whoever is asking. */
  | { readonly kind: 'want_balance'; readonly owner: Buyer; readonly dueAt: Instant; readonly asking: Asking | null }
  /** What was read; whoever waited is answered. `dueAt` null: it is not read again until somebody wants it. */
  | {
      readonly kind: 'note_balance';
      readonly owner: Buyer;
      /** `asked`: who is answered with it. */
      readonly balance: Omit<RemoteBalance, 'looks'>;
      readonly dueAt: Instant | null;
    };
