/**
 * Plays a transcript against a whole Jaza (chat-world.ts), in one language, with buttons or with numbers. A line that does not hold
 * stops it with the line's number and the conversation so far. The format stands in script.ts.
 */

import { parseMsisdn } from '../../src/domain/msisdn.ts';
import { createLog } from '../../src/lib/log.ts';
import { parseFault } from '../../src/sandbox/faults.ts';
import type { Order } from '../../src/domain/order.ts';
import type { Spoken } from '../../src/conversation/reply.ts';
import type { Content, InboundMessage, SendOutcome } from '../../src/ports/channel.ts';
import { openWorld, START, type ChatWorld, type SaidMessage } from '../support/chat-world.ts';
import { openUpstream, type RecordingUpstream } from '../wire/recording-upstream.ts';
import { factsOf } from './facts.ts';
import { labelled, numberShown } from './menus.ts';
import { createConsole, type OperatorsConsole } from './operators-console.ts';
import { openOtherWallets, UNPRICED, type OtherWallets } from './other-wallets.ts';
import { FIRST_PERSON, readLine, type Expected, type Message, type Step } from './script.ts';

export interface Play {
  readonly language: Spoken;
  readonly numbered: boolean;
  readonly database: string;
  readonly texts: (key: string, language: Spoken) => string;
}

export interface Played {
  /** The conversation as it was shown. */
  readonly story: string;
  readonly said: readonly SaidMessage[];
}

/** Plays it to the end; throws at the first line that does not hold. */
export async function playTranscript(source: string, play: Play): Promise<Played> {
  const player = new Player(play);
  try {
    for (const [at, line] of source.split('\n').entries()) {
      try {
        const read = readLine(line, play);
        if (read !== null) await player.step(read.person, read.step);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        throw new Error(`line ${at + 1}: ${line.trim()}\n${why}\n\n${player.story}`, { cause: error });
      }
    }
    player.nothingUnheard();
    return { story: player.story, said: player.said };
  } finally {
    await player.close();
  }
}

/** One who speaks: what they were told, and how much of it the transcript has heard. */
interface Person {
  readonly name: string;
  sender: string;
  channel: InboundMessage['address']['channel'];
  readonly said: SaidMessage[];
  heard: number;
  own: InboundMessage['ownPhone'];
}

class Player {
  readonly #play: Play;
  readonly #people = new Map<string, Person>();
  readonly #lines: string[] = [];
  readonly #env: Record<string, string> = {};
  readonly #sends: SendOutcome[] = [];
  readonly #operator: string[] = [];
  readonly #console: OperatorsConsole = createConsole();
  #upstream: RecordingUpstream | null = null;
  #wallets: OtherWallets | null = null;
  #world: ChatWorld | null = null;
  #prompts = 0;

  constructor(play: Play) {
    this.#play = play;
  }

  get story(): string {
    return `${this.#lines.join('\n')}\n`;
  }

  get said(): readonly SaidMessage[] {
    return [...this.#people.values()].flatMap(({ said }) => said);
  }

  async close(): Promise<void> {
    await this.#world?.close();
    await this.#upstream?.close();
    await this.#wallets?.close();
  }

  async step(name: string, step: Step): Promise<void> {
    const person = this.#person(name);
    switch (step.kind) {
      case 'env':
        return this.#set(step.setting);
      case 'hand':
        return this.#hand(person, step.messages);
      case 'own':
        return this.#owns(person, step.phone);
      case 'is':
        this.#person(step.chat).sender = step.sender;
        return;
      case 'on':
        this.#person(step.chat).channel = step.channel;
        return;
      case 'hears':
        return this.#hears(person, step.expected);
      case 'hears not':
        return this.#hearsNot(person, step.expected);
      case 'silence':
        return this.nothingUnheard();
      case 'passes':
        return this.#passes(step.ms);
      case 'restart':
        return this.#restart();
      case 'fault':
        return this.#fault(step.text);
      case 'phone':
        return this.#phone(step.number, step.answer);
      case 'operator':
        return this.#commands(step.does, step.words);
      case 'wallets':
        this.#lines.push(`(wallets ${[step.does, ...step.words].join(' ')})`);
        return this.#wallets?.does(step.does, step.words) ?? never('the wallets are kept here');
      case 'holds':
        return this.#holds(person, step.noun, step.values);
    }
  }

  nothingUnheard(): void {
    for (const { said, heard, name } of this.#people.values()) {
      const rest = said.slice(heard).map(({ text }) => text);
      if (rest.length > 0) throw new Error(`${name} was told more than the transcript hears:\n${rest.join('\n---\n')}`);
    }
  }

  #person(name: string): Person {
    const known = this.#people.get(name) ?? { name, sender: name, channel: 'terminal' as const, said: [], heard: 0, own: null };
    this.#people.set(name, known);
    return known;
  }

  async #opened(startAt?: number): Promise<ChatWorld> {
    if (this.#world !== null) return this.#world;
    const told = (line: string): void => {
      const { msg, what, detail } = JSON.parse(line) as Record<string, unknown>;
      if (msg === 'for the operator') this.#operator.push(`${String(what)}: ${String(detail)}`);
    };
    this.#world = await openWorld({
      numbered: this.#play.numbered,
      database: this.#play.database,
      env: this.#env,
      sendOutcomes: this.#sends,
      log: createLog('warn', told),
      ...(startAt === undefined ? {} : { startAt }),
    });
    this.#collect();
    return this.#world;
  }

  async #set(setting: string): Promise<void> {
    if (this.#world !== null) throw new Error('settings come before everything else');
    if (setting.startsWith('wallets elsewhere')) {
      const scopes = setting.endsWith('unpriced') ? UNPRICED : undefined;
      this.#wallets = await openOtherWallets({ now: () => this.#world?.clock.now() ?? START, ...(scopes && { scopes }) });
      Object.assign(this.#env, this.#wallets.env);
      return;
    }
    if (setting !== 'upstream') {
      const [name = '', value = ''] = setting.split('=');
      this.#env[name] = value;
      return;
    }
    this.#upstream = await openUpstream();
    Object.assign(this.#env, { TOPUPS_BASE_URL: this.#upstream.url, TOPUPS_API_TOKEN: 'a12f4f9a99be83f1e631e379834864e7' });
  }

  #collect(): void {
    for (const message of this.#world?.said.splice(0) ?? []) {
      this.#person(message.to).said.push(message);
      const buttons = message.buttons.map(({ label }) => `[${label}]`).join(' ');
      const text = message.text.replace(/^/gm, `${this.#mark(message.to)}< `) + (buttons === '' ? '' : `\n  ${buttons}`);
      this.#lines.push(text.replace(/JZ[0-9A-Z]{8}/g, 'JZ........').replace(/\b[A-Z]-[2-9A-Z]{6}\b/g, 'X-......'));
    }
    this.#prompts += this.#world?.prompts.splice(0).length ?? 0;
  }

  #mark(name: string): string {
    return name === FIRST_PERSON ? '' : `${name}: `;
  }

  async #hand(person: Person, messages: readonly Message[]): Promise<void> {
    const world = await this.#opened();
    const handed = messages.map(({ said, id, lateMs }) => ({
      sender: person.sender,
      address: addressOf(person),
      content: this.#content(person, said),
      ownPhone: person.own,
      locale: this.#play.language,
      sentAt: lateMs === 0 ? null : world.clock.now() - lateMs,
      ...(id === null ? {} : { messageId: id }),
    }));
    await world.hear(...handed);
    this.#collect();
  }

  #content(person: Person, said: Message['said']): Content {
    const shown = (text: string): void => void this.#lines.push(`${this.#mark(person.name)}${text}`);
    if (said.kind === 'text') {
      shown(`> ${said.text.length > 200 ? `${said.text.slice(0, 60)}... (${said.text.length} characters)` : said.text}`);
      return { kind: 'text', text: said.text.replace('{code}', this.#console.code()) };
    }
    if (said.kind === 'sent') {
      shown(`(${said.what})`);
      const [what = '', name = null, ...phones] = said.what.split(' ');
      if (what === 'contact') return { kind: 'contact', name: name === '-' ? null : name, phones };
      return { kind: 'unsupported', what: what as 'sticker' };
    }
    const label = /^"(.*)"$/.exec(said.label)?.[1] ?? new RegExp(`^${this.#pattern(said.label)}$`);
    const { said: shownTo } = said.of === null ? person : this.#person(said.of);
    const having = labelled(shownTo, label, this.#play.numbered);
    const button = said.first ? having[0] : having.at(-1);
    if (button === undefined) throw new Error(`no button reads like ${said.label}`);
    shown(`[${button.label}]`);
    if (!this.#play.numbered) return { kind: 'tap', data: button.id, on: null };
    // The number stands for its choice while the list is the last one; later only the label says which is meant.
    const number = said.first || said.of !== null ? null : numberShown(person.said, button);
    return { kind: 'text', text: number === null ? button.label : String(number) };
  }

  async #owns(person: Person, phone: string): Promise<void> {
    const [number = '', shared] = phone.split(' ');
    const parsed = parseMsisdn(number);
    if (!parsed.ok) throw new Error('not a number');
    person.own = parsed.value;
    if (shared === undefined) return;
    const world = await this.#opened();
    this.#lines.push(`${this.#mark(person.name)}(shares ${number})`);
    const content = { kind: 'contact', name: null, phones: [number] } as const;
    await world.hear({
      sender: person.sender,
      address: addressOf(person),
      ownPhone: parsed.value,
      locale: this.#play.language,
      content,
    });
    this.#collect();
  }

  #hears(person: Person, { keys, texts }: Expected): void {
    const message = person.said[person.heard];
    if (message === undefined) throw new Error('the bot said nothing');
    person.heard += 1;
    for (const text of texts) if (!message.text.includes(text)) throw new Error(`"${text}" is not in:\n${message.text}`);
    for (const key of keys) {
      if (!new RegExp(this.#pattern(key)).test(message.text)) throw new Error(`${key} was not said, but:\n${message.text}`);
    }
  }

  #hearsNot(person: Person, { keys, texts }: Expected): void {
    const text = person.said[person.heard - 1]?.text ?? '';
    const said = [
      ...texts.filter((one) => text.includes(one)),
      ...keys.filter((key) => new RegExp(this.#pattern(key)).test(text)),
    ];
    if (said.length > 0) throw new Error(`${said.join(', ')} was said:\n${text}`);
  }

  /** A phrase as a pattern: every parameter may be anything, plural forms are alternatives. */
  #pattern(key: string): string {
    const forms = [key, `${key}_one`, `${key}_other`]
      .map((form) => this.#play.texts(form, this.#play.language))
      .filter((form) => form !== '');
    if (forms.length === 0) throw new Error(`no text has the key ${key}`);
    return `(?:${forms.map((form) => form.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{\{\w+\}\}/g, '[\\s\\S]*?')).join('|')})`;
  }

  async #passes(ms: number): Promise<void> {
    this.#lines.push(`@ +${ms / 60_000}m`);
    await (await this.#opened()).pass(ms);
    this.#collect();
  }

  async #restart(): Promise<void> {
    this.#lines.push('@ restart');
    const world = await this.#opened();
    const now = world.clock.now();
    await world.close();
    this.#world = null;
    await this.#opened(now);
  }

  async #fault(text: string): Promise<void> {
    this.#lines.push(`! ${text}`);
    const [noun, how] = text.split(' ');
    const world = await this.#opened();
    if (noun === 'send') {
      const why = 'as the transcript says';
      this.#sends.push(
        how === 'retry' ? { kind: 'retry', why, afterMs: null } : { kind: how === 'blocked' ? 'blocked' : 'refused', why },
      );
      return;
    }
    if (noun === 'sales') return world.core.store.putSetting('sales_stopped', how === 'stopped' ? 'the shop is closed' : '');
    const fault = parseFault(text);
    if (!fault.ok) throw new Error(fault.error);
    const set = world.core.sandbox?.setFault(fault.value);
    if (set?.ok !== true) throw new Error('the fault could not be set');
  }

  async #commands(does: string, words: readonly string[]): Promise<void> {
    this.#lines.push(`(operator ${[does, ...words].join(' ')})`);
    await this.#console.does(await this.#opened(), does, words);
    this.#collect();
  }

  async #phone(number: string, answer: string): Promise<void> {
    this.#lines.push(`(phone ${number} ${answer})`);
    const parsed = parseMsisdn(number);
    if (!parsed.ok) throw new Error('not a number');
    const world = await this.#opened();
    const answered = await world.core.sandbox?.answer(parsed.value, answer as 'approve');
    if (answered !== true) throw new Error('no prompt is open on that phone');
    await world.settle();
    this.#collect();
  }

  async #holds(person: Person, noun: string, values: readonly string[]): Promise<void> {
    const [wanted = ''] = values;
    if (noun === 'prompts') return equal(this.#prompts, Number(wanted));
    if (noun === 'posts') return equal(this.#upstream?.posts.length, Number(wanted));
    if (noun === 'topups') return equal(this.#wallets?.topUps(), Number(wanted));
    if (noun === 'operator') {
      const told = this.#operator.at(-1) ?? '';
      const text = values.join(' ').replace(/^"|"$/g, '');
      if (!told.includes(text)) throw new Error(`the operator was last told: ${told}`);
      return;
    }
    const orders = await this.#orders(person);
    if (noun === 'orders') return equal(orders.length, Number(wanted));
    if (noun !== 'order') throw new Error('what should hold?');
    equal(orders[0]?.state, wanted);
    const facts = orders[0] === undefined ? [] : factsOf(orders[0]);
    for (const value of values.slice(1)) {
      const number = parseMsisdn(value);
      const fact = number.ok && value.length > 8 ? number.value : value;
      if (!facts.includes(fact)) throw new Error(`${value} is not in the order: ${facts.join(', ')}`);
    }
  }

  async #orders(person: Person): Promise<readonly Order[]> {
    const world = await this.#opened();
    const message: InboundMessage = {
      address: addressOf(person),
      sender: person.sender,
      messageId: 'look',
      sentAt: null,
      locale: null,
      senderName: null,
      ownPhone: null,
      content: { kind: 'blocked' },
    };
    const [known] = await world.core.store.load([{ kind: 'message', id: 'look', at: world.clock.now(), message }]);
    return known?.recentOrders ?? [];
  }
}

function addressOf({ name, channel }: Person): InboundMessage['address'] {
  return { channel, account: 'test', chat: name };
}

function equal(actual: unknown, wanted: unknown): void {
  if (actual !== wanted) throw new Error(`expected ${String(wanted)}, found ${String(actual)}`);
}

function never(why: string): never {
  throw new Error(why);
}
