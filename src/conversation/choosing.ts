/**
 * Owns the reading of a typed label, number or ordinal as the button it stands for: a tap and its words mean the same, on every
 * channel. Exact labels only; what is merely similar is left to hearing.ts, and never confirms anything.
 */

import type { Understood } from '../understanding/understood.ts';
import type { Scene } from './scene.ts';
import { SPOKEN, type Choice, type Spoken } from './reply.ts';

export function menuChoiceOf(text: string, said: Understood, scene: Scene): Choice | null {
  const { choices, draft } = scene.session;
  if (choices.length === 0) return null;
  const byLabel = byTypedLabel(text, scene) ?? byNamedLabel(text, said, scene);
  if (byLabel !== null) return byLabel;
  // "The last one" is the last of what is offered, not the way out below it.
  if (said.menuLast) return choices.findLast(({ id }) => id.startsWith('set=')) ?? null;
  if (said.menuNumber === null || said.menuNumber > choices.length) return null;
  // Where numbers stand beside the choices, a number means its choice; beside buttons a bare number is shillings.
  if (draft?.asking === 'amount' && said.amount !== null && scene.around.channel.buttons) return null;
  return choices[said.menuNumber - 1] ?? null;
}

/** A number that is both a choice and an amount that can be bought: "5" where the fifth choice is KES 500. */
export function isDoubtful(said: Understood, { session, around }: Scene): boolean {
  const { draft } = session;
  if (draft?.asking !== 'amount' || draft.choosing !== undefined || around.channel.buttons) return false;
  const { menuNumber, amount } = said;
  return menuNumber !== null && amount === menuNumber && amount >= around.business.limits.airtimeMinKes;
}

function byTypedLabel(text: string, scene: Scene): Choice | null {
  const typed = plain(text);
  if (typed === '') return null;
  const same = scene.session.choices.filter(({ label }) =>
    SPOKEN.some((language) => isSayable(label, language, scene) && readsAs(scene.around.phrasebook.say(label, language), typed)),
  );
  return same.length === 1 ? (same[0] ?? null) : null;
}

/** A label within a few words, where names are what is offered: "it is on Airtel", "the amount". Never where one of them buys. */
function byNamedLabel(text: string, said: Understood, scene: Scene): Choice | null {
  const { draft, choices } = scene.session;
  const offered = { recipientNetwork: 'set=', change: 'change=' }[draft?.asking ?? ''];
  const saysMore = said.amount !== null || said.numbers.length > 0 || said.answer === 'no' || text.includes('?');
  if (offered === undefined || saysMore) return null;
  const words = ` ${plain(text)} `;
  const within = (label: Choice['label']): boolean =>
    SPOKEN.some(
      (language) =>
        isSayable(label, language, scene) && words.includes(` ${plain(scene.around.phrasebook.say(label, language))} `),
    );
  const named = choices.filter(({ id, label }) => id.startsWith(offered) && within(label));
  return named.length === 1 ? (named[0] ?? null) : null;
}

/** A label that an older program offered may have no text any more: then nobody can type it, and whatever they type is read without it. */
function isSayable({ key }: Choice['label'], language: Spoken, { around }: Scene): boolean {
  return around.phrasebook.has(key, language);
}

/** `typed` is plain already. Most labels differ from it at their first letter, and no more of them is looked at. */
function readsAs(label: string, typed: string): boolean {
  if (OPENS_PLAINLY.test(label) && label[0]?.toLowerCase() !== typed[0]) return false;
  return plain(label) === typed;
}

/** A letter or digit that is no accent's base. */
const OPENS_PLAINLY = /^[A-Za-z0-9][ -~]/;

/** Letters and digits only, lower case: emoji, punctuation and spaces do not matter. */
function plain(text: string): string {
  return text
    .slice(0, 100)
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
