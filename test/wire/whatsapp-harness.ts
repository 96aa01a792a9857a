/** The WhatsApp adapter as a test has it in hand: real Baileys, a store in memory, a clock that runs twenty times as fast. */

import { EventEmitter, once } from 'node:events';
import { systemClock, type Clock } from '../../src/lib/clock.ts';
import { createLog } from '../../src/lib/log.ts';
import type { ChatAddress, InboundMessage, OutboundMessage } from '../../src/ports/channel.ts';
import type { AuthStore } from '../../src/ports/whatsapp-auth.ts';
import type { OperatorNotice, PairingState } from '../../src/channels/whatsapp/pairing.ts';
import { createWhatsApp, type WhatsAppChannel, type WhatsAppOptions } from '../../src/channels/whatsapp/whatsapp.ts';
import type { FakeWhatsApp } from './fake-whatsapp.ts';
import { trustFakeWhatsApp } from './fake-whatsapp-noise.ts';
import { MemoryAuth } from './whatsapp-memory.ts';

trustFakeWhatsApp();

const HURRY = 20;
const PATIENCE_MS = 5000;

/** Waits a twentieth, or another part, of what it is asked to, and remembers what that was. */
export class HurriedClock implements Clock {
  readonly asked: number[] = [];
  readonly #hurry: number;

  constructor(hurry = HURRY) {
    this.#hurry = hurry;
  }

  now(): number {
    return systemClock.now();
  }

  after(delayMs: number, task: () => void): () => void {
    this.asked.push(delayMs);
    return systemClock.after(delayMs / this.#hurry, task);
  }
}

export class Bot {
  readonly channel: WhatsAppChannel;
  readonly clock = new HurriedClock();
  readonly states: PairingState[] = [];
  readonly notices: OperatorNotice[] = [];
  readonly inbox: InboundMessage[] = [];
  readonly log: string[] = [];
  /** What the intake does before it says that a message is durable. */
  beforeIntake: (message: InboundMessage) => Promise<void> = () => Promise.resolve();
  readonly #events = new EventEmitter();

  constructor(server: FakeWhatsApp, auth: AuthStore, options: Partial<WhatsAppOptions> = {}) {
    this.channel = createWhatsApp({
      auth,
      log: createLog('debug', (line) => this.log.push(line)),
      clock: this.clock,
      secretKey: Buffer.alloc(32, 1),
      webSocketUrl: server.url,
      alreadySent: () => Promise.resolve(null),
      typingMs: null,
      ackTimeoutMs: 20_000,
      onPairing: (state) => {
        this.states.push(state);
        this.#events.emit('change');
      },
      onOperatorNotice: (notice) => {
        this.notices.push(notice);
        this.#events.emit('change');
      },
      ...options,
    });
  }

  async start(): Promise<this> {
    await this.channel.start(async (messages) => {
      for (const message of messages) {
        await this.beforeIntake(message);
        this.inbox.push(message);
        this.#events.emit('change');
      }
    });
    return this;
  }

  /** Resolves when the state is reached, at once if it is now. */
  async is(state: PairingState['state']): Promise<PairingState> {
    await this.#until(() => this.channel.pairing().state === state, `the state ${state}`);
    return this.channel.pairing();
  }

  /** The message with this id, whenever it comes. */
  async receives(id: string): Promise<InboundMessage> {
    const find = (): InboundMessage | undefined => this.inbox.find(({ messageId }) => messageId === id);
    await this.#until(() => find() !== undefined, `the message ${id}`);
    return find() as InboundMessage;
  }

  async noticed(times: number): Promise<void> {
    await this.#until(() => this.notices.length >= times, `${times} notices`);
  }

  says(address: ChatAddress, text: string, id = 'out_1'): ReturnType<WhatsAppChannel['send']> {
    const message: OutboundMessage = { kind: 'text', id, address, text, buttons: [] };
    return this.channel.send(message);
  }

  async #until(predicate: () => boolean, what: string): Promise<void> {
    const patience = new AbortController();
    const giveUp = systemClock.after(PATIENCE_MS, () => patience.abort());
    try {
      while (!predicate()) await once(this.#events, 'change', { signal: patience.signal });
    } catch {
      throw new Error(`waited in vain for ${what}; state ${JSON.stringify(this.channel.pairing())}\n${this.log.join('')}`);
    } finally {
      giveUp();
    }
  }
}

/** Starts a bot without a session and lets the operator scan its QR. */
export async function linkedBot(
  server: FakeWhatsApp,
  auth: AuthStore = new MemoryAuth(),
  options: Partial<WhatsAppOptions> = {},
): Promise<Bot> {
  const bot = await new Bot(server, auth, options).start();
  const { qr } = await bot.is('qr');
  await server.scan(qr ?? '');
  await bot.is('open');
  return bot;
}
