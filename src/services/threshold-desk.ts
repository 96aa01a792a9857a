/**
 * Owns the way by which programs and operators set and remove thresholds of a wallet: an event like any other, and what stands there then
 * is read back. Named addresses of which nobody could ever be told are refused before.
 */

import type { Actor } from '../domain/order.ts';
import { leadsElsewhere } from '../domain/alert-text.ts';
import type { Buyer } from '../domain/tariff.ts';
import { SET_IN_CHAT } from '../domain/wallet-owner.ts';
import type { Clock } from '../lib/clock.ts';
import { freshId } from '../lib/random.ts';
import { err, ok, type Result } from '../lib/result.ts';
import {
  MOST_THRESHOLDS,
  type SetThreshold,
  type ThresholdReads,
  type ThresholdRequest,
  type ThresholdWish,
} from '../ports/alert.ts';
import type { TurnRunner } from './turn-runner.ts';

export type ThresholdDeskProblem =
  /** No wallet: nobody has topped up for this owner. */
  | { readonly kind: 'unknown_user' }
  | { readonly kind: 'unknown_threshold' }
  /** It is what a person sets in the chat, and theirs alone. */
  | { readonly kind: 'reserved_creator' }
  /** Whoever asks may name chats of the owner alone. */
  | { readonly kind: 'others_chat'; readonly chats: readonly string[] }
  /** Of the addresses that are named; of the owner's own nobody may be known yet. */
  | { readonly kind: 'nobody_to_tell' }
  /** The text leads somewhere, and names are given of whom to tell it. */
  | { readonly kind: 'leads_elsewhere' }
  | { readonly kind: 'too_many_thresholds' }
  /** The database cannot write now: nothing happened, the same may be asked again. */
  | { readonly kind: 'unavailable' }
  /** It was set aside for a person to look at. */
  | { readonly kind: 'failed' };

/** `reaches`: somebody can be told by now. */
export type ThresholdSet = SetThreshold & { readonly reaches: boolean };

export interface ThresholdDesk {
  /** `tells`: whose chats may be named. */
  set(
    owner: Buyer,
    wish: ThresholdWish,
    actor: Actor,
    tells: 'anybody' | 'owner',
  ): Promise<Result<ThresholdSet, ThresholdDeskProblem>>;
  remove(owner: Buyer, createdBy: string, actor: Actor): Promise<Result<SetThreshold, ThresholdDeskProblem>>;
}

/** `contact`: the shop's own, which texts may name. */
export function thresholdDesk(
  store: ThresholdReads,
  runner: Pick<TurnRunner, 'submit'>,
  clock: Clock,
  contact: string | null = null,
): ThresholdDesk {
  async function turned(owner: Buyer, request: ThresholdRequest, actor: Actor): Promise<ThresholdDeskProblem | null> {
    const id = `threshold:${freshId()}`;
    const [ending] = await runner.submit([{ kind: 'threshold', id, at: clock.now(), owner, request, actor }]);
    if (ending === 'committed') return null;
    return { kind: ending === 'unavailable' ? 'unavailable' : 'failed' };
  }
  const of = (thresholds: readonly SetThreshold[], createdBy: string): SetThreshold | undefined =>
    thresholds.find((one) => one.createdBy === createdBy);

  return {
    async set(owner, wish, actor, tells) {
      if (wish.createdBy === SET_IN_CHAT) return err({ kind: 'reserved_creator' });
      // Whose the addresses are is nothing that this answer may show either.
      if (wish.message !== null && names(wish, 1) && leadsElsewhere(wish.message, contact))
        return err({ kind: 'leads_elsewhere' });
      const before = await store.thresholds(owner);
      if (before === null) return err({ kind: 'unknown_user' });
      if (of(before, wish.createdBy) === undefined && before.length >= MOST_THRESHOLDS)
        return err({ kind: 'too_many_thresholds' });
      const reach = await store.reach(owner, wish.recipients);
      if (tells === 'owner' && reach.othersChats.length > 0) return err({ kind: 'others_chat', chats: reach.othersChats });
      // Whether anybody writes from a chat that may be anybody's is nothing that the answer may show. Where nobody is named, the owner's own
      // addresses are meant: they may become known before the alert goes out.
      const mayBeAnybody = tells === 'anybody' && (wish.recipients.chat ?? []).length > 0;
      if (!reach.anybody && !mayBeAnybody && names(wish, 0)) return err({ kind: 'nobody_to_tell' });
      const problem = await turned(owner, { kind: 'set', wish }, actor);
      if (problem !== null) return err(problem);
      const set = of((await store.thresholds(owner)) ?? [], wish.createdBy);
      // Removed meanwhile by somebody else.
      return set === undefined ? err({ kind: 'unknown_threshold' }) : ok({ ...set, reaches: reach.anybody || mayBeAnybody });
    },
    async remove(owner, createdBy, actor) {
      if (createdBy === SET_IN_CHAT) return err({ kind: 'reserved_creator' });
      const before = await store.thresholds(owner);
      if (before === null) return err({ kind: 'unknown_user' });
      const gone = of(before, createdBy);
      if (gone === undefined) return err({ kind: 'unknown_threshold' });
      const problem = await turned(owner, { kind: 'remove', createdBy }, actor);
      return problem === null ? ok(gone) : err(problem);
    },
  };
}

/** A list that is left out means the owner's own addresses. `least`: so many stand in one of the lists. */
function names({ recipients }: ThresholdWish, least: 0 | 1): boolean {
  return Object.values(recipients).some((list: readonly string[] | null) => list !== null && list.length >= least);
}
