/** Owns what is said of SMS that customers have paid for and do not see, because wallets are no longer kept where those are. */

import { clockInNairobi } from './domain/nairobi.ts';
import type { HeldHere } from './store/sqlite/held-here.ts';
import type { HeldThere } from './store/sqlite/held-there.ts';

/** While another server keeps the wallets. Null: there are none here. */
export function outOfSight({ sms, wallets }: HeldHere): string | null {
  if (wallets === 0) return null;
  return `${sms} SMS in ${wallets} ${wallets === 1 ? 'wallet' : 'wallets'} are kept here, and their owners neither see nor use them while TUKU_BASE_URL is set`;
}

export const CARRY_OVER =
  'Whose they are: npx jaza wallet list (and statement). Add them on that server; then take them out here, with TUKU_BASE_URL and TUKU_API_KEY unset: npx jaza wallet adjust. Or leave them as they are: TUKU_HIDES_OWN_SMS=on';

/** While wallets are kept here. Null: no other server told of any. */
export function leftThere({ sms, wallets, toldAt, host }: HeldThere): string | null {
  if (wallets === 0) return null;
  const when = toldAt === null ? '' : `, by what was told until ${clockInNairobi(toldAt)}`;
  return `${sms} SMS in ${wallets} ${wallets === 1 ? 'wallet' : 'wallets'} are held at ${host ?? 'another server'}${when}, and their owners neither see nor use them here while TUKU_BASE_URL is not set`;
}

export const CARRY_BACK =
  'Set TUKU_BASE_URL and TUKU_API_KEY again to go on with them there. Or keep wallets here: what is left there does not come along; add it wallet by wallet: npx jaza wallet adjust';
