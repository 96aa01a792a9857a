/**
 * Owns the Swahili verb: takes a form that people write ("ninunulie", "umenitumia", "usitume", "hujanitumia") apart into its
 * prefixes and a root of data/lexicon/sw.json, and tells who is meant, and whether it is wished, past or denied. Irregular
 * forms are listed as phrases in the data instead.
 */

import type { Tag } from './tags.ts';

export interface Verb {
  readonly means: Tag;
  /** "nunu" of nunua. */
  readonly root: string;
  /** Endings of the plain verb: nunu-a, nunu-e. */
  readonly ends: readonly string[];
  /** Endings of doing it for somebody: nunu-lia, nunu-lie. */
  readonly benefactive: readonly string[];
}

/** The meanings of a verb form, or null when it is none of a known verb. */
export type VerbReader = (word: string) => readonly Tag[] | null;

interface Stem {
  readonly means: Tag;
  readonly benefactive: boolean;
}

/** What the prefixes of a form tell. */
interface Shape {
  readonly mode: 'plain' | 'wished' | 'past' | 'not_yet' | 'denied';
  readonly subject: string;
  readonly object: string;
  /** The shape has no tense: the plain verb takes no object in it ("nitume" is "that I send", not "send me"). */
  readonly short: boolean;
}

const I_AND_WE = ['ni', 'tu'];
const YOU = ['u', 'm'];
const OTHERS = ['a', 'wa', 'i', 'zi'];
const SUBJECTS = [...I_AND_WE, ...YOU, ...OTHERS];
/** Whom it is done for: none, me, him or her, us, them. "ku", doing it for you, is no order. */
const OBJECTS = ['', 'ni', 'm', 'tu', 'wa'];
const DONE = ['me', 'li', 'mesha', 'sha'];
const TO_DO = ['na', 'ta'];
const SPOKEN_I = ['na', 'n', 'nta'];
const DONT = ['usi', 'msi', 'si', 'sita'];

export function verbReader(verbs: readonly Verb[]): VerbReader {
  const stems = stemsOf(verbs);
  const shapes = shapesByPrefix();
  const longest = Math.max(...[...shapes.keys()].map(({ length }) => length));
  return (word) => {
    const tags = new Set<Tag>();
    for (let at = 0; at <= longest && at < word.length - 2; at += 1) {
      const stem = stems.get(word.slice(at));
      if (stem === undefined) continue;
      for (const shape of shapes.get(word.slice(0, at)) ?? [])
        for (const one of stem) for (const tag of tagsOf(one, shape)) tags.add(tag);
    }
    return tags.size === 0 ? null : [...tags];
  };
}

function stemsOf(verbs: readonly Verb[]): Map<string, Stem[]> {
  const stems = new Map<string, Stem[]>();
  const add = (form: string, stem: Stem): void => void stems.set(form, [...(stems.get(form) ?? []), stem]);
  for (const { means, root, ends, benefactive } of verbs) {
    for (const end of ends) add(root + end, { means, benefactive: false });
    for (const end of benefactive) add(root + end, { means, benefactive: true });
  }
  return stems;
}

function shapesByPrefix(): Map<string, Shape[]> {
  const shapes = new Map<string, Shape[]>();
  for (const object of OBJECTS) {
    const add = (prefix: string, mode: Shape['mode'], subject: string, short = false): void => {
      const all = shapes.get(prefix + object) ?? [];
      shapes.set(prefix + object, [...all, { mode, subject, object, short }]);
    };
    add('', 'plain', '', true);
    add('ku', 'plain', '');
    for (const subject of SUBJECTS) {
      add(subject, 'wished', subject, true);
      for (const tense of TO_DO) add(subject + tense, 'wished', subject);
      for (const tense of DONE) add(subject + tense, 'past', subject);
      add(`${negative(subject)}ja`, 'not_yet', subject);
    }
    for (const spoken of SPOKEN_I) add(spoken, 'wished', 'ni', true);
    if (object === 'ni' || object === '') for (const dont of DONT) add(dont, 'denied', '');
  }
  return shapes;
}

function tagsOf({ means, benefactive }: Stem, { mode, subject, object, short }: Shape): readonly Tag[] {
  if (short && object !== '' && !benefactive) return [];
  switch (mode) {
    case 'plain':
      return forWhom(means, object, benefactive);
    case 'wished':
      return wishedBy(means, subject, forWhom(means, object, benefactive));
    case 'past':
      return pastOf(means, subject);
    case 'not_yet':
      return [YOU.includes(subject) ? 'not_arrived' : 'past_me'];
    case 'denied':
      return deniedOf(means);
  }
}

/** Deeds that, done for me, name me as the recipient. */
const FOR_ME: ReadonlySet<Tag> = new Set<Tag>(['buy', 'send', 'topup', 'give', 'sambaza']);

function forWhom(means: Tag, object: string, benefactive: boolean): readonly Tag[] {
  if (object === '' || !benefactive) return [means];
  if (object !== 'ni') return [means, 'other_person'];
  return FOR_ME.has(means) ? [means, 'self'] : [means];
}

function wishedBy(means: Tag, subject: string, tags: readonly Tag[]): readonly Tag[] {
  if (means === 'pay' && I_AND_WE.includes(subject)) return ['pay', 'payer_self'];
  if (means === 'pay' && OTHERS.includes(subject)) return ['pays'];
  if (means === 'pay_for' && OTHERS.includes(subject)) return ['pays', 'pay_for'];
  return tags;
}

function pastOf(means: Tag, subject: string): readonly Tag[] {
  if (means === 'cancel') return ['cancel'];
  if (STEERING.has(means)) return ['idiom'];
  if (means === 'loan') return ['loan'];
  return I_AND_WE.includes(subject) ? ['past_me'] : YOU.includes(subject) ? ['past_you'] : ['arrived'];
}

function deniedOf(means: Tag): readonly Tag[] {
  if (means === 'cancel') return ['dont_cancel'];
  if (means === 'loan') return ['loan'];
  return STEERING.has(means) ? ['idiom'] : ['dont'];
}

/** Deeds of the conversation, not of an order. */
const STEERING: ReadonlySet<Tag> = new Set<Tag>(['change', 'check', 'alert', 'tell', 'help']);

function negative(subject: string): string {
  if (subject === 'ni') return 'si';
  if (subject === 'u') return 'hu';
  return subject === 'a' ? 'ha' : `ha${subject}`;
}
