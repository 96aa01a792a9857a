/**
 * Owns what a mutant is: a bug planted from outside, by what the simulator hands to the program in place of the right thing. The
 * program itself has no switch for it.
 */

import type { AirtimeProvider } from '../ports/airtime-provider.ts';
import type { Channel } from '../ports/channel.ts';
import type { Notifier, NotifierKind } from '../ports/notifier.ts';
import type { PaymentProvider } from '../ports/payment-provider.ts';
import type { WalletServer } from '../ports/wallet-server.ts';
import type { Store } from '../ports/store.ts';
import type { Rules } from '../services/decide.ts';
import type { WalletDesk } from '../services/wallet-desk.ts';
import type { World } from './world.ts';

/** What may be replaced. */
export interface Replacements {
  readonly store: (store: Store) => Store;
  readonly airtime: (airtime: AirtimeProvider) => AirtimeProvider;
  readonly payments: (payments: PaymentProvider) => PaymentProvider;
  /** Of another server. */
  readonly remoteWallets: (wallets: WalletServer) => WalletServer;
  readonly notifiers: (notifiers: ReadonlyMap<NotifierKind, Notifier>) => ReadonlyMap<NotifierKind, Notifier>;
  readonly desk: (desk: WalletDesk) => WalletDesk;
  readonly channel: (channel: Channel, store: Store) => Channel;
  readonly rules: (rules: Rules) => Rules;
}

export interface Mutant {
  readonly name: string;
  /** What the bug is, in words. */
  readonly what: string;
  /** Made anew for every life of the program. */
  readonly make: (world: World) => Partial<Replacements>;
}

export const unchanged: Replacements = {
  store: (store) => store,
  airtime: (airtime) => airtime,
  payments: (payments) => payments,
  remoteWallets: (wallets) => wallets,
  notifiers: (notifiers) => notifiers,
  desk: (desk) => desk,
  channel: (channel) => channel,
  rules: (rules) => rules,
};
