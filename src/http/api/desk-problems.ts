/** Owns what a program hears when a desk could do nothing for it. */

import type { Buyer } from '../../domain/tariff.ts';
import { assertNever } from '../../lib/assert.ts';
import type { ApiKey } from '../../ports/api-keys.ts';
import type { WalletReads } from '../../ports/wallet.ts';
import type { DeskProblem } from '../../services/wallet-desk.ts';
import { problem } from './problems.ts';

/** No wallet; where a key that reaches every app named none, in which apps there is one. Nothing is told of other apps to the key of one. */
export async function noWallet(owner: Buyer, key: ApiKey, wallets: Pick<WalletReads, 'appsOf'>): Promise<Response> {
  if (key.appId !== null || owner.appId !== null) return deskProblem('unknown_user');
  const apps = await wallets.appsOf(owner.userId);
  if (apps.length === 0) return deskProblem('unknown_user');
  const where = `${apps.length === 1 ? 'app' : 'apps'} ${apps.join(', ')}`;
  return problem('unknown_user', `This user has a wallet in ${where}, and none outside of an app: send appId as well.`);
}

export function deskProblem(why: DeskProblem): Response {
  switch (why) {
    case 'unknown_user':
      return problem('unknown_user', 'Nobody has topped up for this user yet: the first top-up opens the wallet.');
    case 'kept_elsewhere':
      return problem(
        'kept_elsewhere',
        'Another server keeps the wallets of this shop: top up and debit there. Nothing was changed here.',
      );
    case 'conflict':
      return problem('conflict', 'This id came before with other values. Nothing was changed; a new request needs a new id.');
    case 'unavailable':
      return problem('unavailable', 'Nothing was changed. Send the same request again in a moment.', {
        headers: { 'retry-after': '5' },
      });
    case 'failed':
      return problem('internal_error', 'Nothing was changed, and it was set aside for the operator to look at.');
    default:
      return assertNever(why);
  }
}
