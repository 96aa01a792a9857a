/** Owns what the rules of intent look at: which meanings occur in a message, how many values it names, and the wish they end in. */

import { isCountOrTime } from './amounts.ts';
import type { Answer } from './answers.ts';
import type { Client } from './client.ts';
import type { Item } from './items.ts';
import type { Scene } from './scene.ts';
import type { Tag } from './tags.ts';
import type { Intent, NotSold } from './understood.ts';

export interface Wish {
  readonly intent: Intent;
  readonly notSold: NotSold | null;
  readonly complaint: boolean;
  readonly again: boolean;
  /** Values in it are about something else (the past, a complaint, what is not sold), so they fill no slot. */
  readonly empty: boolean;
  /** "I already paid", and no more: asks what became of it. */
  readonly claims?: true;
}

export interface WishContext {
  readonly client: Client | null;
  readonly answer: Pick<Answer, 'bare' | 'again'>;
  readonly wantsLanguage: boolean;
}

export interface View extends WishContext {
  readonly scene: Scene;
  /** Whether any of these meanings occurs. */
  readonly is: (...tags: readonly Tag[]) => boolean;
  /** Numbers that could be an amount; counts and times are not. */
  readonly amounts: number;
  readonly phones: number;
  /** A deed of buying or sending is asked for. */
  readonly deed: boolean;
  /** A word without any meaning here stands in it. */
  readonly strange: boolean;
}

export function viewOf(scene: Scene, context: WishContext): View {
  const is = (...tags: readonly Tag[]): boolean => {
    for (const tag of tags) if (scene.tags.has(tag)) return true;
    return false;
  };
  const isValue = (item: Item, at: number): boolean =>
    !scene.denied.has(at) && !(item.kind === 'amount' && isCountOrTime(scene.items, at, item));
  const count = (kind: Item['kind']): number => scene.items.filter((item, at) => item.kind === kind && isValue(item, at)).length;
  return {
    client: context.client,
    answer: context.answer,
    wantsLanguage: context.wantsLanguage,
    scene,
    is,
    amounts: count('amount'),
    phones: count('phone'),
    deed: is('buy', 'buy_me', 'topup', 'send', 'sambaza', 'give', 'credit'),
    strange: scene.items.some((item) => item.kind === 'word' && item.tags.length === 0),
  };
}
