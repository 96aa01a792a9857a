/**
 * Owns what is said of alerts on low SMS beside a number: that one is to go, and which; by which way somebody wants to be told. A number
 * in "no more alert below 80" names the alert, so it is none to set.
 */

import type { Amounts } from './amounts.ts';
import { has, type Item } from './items.ts';
import type { Scene } from './scene.ts';
import type { SaidAlert } from './understood.ts';

const NOTHING: SaidAlert = { removes: null, way: null };

/** `addressed`: a phone number stands in it. */
export function alertOf(scene: Scene, amounts: Amounts, addressed: boolean): SaidAlert {
  const below = onlyCount(amounts);
  const removes = scene.tags.has('alerts_off') ? namesOne(amounts) : isRemoval(scene.items);
  if (removes) return { removes: { below, all: scene.tags.has('all_of_them') }, way: null };
  if (scene.tags.has('by_email') || MAIL_ADDRESS.test(scene.lower)) return { removes: null, way: 'email' };
  return addressed || scene.tags.has('by_sms') ? { removes: null, way: 'sms' } : NOTHING;
}

const MAIL_ADDRESS = /\S@\S+\.\S/;

/** "Stop alerts" are all of them, "stop the alerts below 80" the one. */
function namesOne({ said, smsUnits }: Amounts): boolean {
  return said.length > 0 || smsUnits !== null;
}

function onlyCount({ said, smsUnits }: Amounts): number | null {
  const values = new Set(said.map(({ item }) => item.value));
  if (smsUnits !== null) values.add(smsUnits);
  const [first] = values;
  return values.size === 1 ? (first ?? null) : null;
}

const MOST_BETWEEN = 3;

/** "Remove my alert", "futa ile arifa"; or the verb last: "the alert below 80, remove". */
function isRemoval(items: readonly Item[]): boolean {
  const words = items.filter((item) => item.kind !== 'symbol' && !has(item, 'filler', 'thanks'));
  const noun = words.findIndex((item) => has(item, 'alert_noun'));
  if (noun === -1) return false;
  if (words.slice(noun).some((item, at, after) => has(item, 'remove') && at === after.length - 1)) return true;
  const verb = items.findIndex((item) => has(item, 'remove'));
  const between = items.slice(
    verb + 1,
    Math.max(
      verb + 1,
      items.findIndex((item, at) => at > verb && has(item, 'alert_noun')),
    ),
  );
  if (verb === -1 || !items.slice(verb).some((item) => has(item, 'alert_noun'))) return false;
  return between.length <= MOST_BETWEEN && between.every((item) => item.kind !== 'symbol' && !has(item, 'alert'));
}
