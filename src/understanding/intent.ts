/**
 * Owns what a message wants. The rules run from the most to the least dangerous to get wrong: orders to get round payment,
 * complaints and cancelling come before buying, and what fits nothing is `other`.
 */

import { filled, orderOf } from './buying.ts';
import { notSoldOf, refusalOf, refused } from './refusals.ts';
import type { Scene } from './scene.ts';
import { steeringOf } from './steering.ts';
import { viewOf, type View, type Wish, type WishContext } from './view.ts';

export function wishOf(scene: Scene, context: WishContext): Wish {
  const view = viewOf(scene, context);
  const refusal = refusalOf(view);
  if (refusal !== null) return refusal;
  if (context.answer.bare) return filled('other');
  if (context.answer.again === true || (view.is('again') && !isShowing(view))) return { ...filled('buy_airtime'), again: true };
  const steering = steeringOf(view);
  // "do you sell bundles?" asks how, and is about what is not sold here.
  const asked = steering === 'help' && view.is('how') ? notSoldOf(view) : null;
  if (asked !== null && asked !== 'transfer') return refused(asked);
  if (steering !== null) return { ...filled(steering), empty: steering !== 'set_threshold' };
  const notSold = notSoldOf(view);
  return notSold === null ? orderOf(view) : refused(notSold);
}

/** "show my last order" wants to see it, not to buy it again. */
function isShowing({ is }: View): boolean {
  return is('check', 'history', 'question', 'how', 'did');
}
