/**
 * Owns the simulated chat networks: letters of people on their way to the program, messages of the program on their way to people,
 * and all that goes wrong between. What a network promises it keeps: a channel that redelivers does so until it was acknowledged.
 */

import type { Reply } from '../conversation/reply.ts';
import type { Instant } from '../lib/clock.ts';
import type {
  Button,
  Channel,
  ChannelCapabilities,
  Content,
  InboundMessage,
  Intake,
  OutboundMessage,
  SendOutcome,
} from '../ports/channel.ts';
import type { Msisdn } from '../domain/msisdn.ts';
import type { Fence } from './fence.ts';
import type { LetterFacts } from './invariant.ts';
import type { World } from './world.ts';

/** As the adapters declare them. */
export const NETWORKS: Readonly<Record<'telegram' | 'whatsapp' | 'web', ChannelCapabilities>> = {
  telegram: { buttons: true, retireButtons: true, asksOwnPhone: true, redelivers: true },
  whatsapp: { buttons: false, retireButtons: false, asksOwnPhone: false, redelivers: false },
  web: { buttons: true, retireButtons: true, asksOwnPhone: false, redelivers: true },
};
export type NetworkName = keyof typeof NETWORKS;

/** What a person sees of a message: the text, the buttons, and what it meant to say. */
export interface Shown {
  readonly id: string;
  readonly at: Instant;
  readonly reply: Reply | null;
  readonly text: string;
  readonly buttons: readonly Button[];
}

export interface Chat {
  readonly name: string;
  readonly network: NetworkName;
  readonly id: string;
  /** The network vouches for it with every message (WhatsApp), or when it is shared (Telegram). */
  readonly ownPhone: Msisdn;
  readonly screen: Shown[];
  /** Called with every new message. */
  looks: (shown: Shown) => void;
  blocked: boolean;
  letters: number;
}

interface Letter {
  readonly chat: Chat;
  readonly message: InboundMessage;
  state: 'on its way' | 'handed over' | 'acknowledged' | 'lost';
  /** Deliveries that are still to come although it was acknowledged. */
  copies: number;
}

const ACCOUNT = 'shop';

export class ChatNetwork {
  readonly #world: World;
  readonly #letters: Letter[] = [];
  readonly #intakes = new Map<NetworkName, { readonly intake: Intake; readonly fence: Fence }>();
  readonly #chats = new Map<string, Chat>();
  /** Messages that were accepted by a network and are not on the screen yet. */
  readonly #flying = new Set<{ readonly land: () => void; readonly cancel: () => void }>();

  constructor(world: World) {
    this.#world = world;
  }

  chat(name: string, network: NetworkName, ownPhone: Msisdn): Chat {
    const chat: Chat = {
      name,
      network,
      id: `${name}-chat`,
      ownPhone,
      screen: [],
      looks: () => undefined,
      blocked: false,
      letters: 0,
    };
    this.#chats.set(`${network}/${chat.id}`, chat);
    return chat;
  }

  // ---- people to program ------------------------------------------------------------------------------------------------

  post(chat: Chat, content: Content): void {
    const { agenda } = this.#world;
    chat.letters += 1;
    const letter: Letter = {
      chat,
      message: {
        address: { channel: chat.network, account: ACCOUNT, chat: chat.id },
        sender: chat.name,
        messageId: String(chat.letters),
        // Telegram and WhatsApp tell whole seconds.
        sentAt: chat.network === 'web' ? agenda.now() : Math.floor(agenda.now() / 1_000) * 1_000,
        locale: null,
        senderName: chat.name,
        ownPhone: chat.network === 'whatsapp' || content.kind === 'contact' ? chat.ownPhone : null,
        content,
      },
      state: 'on its way',
      copies: 0,
    };
    this.#letters.push(letter);
    this.#world.tell(chat.name, `writes #${letter.message.messageId}: ${contentText(content)}`);
    const roll = this.#world.roll('inbound');
    const overtaken = this.#world.strikes('message overtaken') ? roll.between(100, 5_000) : 0;
    const delayed = this.#world.strikes('message delayed') ? roll.between(5_000, 15 * 60_000) : 0;
    agenda.later(50 + overtaken + delayed, () => this.#deliver(letter));
  }

  #deliver(letter: Letter): void {
    const taking = this.#intakes.get(letter.chat.network);
    // Nobody takes it: it waits until somebody does.
    if (taking?.fence.alive !== true) return;
    if (letter.state === 'handed over') return;
    const roll = this.#world.roll('inbound');
    const redelivers = NETWORKS[letter.chat.network].redelivers;
    if (redelivers && letter.state === 'on its way' && this.#world.strikes('message dropped')) {
      this.#world.tell('network', `${letter.chat.name} #${letter.message.messageId} is dropped by us`);
      this.#world.agenda.later(roll.between(500, 30_000), () => this.#deliver(letter));
      return;
    }
    this.#hand([letter], taking);
  }

  #hand(letters: readonly Letter[], { intake, fence }: { readonly intake: Intake; readonly fence: Fence }): void {
    for (const letter of letters) if (letter.state === 'on its way') letter.state = 'handed over';
    for (const { chat, message } of letters) this.#world.tell('network', `hands over ${chat.name} #${message.messageId}`);
    intake(letters.map(({ message }) => message)).then(
      () => {
        if (fence.alive) for (const letter of letters) this.#taken(letter);
      },
      (error: unknown) => {
        if (!fence.alive) return;
        this.#world.tell('network', `not taken: ${String(error)}`);
        for (const letter of letters) this.#notTaken(letter);
      },
    );
  }

  #taken(letter: Letter): void {
    const { watch, agenda } = this.#world;
    const roll = this.#world.roll('inbound');
    const first = letter.state === 'handed over';
    watch.happened({ kind: 'acknowledged', message: letter.message, durable: watch.isDurable(letter.message) });
    if (!first) return;
    letter.state = 'acknowledged';
    const { redelivers } = NETWORKS[letter.chat.network];
    if (this.#world.strikes('message twice') || (redelivers && this.#world.strikes('acknowledgement lost'))) {
      agenda.later(roll.pick([roll.between(1, 500), roll.between(500, 60_000), roll.between(60_000, 1_200_000)]), () =>
        this.#deliver(letter),
      );
    }
  }

  #notTaken(letter: Letter): void {
    if (letter.state !== 'handed over') return;
    letter.state = NETWORKS[letter.chat.network].redelivers ? 'on its way' : 'lost';
    if (letter.state === 'lost') return;
    this.#world.agenda.later(this.#world.roll('inbound').between(1_000, 10_000), () => this.#deliver(letter));
  }

  lettersWritten(): number {
    return this.#letters.length;
  }

  /** What the program has taken in for good. */
  lettersTaken(): LetterFacts[] {
    const times = new Map<string, number>();
    const written = ({ message }: Letter): string => `${message.address.chat} ${contentText(message.content)}`;
    for (const letter of this.#letters) times.set(written(letter), (times.get(written(letter)) ?? 0) + 1);
    return this.#letters.flatMap((letter) => {
      const { content, messageId, address } = letter.message;
      const { channel, account, chat } = address;
      const heardAt = this.#world.watch.heardAt(letter.message);
      if (letter.state === 'lost' || heardAt === null) return [];
      const turn = `m:${channel}:${account}:${chat}:${messageId}`;
      return [{ turn, chat: `${channel}/${chat}`, content, heardAt, repeated: (times.get(written(letter)) ?? 0) > 1 }];
    });
  }

  /** What should have been taken in and was not. */
  lettersLeft(): string[] {
    return this.#letters
      .filter(({ state }) => state === 'on its way' || state === 'handed over')
      .map(({ chat, message, state }) => `#${message.messageId} of ${chat.name} is still ${state}`);
  }

  // ---- program to people ------------------------------------------------------------------------------------------------

  channel(name: NetworkName, fence: Fence): Channel {
    return {
      name,
      capabilities: NETWORKS[name],
      start: (intake) => {
        this.#intakes.set(name, { intake, fence });
        this.#deliverWaiting(name);
        return Promise.resolve();
      },
      stop: () => {
        this.#intakes.delete(name);
        return Promise.resolve();
      },
      send: (message) => this.#send(message, fence),
      health: () => ({ state: 'up' }),
    };
  }

  /** What came while nobody listened: in its order, some of it together. */
  #deliverWaiting(name: NetworkName): void {
    const waiting = this.#letters.filter(({ chat, state }) => chat.network === name && state === 'on its way');
    if (waiting.length === 0) return;
    this.#world.agenda.later(20, () => {
      const taking = this.#intakes.get(name);
      const still = waiting.filter(({ state }) => state === 'on its way');
      if (taking?.fence.alive === true && still.length > 0) this.#hand(still, taking);
    });
  }

  async #send(message: OutboundMessage, fence: Fence): Promise<SendOutcome> {
    const { watch } = this.#world;
    await fence.passing('send', 'before');
    // It died in the same instant, of something else that it did.
    if (!fence.alive) return new Promise(() => undefined);
    const say = watch.says.get(message.id) ?? null;
    watch.happened({ kind: 'sending', message, say, refusedAt: this.#world.refusedAt });
    const chat = this.#chats.get(`${message.address.channel}/${message.address.chat}`);
    if (chat === undefined) throw new Error(`invariant broken: a message for nobody, ${message.address.chat}`);
    if (say !== null) say.outcome = 'under way';
    const outcome = await this.#carried(message, chat, fence);
    await fence.passing('send', 'after');
    if (say !== null) say.outcome = outcome.kind === 'sent' ? 'sent' : outcome.kind === 'retry' ? 'failed' : 'given up';
    return outcome;
  }

  async #carried(message: OutboundMessage, chat: Chat, fence: Fence): Promise<SendOutcome> {
    const world = this.#world;
    const roll = world.roll('sends');
    const slowMs = world.strikes('send slow') ? roll.between(2_000, 20_000) : roll.between(30, 300);
    const retry = (why: string): SendOutcome => ({
      kind: 'retry',
      why,
      afterMs: roll.odds(0.5) ? null : roll.between(1_000, 60_000),
    });
    if (chat.blocked) {
      await fence.pause(slowMs);
      return { kind: 'blocked', why: 'blocked by the person' };
    }
    if (world.strikes('send failed')) {
      world.tell('network', `a message to ${chat.name} fails`);
      await fence.pause(slowMs);
      return retry('the network is away');
    }
    this.#fly(message, chat, slowMs - 10);
    const lost = world.strikes('send lost after success');
    await fence.pause(slowMs);
    return lost ? retry('no answer of the network') : { kind: 'sent', channelMessageId: `sent-${message.id}` };
  }

  #fly(message: OutboundMessage, chat: Chat, delayMs: number): void {
    const flight = {
      land: () => {
        this.#flying.delete(flight);
        this.#show(message, chat);
      },
      cancel: () => undefined as void,
    };
    flight.cancel = this.#world.agenda.later(delayMs, flight.land);
    this.#flying.add(flight);
  }

  #show(message: OutboundMessage, chat: Chat): void {
    if (message.kind !== 'text') return;
    const world = this.#world;
    const say = world.watch.says.get(message.id) ?? null;
    const again = chat.screen.some(({ id }) => id === message.id);
    // WhatsApp is told the id, and shows a message once.
    if (again && chat.network === 'whatsapp') return;
    world.tell(
      chat.name,
      `sees${again ? ' again' : ''}: ${message.text}${message.buttons.map(({ label }) => ` [${label}]`).join('')}`,
    );
    const shown: Shown = {
      id: message.id,
      at: world.agenda.now(),
      reply: say?.reply ?? null,
      text: message.text,
      buttons: message.buttons,
    };
    chat.screen.push(shown);
    world.watch.saw(`${chat.network}/${chat.id}`, say, again);
    chat.looks(shown);
  }

  // ---- the program dies -------------------------------------------------------------------------------------------------

  /** What was handed over and not acknowledged comes again, where the network does that; what flies arrives now or never. */
  programDied(): void {
    const roll = this.#world.roll('sends');
    this.#intakes.clear();
    for (const letter of this.#letters) {
      if (letter.state !== 'handed over') continue;
      const again = NETWORKS[letter.chat.network].redelivers || roll.odds(0.5);
      letter.state = again ? 'on its way' : 'lost';
    }
    for (const flight of this.#flying) {
      flight.cancel();
      if (roll.odds(0.5)) flight.land();
    }
    this.#flying.clear();
  }
}

function contentText(content: Content): string {
  switch (content.kind) {
    case 'text':
      return `"${content.text}"`;
    case 'tap':
      return `[${content.data}]`;
    case 'contact':
      return `contact ${content.phones.join(', ')}`;
    default:
      return content.kind === 'unsupported' ? content.what : content.kind;
  }
}
