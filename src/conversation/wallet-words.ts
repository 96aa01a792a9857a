/**
 * Owns which of a person's SMS wallets their words mean. What may be several is never guessed: all that fit are handed back, to be
 * chosen from.
 */

import type { OwnWallet } from '../domain/wallet-owner.ts';
import { assertNever } from '../lib/assert.ts';
import type { SaidWallet, Understood } from '../understanding/understood.ts';

/** A name of digits alone is one only where a wallet was asked for: anywhere else they are an amount. */
const HAS_LETTER = /\p{L}/u;

/** What a message may call them; none while nobody has looked at them. */
export function walletNames(wallets: readonly OwnWallet[] | null, asked: boolean): readonly string[] {
  const linked = (wallets ?? []).filter(({ by }) => by === 'link').map(({ owner }) => owner.userId);
  return linked.filter((name) => asked || HAS_LETTER.test(name));
}

/** "shop-1045": a word that is joined to digits. */
const JOINED = /\p{L}{2,}[-_]\d/u;

/** What the wallets are called has to be known to read it: or the digits of a name become an amount. */
export function mayNameWallet(text: string, { intent }: Understood): boolean {
  return intent === 'reseller_credit' || JOINED.test(text);
}

/** Null: the message says nothing of wallets. Empty: it means none of these. */
export function walletsMeant(
  said: Understood,
  wallets: readonly OwnWallet[],
  present: string | null,
): readonly OwnWallet[] | null {
  const denied = said.denied.wallets.flatMap((wallet) => fitting(wallet, wallets, present));
  if (said.wallet !== null) return fitting(said.wallet, wallets, present).filter((wallet) => !denied.includes(wallet));
  return denied.length === 0 ? null : wallets.filter((wallet) => !denied.includes(wallet));
}

function fitting(said: SaidWallet, wallets: readonly OwnWallet[], present: string | null): readonly OwnWallet[] {
  switch (said.kind) {
    case 'named':
      return wallets.filter(({ owner }) => owner.userId === said.name);
    case 'own':
      return wallets.filter(({ by }) => by !== 'link');
    case 'shop':
      return wallets.filter(({ by }) => by === 'link');
    case 'another':
      return wallets.filter(({ key }) => key !== present);
    default:
      return assertNever(said);
  }
}
