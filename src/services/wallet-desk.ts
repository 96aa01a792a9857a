/**
 * Owns the way by which programs and operators ask something of a wallet of SMS: a request is an event like any other, and its answer is
 * read back once it is committed. The same request again, however often and at once, gets the same answer.
 */

import type { Buyer, PriceScope } from '../domain/tariff.ts';
import type { Actor } from '../domain/order.ts';
import type { WalletAt } from '../domain/wallet-owner.ts';
import type { Clock } from '../lib/clock.ts';
import { digestOf } from '../lib/ids.ts';
import { freshId } from '../lib/random.ts';
import { err, ok, type Result } from '../lib/result.ts';
import type { TurnEvent } from '../ports/store.ts';
import type { RequestKey, WalletAnswer, WalletReads, WalletRequest } from '../ports/wallet.ts';
import type { TurnRunner } from './turn-runner.ts';

export type DeskProblem =
  /** No wallet: nobody has topped up for this owner. */
  | 'unknown_user'
  /** The key was used for another request. */
  | 'conflict'
  /** Another server keeps the wallets: what moves in them moves there. */
  | 'kept_elsewhere'
  /** The database cannot write now: nothing happened, the same request may be sent again. */
  | 'unavailable'
  /** It was set aside for a person to look at: nothing moved. */
  | 'failed';

export interface WalletDesk {
  ask(owner: Buyer, key: string, request: WalletRequest, actor: Actor): Promise<Result<WalletAnswer, DeskProblem>>;
  /** Null takes the price away. */
  setPrice(scope: PriceScope, milliKes: number | null, actor: Actor): Promise<Result<void, 'unavailable' | 'failed'>>;
}

/** The key under which a request is answered once; the digest is of all that was asked. */
export function requestKey(owner: Buyer, key: string, request: WalletRequest): RequestKey {
  const kind = isFailure(request) ? 'failed_top_up' : request.kind;
  return { kind, appId: owner.appId, key, sha256: digestOf(JSON.stringify([owner.userId, request])) };
}

function isFailure(request: WalletRequest): boolean {
  return request.kind === 'top_up' && !request.paid;
}

export function walletDesk(
  store: Pick<WalletReads, 'wallet' | 'answerTo'>,
  runner: Pick<TurnRunner, 'submit'>,
  clock: Clock,
  walletsAt: WalletAt = 'own',
): WalletDesk {
  async function answered(request: RequestKey): Promise<Result<WalletAnswer, DeskProblem> | null> {
    const before = await store.answerTo(request);
    if (before === null) return null;
    return before.sha256 === request.sha256 ? ok(before.answer) : err('conflict');
  }

  return {
    async ask(owner, key, request, actor) {
      if (walletsAt !== 'own') return err('kept_elsewhere');
      const { kind } = request;
      const asked = requestKey(owner, key, request);
      // What was paid under this id is final: a failure that comes only then is another question.
      const before = (await answered(asked)) ?? (isFailure(request) ? await answered({ ...asked, kind: 'top_up' }) : null);
      if (before !== null) return before;
      if (kind !== 'top_up' && (await store.wallet(owner)) === null) return err('unknown_user');
      const id = `wallet:${kind}:${digestOf(JSON.stringify([asked.appId, key, asked.sha256]))}`;
      const event: TurnEvent = { kind: 'wallet', id, at: clock.now(), owner, key: asked, request, actor };
      const [ending] = await runner.submit([event]);
      if (ending === 'unavailable') return err('unavailable');
      return (await answered(asked)) ?? err('failed');
    },
    async setPrice(scope, milliKes, actor) {
      const event: TurnEvent = { kind: 'price', id: `price:${freshId()}`, at: clock.now(), scope, milliKes, actor };
      const [ending] = await runner.submit([event]);
      if (ending === 'unavailable') return err('unavailable');
      return ending === 'committed' ? ok(undefined) : err('failed');
    },
  };
}
