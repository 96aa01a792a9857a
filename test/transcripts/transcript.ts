/**
 * Reads and plays transcripts: conversations as anyone can read them. A line is one of
 *
 *   # a comment
 *   > what the person writes          > English | Kiswahili    (each in its run)
 *   > @id=7 text                      the network's message id: the same id again is a redelivery
 *   >> a && b                         both in the same instant
 *   [buy-airtime:yes]                 taps the button with that label (by its key), of the last message that has it
 *   ["KES 100"]                       the same, by the label itself
 *   [buy-airtime:yes #1]              the same, of the first message that had it: an old button
 *   (contact Mum 0733000000)          shares a contact       (sticker)   sends something that is no text
 *   own 0722002000                    the network vouches for the speaker's number from now on
 *   < key key "text"                  the next message of the bot has these phrases and holds these texts
 *   <- "text"                         the message just checked does not hold this text
 *   <.                                the bot says nothing more
 *   @ +5m                             time passes (s, m, h)
 *   @ restart                         the process ends and starts again on the same database
 *   ! timeout                         the sandbox misbehaves at the next purchase
 *   phone 0722002000 approve          the simulated payer's phone answers: approve, decline, ignore
 *   = prompts 1                       so many prompts rang in all
 *   = order delivered                 the state of the newest order; `= orders 2` how many there are
 */

import { parseMsisdn } from '../../src/domain/msisdn.ts';
import type { Order } from '../../src/domain/order.ts';
import { parseFault } from '../../src/sandbox/faults.ts';
import type { Spoken } from '../../src/conversation/reply.ts';
import type { InboundMessage } from '../../src/ports/channel.ts';
import { openWorld, type ChatWorld, type SaidMessage, type WorldOptions } from '../support/chat-world.ts';

export interface Play {
  readonly language: Spoken;
  readonly numbered: boolean;
  readonly database: string;
  readonly texts: (key: string, language: Spoken) => string;
}

/** Plays it to the end; throws at the first line that does not hold, with its number. Returns the conversation as it was shown. */
export async function playTranscript(source: string, play: Play): Promise<string> {
  const player = new Player(play);
  try {
    await player.open();
    for (const [at, line] of source.split('\n').entries()) {
      try {
        await player.line(line.trim());
      } catch (error) {
        throw new Error(
          `line ${at + 1}: ${line.trim()}\n${error instanceof Error ? error.message : String(error)}\n\n${player.shown()}`,
          { cause: error },
        );
      }
    }
    player.nothingUnheard();
    return player.shown();
  } finally {
    await player.close();
  }
}

class Player {
  readonly #play: Play;
  #world: ChatWorld | null = null;
  #heard = 0;
  #last: SaidMessage | null = null;
  #own: InboundMessage['ownPhone'] = null;
  #prompts = 0;
  #said: SaidMessage[] = [];
  readonly #story: string[] = [];

  constructor(play: Play) {
    this.#play = play;
  }

  async open(startAt?: number): Promise<void> {
    const options: WorldOptions = {
      numbered: this.#play.numbered,
      database: this.#play.database,
      ...(startAt === undefined ? {} : { startAt }),
    };
    this.#world = await openWorld(options);
    this.#collect();
  }

  async close(): Promise<void> {
    await this.#world?.close();
  }

  shown(): string {
    return `${this.#story.join('\n')}\n`;
  }

  nothingUnheard(): void {
    const rest = this.#said.slice(this.#heard);
    if (rest.length > 0)
      throw new Error(`the bot said more than the transcript hears:\n${rest.map(({ text }) => text).join('\n---\n')}`);
  }

  get world(): ChatWorld {
    if (this.#world === null) throw new Error('not opened');
    return this.#world;
  }

  async line(line: string): Promise<void> {
    if (line === '' || line.startsWith('#')) return;
    if (line.startsWith('>>')) return this.#writes(line.slice(2).split('&&'));
    if (line.startsWith('>')) return this.#writes([line.slice(1)]);
    if (line === '<.') return this.nothingUnheard();
    if (line.startsWith('<-')) return this.#hearsNot(line.slice(2));
    if (line.startsWith('<')) return this.#hears(line.slice(1));
    if (line.startsWith('[')) return this.#taps(line.slice(1, -1));
    if (line.startsWith('(')) return this.#sends(line.slice(1, -1));
    if (line.startsWith('own ')) return this.#owns(line.slice(4));
    if (line.startsWith('@')) return this.#time(line.slice(1).trim());
    if (line.startsWith('!')) return this.#fault(line.slice(1).trim());
    if (line.startsWith('phone ')) return this.#phone(line.slice(6));
    if (line.startsWith('=')) return this.#holds(line.slice(1).trim());
    throw new Error('this line is none of a transcript');
  }

  async #hand(messages: readonly Partial<InboundMessage>[]): Promise<void> {
    const locale = this.#play.language;
    await this.world.hear(...messages.map((message) => ({ ...message, ownPhone: this.#own, locale })));
    this.#collect();
  }

  #collect(): void {
    for (const message of this.world.said.splice(0)) {
      this.#said.push(message);
      const buttons = message.buttons.map(({ label }) => `[${label}]`).join(' ');
      this.#story.push(
        `${message.text.replace(/^/gm, '< ')}${buttons === '' ? '' : `\n  ${buttons}`}`.replace(/JZ[0-9A-Z]{8}/g, 'JZ........'),
      );
    }
    this.#prompts += this.world.prompts.splice(0).length;
  }

  async #writes(lines: readonly string[]): Promise<void> {
    const messages = lines.map((line) => {
      const [, id, both = ''] = /^\s*(?:@id=(\S+)\s)?\s?(.*)$/.exec(line) ?? [];
      const [english = '', swahili = english] = both.split(' | ');
      const text = (this.#play.language === 'sw' ? swahili : english).trim();
      this.#story.push(`> ${text}`);
      return { content: { kind: 'text', text } as const, ...(id === undefined ? {} : { messageId: id }) };
    });
    await this.#hand(messages);
  }

  async #taps(label: string): Promise<void> {
    const [, key = '', first] = /^(\S+)( #1)?$/.exec(label) ?? [];
    const literal = /^"(.*)"$/.exec(label)?.[1];
    const pattern = literal === undefined ? new RegExp(`^${this.#pattern(key)}$`) : { test: (text: string) => text === literal };
    const having = this.#said.flatMap((message) => this.#choices(message).filter((button) => pattern.test(button.label)));
    const button = first === undefined ? having.at(-1) : having[0];
    if (button === undefined) throw new Error(`no button reads like ${key}`);
    this.#story.push(`[${button.label}]`);
    if (this.#play.numbered && button.number !== null && first === undefined)
      return this.#hand([{ content: { kind: 'text', text: String(button.number) } }]);
    await this.#hand([{ content: { kind: 'tap', data: button.id, on: null } }]);
  }

  /** Without buttons the numbered lines are the choices. */
  #choices(message: SaidMessage): { readonly id: string; readonly label: string; readonly number: number | null }[] {
    if (!this.#play.numbered) return message.buttons.map(({ id, label }) => ({ id, label, number: null }));
    return [...message.text.matchAll(/^(\d)\. (.*)$/gm)].map(([, number, label = '']) => ({
      id: '',
      label,
      number: Number(number),
    }));
  }

  async #sends(what: string): Promise<void> {
    this.#story.push(`(${what})`);
    const contact = /^contact (.*) (\S+)$/.exec(what);
    if (contact !== null)
      return this.#hand([{ content: { kind: 'contact', name: contact[1] ?? null, phones: [contact[2] ?? ''] } }]);
    await this.#hand([{ content: { kind: 'unsupported', what: what as 'sticker' } }]);
  }

  #owns(phone: string): void {
    const parsed = parseMsisdn(phone);
    if (!parsed.ok) throw new Error('not a number');
    this.#own = parsed.value;
  }

  #hears(expected: string): void {
    const message = this.#said[this.#heard];
    if (message === undefined) throw new Error('the bot said nothing');
    this.#heard += 1;
    this.#last = message;
    for (const [, key, text] of expected.matchAll(/(?:"([^"]*)"|(\S+))/g)) {
      if (key !== undefined && !message.text.includes(key)) throw new Error(`"${key}" is not in:\n${message.text}`);
      if (text !== undefined && !new RegExp(this.#pattern(text)).test(message.text))
        throw new Error(`${text} was not said, but:\n${message.text}`);
    }
  }

  #hearsNot(expected: string): void {
    const text = expected.trim().replace(/^"|"$/g, '');
    if (this.#last?.text.includes(text) === true) throw new Error(`"${text}" was said`);
  }

  /** A phrase as a pattern: every parameter may be anything, plural forms are alternatives. */
  #pattern(key: string): string {
    const forms = [key, `${key}_one`, `${key}_other`]
      .map((form) => this.#play.texts(form, this.#play.language))
      .filter((form) => form !== '');
    if (forms.length === 0) throw new Error(`no text has the key ${key}`);
    return `(?:${forms.map((form) => form.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{\{\w+\}\}/g, '[\\s\\S]*?')).join('|')})`;
  }

  async #time(what: string): Promise<void> {
    this.#story.push(`@ ${what}`);
    if (what === 'restart') {
      const { clock } = this.world;
      await this.world.close();
      return this.open(clock.now());
    }
    const match = /^\+(\d+)([smh])$/.exec(what);
    if (match === null) throw new Error('expected +5m, +30s, +2h or restart');
    await this.world.pass(Number(match[1]) * { s: 1_000, m: 60_000, h: 3_600_000 }[match[2] as 's']);
    this.#collect();
  }

  #fault(text: string): void {
    this.#story.push(`! ${text}`);
    const fault = parseFault(text);
    if (!fault.ok) throw new Error(fault.error);
    const set = this.world.core.sandbox?.setFault(fault.value);
    if (set?.ok !== true) throw new Error('the fault could not be set');
  }

  async #phone(what: string): Promise<void> {
    this.#story.push(`(phone ${what})`);
    const [number = '', answer] = what.split(' ');
    const parsed = parseMsisdn(number);
    if (!parsed.ok) throw new Error('not a number');
    const answered = await this.world.core.sandbox?.answer(parsed.value, answer as 'approve');
    if (answered !== true) throw new Error('no prompt is open on that phone');
    await this.world.settle();
    this.#collect();
  }

  async #holds(what: string): Promise<void> {
    const [noun, wanted] = what.split(' ');
    if (noun === 'prompts') return equal(this.#prompts, Number(wanted));
    const orders = await this.#orders();
    if (noun === 'orders') return equal(orders.length, Number(wanted));
    if (noun === 'order') return equal(orders[0]?.state, wanted);
    throw new Error('what should hold?');
  }

  async #orders(): Promise<readonly Order[]> {
    const address = { channel: 'terminal', account: 'test', chat: 'wanjiku' } as const;
    const message = {
      address,
      sender: 'wanjiku',
      messageId: 'look',
      sentAt: null,
      locale: null,
      senderName: null,
      ownPhone: null,
      content: { kind: 'blocked' },
    } as const;
    const [known] = await this.world.core.store.load([{ kind: 'message', id: 'look', at: this.world.clock.now(), message }]);
    return known?.recentOrders ?? [];
  }
}

function equal(actual: unknown, wanted: unknown): void {
  if (actual !== wanted) throw new Error(`expected ${String(wanted)}, found ${String(actual)}`);
}
