/**
 * Owns the Swahili verb: from a root in data/lexicon/sw.json it makes the forms that people write ("ninunulie", "umenitumia",
 * "usitume", "hujanitumia") and what each tells: who is meant, whether it is wished, past, denied. Irregular forms are listed as
 * phrases in the data instead.
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

export interface VerbForm {
  readonly form: string;
  readonly tags: readonly Tag[];
}

const I_AND_WE = ['ni', 'tu'];
const YOU = ['u', 'm'];
const OTHERS = ['a', 'wa', 'i', 'zi'];
const SUBJECTS = [...I_AND_WE, ...YOU, ...OTHERS];
/** Whom it is done for: none, me, him or her, us, them. "ku", doing it for you, is no order. */
const OBJECTS = ['', 'ni', 'm', 'tu', 'wa'];
const DONE = ['me', 'li', 'mesha', 'sha'];
const TO_DO = ['na', 'ta'];

export function verbForms(verb: Verb): VerbForm[] {
  const forms: VerbForm[] = [];
  for (const end of verb.ends) addStem(forms, verb.means, verb.root + end, false);
  for (const end of verb.benefactive) addStem(forms, verb.means, verb.root + end, true);
  return forms;
}

function addStem(forms: VerbForm[], means: Tag, stem: string, benefactive: boolean): void {
  for (const object of OBJECTS) {
    const about = object + stem;
    const tags = tagsFor(means, object, benefactive);
    // "nitume" is "that I send", not "send me": the bare plain verb takes no object.
    if (benefactive || object === '') forms.push({ form: about, tags });
    forms.push({ form: `ku${about}`, tags });
    for (const subject of SUBJECTS) {
      const wished = wishedBy(means, subject, tags);
      if (benefactive || object === '') forms.push({ form: subject + about, tags: wished });
      for (const tense of TO_DO) forms.push({ form: subject + tense + about, tags: wished });
      for (const tense of DONE) forms.push({ form: subject + tense + about, tags: pastOf(means, subject) });
      forms.push({ form: `${negative(subject)}ja${about}`, tags: [YOU.includes(subject) ? 'not_arrived' : 'past_me'] });
    }
    for (const spoken of ['na', 'n', 'nta'])
      if (benefactive || object === '') forms.push({ form: spoken + about, tags: wishedBy(means, 'ni', tags) });
    if (object === 'ni' || object === '')
      for (const dont of ['usi', 'msi', 'si', 'sita']) forms.push({ form: dont + about, tags: deniedOf(means) });
  }
}

function tagsFor(means: Tag, object: string, benefactive: boolean): Tag[] {
  if (object === '' || !benefactive) return [means];
  return object === 'ni' ? [means, ...(FOR_ME.has(means) ? (['self'] as const) : [])] : [means, 'other_person'];
}

/** Deeds that, done for me, name me as the recipient. */
const FOR_ME: ReadonlySet<Tag> = new Set<Tag>(['buy', 'send', 'topup', 'give', 'sambaza']);

function wishedBy(means: Tag, subject: string, tags: readonly Tag[]): readonly Tag[] {
  if (means === 'pay' && I_AND_WE.includes(subject)) return ['pay', 'payer_self'];
  if (means === 'pay' && OTHERS.includes(subject)) return ['pays'];
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
