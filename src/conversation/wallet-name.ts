/** Owns how a wallet of SMS is called in the chat of the person whose it is: by their number, as their own, or by the name that a program gave it. */

import { numberOf, type OwnWallet } from '../domain/wallet-owner.ts';
import { messagesOf } from '../domain/wallet.ts';
import type { Param, Phrase } from './reply.ts';

const LONGEST_NAME = 24;

/** How a person calls it, with what is in it, because names alone may look alike. */
export function walletPhrase(wallet: OwnWallet): Phrase {
  const units = { grouped: messagesOf(wallet.balances) };
  return { key: 'buy-sms:option-wallet', params: { wallet: walletName(wallet), units } };
}

export function walletName({ owner, by }: Pick<OwnWallet, 'owner' | 'by'>): Param {
  const number = numberOf(owner);
  if (by === 'number' && number !== null) return { msisdn: number };
  if (by !== 'link') return { key: by === 'customer' ? 'buy-sms:wallet-own' : 'buy-sms:wallet-earlier' };
  const name = owner.userId.slice(0, LONGEST_NAME);
  return owner.appId === null ? name : `${name} (${owner.appId.slice(0, LONGEST_NAME)})`;
}
