/**
 * A long message may cost more than a short one in proportion, not in its square: everybody waits on the one thread. Counted is how
 * often the rules look at an item of the message, not how long they take.
 */

import { expect, it } from 'vitest';
import { amountsOf } from '../../src/understanding/amounts.ts';
import { answerOf, changeOf, questionOf } from '../../src/understanding/answers.ts';
import { clientOf } from '../../src/understanding/client.ts';
import type { Item } from '../../src/understanding/items.ts';
import { networksOf } from '../../src/understanding/networks.ts';
import { clean } from '../../src/understanding/normalise.ts';
import { readItems } from '../../src/understanding/read.ts';
import { targetsOf } from '../../src/understanding/roles.ts';
import { sceneOf, type Scene } from '../../src/understanding/scene.ts';
import { knowledge } from './understanding-knowledge.ts';

const RULES: readonly ((scene: Scene) => unknown)[] = [
  targetsOf,
  clientOf,
  answerOf,
  changeOf,
  (scene) => questionOf(scene, false),
  (scene) => networksOf(scene, false),
  (scene) => amountsOf(scene, { asked: false, smsBought: false }),
];

/** Looks per item, for this pattern written over and over. */
function looksPerItem(pattern: string, length: number): number {
  const cleaned = clean(pattern.repeat(Math.ceil(length / pattern.length)).slice(0, length));
  const { lexicon, ranges } = knowledge;
  const scene = sceneOf(cleaned, readItems(cleaned, lexicon, ranges, []));
  let looks = 0;
  const items = new Proxy<readonly Item[]>(scene.items, {
    get(all, at, self) {
      if (typeof at === 'string' && /^\d/.test(at)) looks += 1;
      return Reflect.get(all, at, self) as unknown;
    },
  });
  for (const rule of RULES) rule({ ...scene, items });
  return looks / scene.items.length;
}

it.each([
  'mama ',
  'mama baba juma otieno ',
  'for me ',
  'mum and dad, ',
  'mama 0722000111 ',
  '0722000111, ',
  '50 for 0722000111 and ',
  'not 50 ',
  '50 ',
  'from mama ',
  'my friend ',
  'tumia mpesa ',
  'hello ',
  '- ',
])('"%s" over and over: an item of a long message is looked at no oftener than one of a short message', (pattern) => {
  const short = looksPerItem(pattern, 400);
  expect(short).toBeGreaterThan(1);

  expect(looksPerItem(pattern, 4_000)).toBeLessThan(3 * short);
});
