/**
 * Owns the lexicon: the words of data/lexicon/, checked and made ready for looking up. Built once at start. A bad file is
 * refused with its name and what is wrong with it; adding a word needs no change here.
 */

import { PAYMENT_NETWORKS, type PaymentNetwork } from '../domain/networks.ts';
import { isTag, type Tag } from './tags.ts';
import { rawTokens, type Vocabulary } from './tokens.ts';
import { verbReader, type Verb, type VerbReader } from './verbs.ts';
import { buildVocabulary } from './vocabulary.ts';

/** Which file a word came from. `neutral` words decide no language. */
export type Source = 'en' | 'sw' | 'sheng' | 'neutral';
const SOURCES: readonly string[] = ['en', 'sw', 'sheng', 'neutral'] satisfies Source[];

export interface Phrase {
  readonly tags: readonly Tag[];
  readonly network: PaymentNetwork | null;
  /** The payment network of a mobile operator's brand ("airtel"), which counts only where paying is spoken of. */
  readonly brand: PaymentNetwork | null;
  readonly ordinal: number | null;
}

export interface PhraseNode {
  phrase: Phrase | null;
  next: Map<string, PhraseNode> | null;
}

export type NumberKind = 'unit' | 'teen' | 'ten' | 'whole' | 'multiplier' | 'joiner' | 'a' | 'half';

export interface NumberWord {
  readonly kind: NumberKind;
  readonly value: number;
  readonly source: Source;
  /** Also an ordinary word ("blue", "punch"): an amount only where one is expected. */
  readonly weak: boolean;
}

/** How strongly a word belongs to its languages: by a phrase that it is part of, by itself, by the list of ordinary words. */
const PART = 0;
const WORD = 1;
const LISTED = 2;

export interface WordSource {
  readonly weight: number;
  readonly sources: readonly Source[];
}

export interface Lexicon {
  readonly phrases: ReadonlyMap<string, PhraseNode>;
  /** The meaning of a single word, listed or a form of a Swahili verb. */
  readonly phraseOf: (word: string) => Phrase | null;
  readonly verbTags: VerbReader;
  readonly numbers: ReadonlyMap<string, NumberWord>;
  /** Which languages a word belongs to; a word of several decides none. */
  readonly sources: ReadonlyMap<string, WordSource>;
  /** Given names, so that "top up john" is a person and "top up acme" is a client. */
  readonly names: ReadonlySet<string>;
  readonly vocabulary: Vocabulary;
}

/** `files` by name, each already parsed from JSON. Throws an error that names the file and the entry. */
export function parseLexicon(files: Record<string, unknown>): Lexicon {
  const building: Building = {
    phrases: new Map(),
    numbers: new Map(),
    sources: new Map(),
    names: new Set(),
    listed: new Set(),
    verbs: [],
  };
  for (const [name, content] of Object.entries(files)) readFile(new Reader(name, content), building);
  if (building.phrases.size === 0) throw new Error('the lexicon is empty: no file holds a phrase');
  const { phrases, numbers, sources, names, listed } = building;
  const verbTags = verbReader(building.verbs);
  for (const word of listed) addVerbTags(phrases.get(word), verbTags(word));
  const phraseOf = (word: string): Phrase | null => phrases.get(word)?.phrase ?? verbPhrase(verbTags(word));
  const known = { phrases, numbers, sources, names, listed, verbTags };
  return { phrases, phraseOf, numbers, sources, names, verbTags, vocabulary: buildVocabulary(known) };
}

/** A listed word that is also a verb form keeps both: "nitumie" is in the list of orders, and says "me". */
function addVerbTags(node: PhraseNode | undefined, tags: readonly Tag[] | null): void {
  if (node?.phrase == null || tags === null) return;
  node.phrase = { ...node.phrase, tags: [...new Set([...node.phrase.tags, ...tags])] };
}

function verbPhrase(tags: readonly Tag[] | null): Phrase | null {
  return tags === null ? null : { tags, network: null, brand: null, ordinal: null };
}

interface Building {
  readonly phrases: Map<string, PhraseNode>;
  readonly numbers: Map<string, NumberWord>;
  readonly sources: Map<string, WordSource>;
  readonly names: Set<string>;
  /** Single words as they stand in the files, without the verb forms that are made. */
  readonly listed: Set<string>;
  readonly verbs: Verb[];
}

function readFile(file: Reader, building: Building): void {
  const named = file.text('language');
  const source = SOURCES.find((known) => known === named) as Source | undefined;
  if (source === undefined) throw file.error('language', `must be one of ${SOURCES.join(', ')}`);
  for (const [tag, phrases] of file.lists('phrases')) {
    if (!isTag(tag)) throw file.error(`phrases.${tag}`, 'is not a meaning that the bot knows; see README.md for the list');
    for (const phrase of phrases) addPhrase(building, source, phrase, { tags: [tag] }, file);
  }
  for (const [network, phrases] of file.lists('networks')) {
    const known = paymentNetwork(network);
    if (known === null) throw file.error(`networks.${network}`, `must be one of ${PAYMENT_NETWORKS.join(', ')}`);
    for (const phrase of phrases) addPhrase(building, source, phrase, { tags: ['network'], network: known }, file);
  }
  for (const [network, phrases] of file.lists('brands')) {
    for (const phrase of phrases) addPhrase(building, source, phrase, { tags: ['brand'], brand: paymentNetwork(network) }, file);
  }
  for (const [kind, phrases] of file.lists('money')) {
    const tag = MONEY_KINDS[kind];
    if (tag === undefined) throw file.error(`money.${kind}`, `must be one of ${Object.keys(MONEY_KINDS).join(', ')}`);
    for (const phrase of phrases) addPhrase(building, source, phrase, { tags: [tag] }, file);
  }
  readNumbers(file, source, building);
  building.verbs.push(...file.verbs());
  for (const word of file.list('words')) addSource(building, word, source, LISTED);
  for (const name of file.list('names')) building.names.add(name);
}

const MONEY_KINDS: Readonly<Record<string, Tag>> = { shilling: 'shilling', foreign: 'foreign_money', cents: 'cents' };

const NUMBER_KINDS: Readonly<Record<string, NumberKind>> = {
  units: 'unit',
  teens: 'teen',
  tens: 'ten',
  whole: 'whole',
  multipliers: 'multiplier',
};

function readNumbers(file: Reader, source: Source, building: Building): void {
  const numbers = file.section('numbers');
  const weak = new Set(numbers.list('weak'));
  for (const [section, kind] of Object.entries(NUMBER_KINDS)) {
    for (const [word, value] of numbers.values(section)) {
      building.numbers.set(word, { kind, value, source, weak: weak.has(word) });
      // An ordinary word tells its language only where it is an amount.
      addSource(building, word, weak.has(word) ? 'neutral' : source, WORD);
    }
  }
  for (const [section, kind] of [
    ['joiners', 'joiner'],
    ['a', 'a'],
    ['halves', 'half'],
  ] as const) {
    for (const word of numbers.list(section)) building.numbers.set(word, { kind, value: 0, source, weak: false });
  }
  for (const [phrase, ordinal] of numbers.values('ordinals')) addPhrase(building, source, phrase, { tags: [], ordinal }, file);
}

function paymentNetwork(name: string): PaymentNetwork | null {
  return PAYMENT_NETWORKS.find((network) => network === name) ?? null;
}

const PLAIN_WORDS = /^[a-z]+(?: [a-z]+)*$/;

function addPhrase(building: Building, source: Source, text: string, meaning: Partial<Phrase>, file: Reader): void {
  // Most phrases are plain words, and there are thousands: those need no reading.
  const words = PLAIN_WORDS.test(text) ? text.split(' ') : rawTokens(text.toLowerCase()).map(({ key }) => key);
  if (words.length === 0) throw file.error('phrases', `holds an empty phrase under ${meaning.tags?.join() ?? 'ordinals'}`);
  let map = building.phrases;
  let node: PhraseNode | undefined;
  for (const word of words) {
    if (node !== undefined) map = node.next ??= new Map();
    node = map.get(word);
    if (node === undefined) map.set(word, (node = { phrase: null, next: null }));
    addSource(building, word, source, words.length === 1 ? WORD : PART);
  }
  if (node === undefined) return;
  if (words.length === 1) building.listed.add(words[0] ?? '');
  const before = node.phrase;
  if (before === null) {
    node.phrase = {
      tags: meaning.tags ?? [],
      network: meaning.network ?? null,
      brand: meaning.brand ?? null,
      ordinal: meaning.ordinal ?? null,
    };
    return;
  }
  node.phrase = {
    tags: [...new Set([...before.tags, ...(meaning.tags ?? [])])],
    network: meaning.network ?? before.network,
    brand: meaning.brand ?? before.brand,
    ordinal: meaning.ordinal ?? before.ordinal,
  };
}

function addSource(building: Building, word: string, source: Source, weight: number): void {
  const known = building.sources.get(word);
  if (known === undefined || known.weight < weight) building.sources.set(word, { weight, sources: [source] });
  else if (known.weight === weight && !known.sources.includes(source)) {
    building.sources.set(word, { weight, sources: [...known.sources, source] });
  }
}

/** Reads one part of a file and says where something is wrong. */
class Reader {
  readonly #name: string;
  readonly #content: Readonly<Record<string, unknown>>;

  constructor(name: string, content: unknown) {
    this.#name = name;
    if (typeof content !== 'object' || content === null || Array.isArray(content))
      throw new Error(`lexicon ${name}: must be an object`);
    this.#content = content as Readonly<Record<string, unknown>>;
  }

  error(where: string, what: string): Error {
    return new Error(`lexicon ${this.#name}: ${where} ${what}`);
  }

  text(key: string): string {
    const value = this.#content[key];
    if (typeof value !== 'string') throw this.error(key, 'must be a text');
    return value;
  }

  section(key: string): Reader {
    return new Reader(`${this.#name}, ${key}`, this.#content[key] ?? {});
  }

  list(key: string): readonly string[] {
    const value = this.#content[key] ?? [];
    if (!Array.isArray(value)) throw this.error(key, 'must be a list');
    return value.map((entry: unknown) => {
      if (typeof entry !== 'string' || entry.trim() === '')
        throw this.error(key, `holds ${JSON.stringify(entry)}, which is no text`);
      return entry.trim().toLowerCase();
    });
  }

  lists(key: string): readonly (readonly [string, readonly string[]])[] {
    const section = this.section(key);
    return Object.keys(section.#content).map((name) => [name, section.list(name)] as const);
  }

  values(key: string): readonly (readonly [string, number])[] {
    return Object.entries(this.section(key).#content).map(([word, value]) => {
      if (typeof value !== 'number' || !Number.isInteger(value) || value < 0)
        throw this.error(`${key}.${word}`, 'must be a whole number');
      return [word.toLowerCase(), value] as const;
    });
  }

  verbs(): readonly Verb[] {
    const value = this.#content['verbs'] ?? [];
    if (!Array.isArray(value)) throw this.error('verbs', 'must be a list');
    return value.map((entry: unknown, index) => {
      const verb = new Reader(`${this.#name}, verbs[${index}]`, entry);
      const means = verb.text('means');
      if (!isTag(means)) throw verb.error('means', `must be a meaning that the bot knows, not ${means}`);
      return { means, root: verb.text('root'), ends: verb.list('ends'), benefactive: verb.list('for') };
    });
  }
}
