/** Owns the list of what must hold at every moment, whatever goes wrong. */

import { nothingLeft, answered, toldTheEnd, evidenceCounts } from './end-invariants.ts';
import type { Invariant } from './invariant.ts';
import {
  oneCall,
  commitFirst,
  asShown,
  agreed,
  grounds,
  alongTheTable,
  oneLivePrompt,
  oneOrderPerDraft,
  withinLimits,
  soldOnDelivery,
  booksAgree,
  noLongSilence,
} from './order-invariants.ts';
import { addedIsDelivered, deliveredIsAdded, deliveryWaits } from './remote-order-invariants.ts';
import { filledAsPromised, moneyIsServed, paidBefore, paidNeverRests } from './sms-order-invariants.ts';
import { onceEach, committedFirst, notTwice, inOrder, durable, noFailedTurn, nothingUntrue } from './talk-invariants.ts';
import { answersHold, movedAsAsked, neverBelowZero, noticeOnce, remindedDaily, toldOnce } from './wallet-invariants.ts';

export function invariants(): readonly Invariant[] {
  return [
    oneCall,
    commitFirst,
    asShown,
    agreed,
    grounds,
    alongTheTable,
    oneLivePrompt,
    oneOrderPerDraft,
    withinLimits,
    soldOnDelivery,
    booksAgree,
    onceEach,
    committedFirst,
    notTwice,
    inOrder(),
    durable,
    paidBefore,
    paidNeverRests,
    filledAsPromised,
    deliveryWaits,
    deliveredIsAdded,
    neverBelowZero,
    movedAsAsked,
    toldOnce,
    remindedDaily,
    noticeOnce,
    noLongSilence,
    nothingUntrue,
    noFailedTurn,
    nothingLeft,
    answered,
    toldTheEnd,
    evidenceCounts,
    moneyIsServed,
    addedIsDelivered,
    answersHold,
  ];
}
