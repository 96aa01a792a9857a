/** Owns what an invariant is: what it is told of, what it may look at, and how it says that it is broken. */

import type { Instant } from '../lib/clock.ts';
import type { Content, InboundMessage, OutboundMessage } from '../ports/channel.ts';
import type { OrderFacts, Request, SayFacts, StepFacts, TransferRow } from './facts.ts';
import type { Plan } from './plan.ts';
import type { AlertRow, ThresholdRow, WalletFacts } from './wallet-facts.ts';

/** What invariants are told. */
export type Happening =
  /** `salesStopped`: the operator has stopped sales. */
  | { readonly kind: 'opened'; readonly order: OrderFacts; readonly salesStopped: boolean }
  /** A step is in the database; the order's facts are those after it, `before` is the state that it found. */
  | { readonly kind: 'step'; readonly order: OrderFacts; readonly step: StepFacts; readonly before: string }
  /** A journal of the ledger has moved all that it moves; told of each of its movements. `order` null: of no order. */
  | { readonly kind: 'posted'; readonly transfer: TransferRow; readonly order: OrderFacts | null }
  /** A commit of turns is over; `balances` differ from the sums of all movements that were seen. */
  | { readonly kind: 'committed'; readonly unbalanced: readonly string[] }
  /** The same, where SMS are sold: all thresholds, and the alerts that were raised. */
  | { readonly kind: 'balances'; readonly thresholds: readonly ThresholdRow[]; readonly alerts: readonly AlertRow[] }
  /** More than a day has passed since anything went wrong. */
  | { readonly kind: 'rested' }
  /** A message is handed to a gateway; `again`: it may have gone out before. */
  | { readonly kind: 'notice'; readonly way: string; readonly to: string; readonly again: boolean }
  | { readonly kind: 'heard'; readonly chat: string; readonly message: string; readonly times: number }
  | { readonly kind: 'said'; readonly say: SayFacts }
  /** The first byte of a request leaves. */
  | { readonly kind: 'byte'; readonly request: Request; readonly order: OrderFacts | null }
  | { readonly kind: 'ring'; readonly payer: string; readonly reference: string; readonly alsoRinging: string | null }
  /** The program hands a message to the network; `refusedAt`: when the database refused last. */
  | { readonly kind: 'sending'; readonly message: OutboundMessage; readonly say: SayFacts | null; readonly refusedAt: Instant }
  /** A person sees a message. */
  | { readonly kind: 'shown'; readonly chat: string; readonly say: SayFacts | null; readonly again: boolean }
  /** The network was told that we have this message. */
  | { readonly kind: 'acknowledged'; readonly message: InboundMessage; readonly durable: boolean }
  /** Everything that can be done now is done; time passes. `calmSince`: when the program could last not work. */
  | { readonly kind: 'quiet'; readonly now: Instant; readonly machineNow: Instant; readonly calmSince: Instant }
  /** Everything has come to rest. */
  | { readonly kind: 'ended'; readonly letters: readonly LetterFacts[] };

/** A message of a person that the program took in for good. */
export interface LetterFacts {
  readonly turn: string;
  readonly chat: string;
  readonly content: Content;
  readonly heardAt: Instant;
  /** The same was written more than once in this chat. */
  readonly repeated: boolean;
}

type Kind = Happening['kind'];
export type Of<K extends Kind> = Extract<Happening, { kind: K }>;

export interface InvariantOn<K extends Kind> {
  readonly name: string;
  readonly on: K;
  /** What is wrong, or null. */
  check(happening: Of<K>, facts: Facts): string | null;
}
export type Invariant = { [K in Kind]: InvariantOn<K> }[Kind];

export interface Violation {
  readonly invariant: string;
  readonly detail: string;
}

/** What invariants may look at. */
export interface Facts {
  readonly orders: ReadonlyMap<string, OrderFacts>;
  readonly says: ReadonlyMap<string, SayFacts>;
  readonly cancels: ReadonlySet<string>;
  readonly blocked: ReadonlySet<string>;
  readonly wallets: WalletFacts;
  readonly plan: Pick<Plan, 'webhooksReachUs' | 'promptsPerHour' | 'clockJumps'>;
  order(reference: string): OrderFacts | null;
  now(): Instant;
  chatOf(conversationId: string): string;
  /** The `userId` whose wallet it is; null: no wallet. */
  ownerOf(walletId: string): string | null;
  /** Of an account: the sum of its movements. */
  balanceOf(account: string): number;
  /** Whole messages; where another server keeps the wallet, what was last read from it: without end before that. */
  messagesIn(walletId: string): number;
  /** What a journal paid for SMS, in thousandths of a shilling. */
  paidFor(journalId: number): number;
  poisoned(): readonly { readonly event_id: string; readonly error: string }[];
  /** Whoever keeps the wallet of this order is still to be asked to fill it. */
  deliveryWaits(order: OrderFacts): boolean;
  leftovers(): readonly string[];
}
