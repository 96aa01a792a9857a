/**
 * The WhatsApp channel: ties Baileys (loaded only when the channel starts) to the port. Unofficial: the number can be banned.
 * The connection is in connection.ts, sending in sending.ts, reading in inbound.ts, the operator's page in pairing-page.ts.
 */

import type { WAMessage, WASocket } from '@whiskeysockets/baileys';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { err, type Result } from '../../lib/result.ts';
import type { Channel, InboundMessage, Intake } from '../../ports/channel.ts';
import type { AuthStore } from '../../ports/whatsapp-auth.ts';
import { AuthState, type AuthDeps } from './auth-state.ts';
import { baileysLog } from './baileys-log.ts';
import { BoundedMap, baileysCache } from './bounded-map.ts';
import { Connection } from './connection.ts';
import { fencedSocket } from './fenced-socket.ts';
import { FirstReader } from './first-reader.ts';
import { readPerson, toInbound } from './inbound.ts';
import { healthOf, readPairingNumber, type OperatorNotice, type PairingState } from './pairing.ts';
import { pairingPage } from './pairing-page.ts';
import { quietLibsignal } from './quiet-libsignal.ts';
import { sealerFrom } from '../../lib/sealed.ts';
import { Sending } from './sending.ts';
import { within } from './within.ts';
import { DAY_MS } from '../../lib/durations.ts';

export interface WhatsAppOptions {
  readonly auth: AuthStore;
  readonly log: Log;
  readonly clock: Clock;
  /** SECRET_KEY as bytes; the session is sealed under a key derived from it. */
  readonly secretKey: Uint8Array;
  /** The text that was sent under this id, or null: a phone that could not open it asks again, even after a restart. */
  readonly alreadySent: (channelMessageId: string) => Promise<string | null>;
  readonly webSocketUrl?: string;
  /** Of WhatsApp's web client, when the one that Baileys knows is refused (405). */
  readonly version?: readonly [number, number, number];
  /** Digits of the phone to link: a pairing code is asked for at once. */
  readonly pairWith?: string;
  readonly onOperatorNotice?: (notice: OperatorNotice) => void;
  /** At every change, as for printing the QR in the terminal. */
  readonly onPairing?: (state: PairingState) => void;
  /** Default: typing is shown for 0.4 to 1.2 seconds. */
  readonly typingMs?: { readonly from: number; readonly to: number } | null;
  /** From when a message has left until the server's ack; default 20 seconds. */
  readonly ackTimeoutMs?: number;
}

export interface WhatsAppChannel extends Channel {
  pairing(): PairingState;
  /** The code, or a sentence for the operator that says why there is none. */
  requestPairingCode(digits: string): Promise<Result<string, string>>;
  /** Forgets the linked phone and shows a new QR. Does not unlink on the phone. */
  resetPairing(): Promise<void>;
  routes(request: Request): Promise<Response | null>;
}

type Baileys = typeof import('@whiskeysockets/baileys');

const ACCOUNT = 'default';
const SEEN_MESSAGES = 2000;
const INTAKE_AGAIN_AFTER_MS = 1000;
/** At the end: what is not confirmed by then is sent again after the restart under the same id, what is not stored comes again. */
const FINISH_WITHIN_MS = 3000;
const UNREADABLE: PairingState = {
  state: 'stopped',
  qr: null,
  code: null,
  number: null,
  why: 'The saved WhatsApp session cannot be read with this SECRET_KEY.',
  remedy: 'Restore the old SECRET_KEY (data/secret.key), or press "Start over" on the WhatsApp page and link the phone again.',
};

const TELL_RESTRICTED_EVERY_MS = DAY_MS;
const RESTRICTED: OperatorNotice = {
  kind: 'trouble',
  why: 'WhatsApp does not let this number write to people who have not written to it (463).',
  remedy: 'Wait, open WhatsApp on the phone to see what it says, and send nothing that nobody asked for.',
};

export function createWhatsApp(options: WhatsAppOptions): WhatsAppChannel {
  return new WhatsApp(options);
}

class WhatsApp implements WhatsAppChannel {
  readonly name = 'whatsapp';
  readonly capabilities = { buttons: false, retireButtons: false, asksOwnPhone: false, redelivers: false };
  readonly #options: WhatsAppOptions;
  readonly #log: Log;
  readonly #sending: Sending;
  readonly #page: (request: Request) => Promise<Response | null>;
  readonly #retryCounts = baileysCache(5000);
  readonly #seen = new BoundedMap<true>(SEEN_MESSAGES);
  readonly #taking = new Set<Promise<void>>();
  #baileys: Baileys | null = null;
  #connection: Connection | null = null;
  #auth: AuthState | null = null;
  #intake: Intake | null = null;
  #stopping = false;
  #restrictedUntold = 0;

  constructor(options: WhatsAppOptions) {
    this.#options = options;
    this.#log = options.log.child({ channel: 'whatsapp' });
    this.#sending = new Sending({
      socket: async () => (await this.#connection?.openSocket()) ?? null,
      account: () => this.#account(),
      onDeaf: () => this.#connection?.giveUpSocket(),
      onRestricted: () => this.#tellRestricted(),
      alreadySent: options.alreadySent,
      clock: options.clock,
      log: this.#log,
      ackTimeoutMs: options.ackTimeoutMs ?? 20_000,
      typingMs: options.typingMs === undefined ? { from: 400, to: 1200 } : options.typingMs,
    });
    this.#page = pairingPage(this);
  }

  async start(intake: Intake): Promise<void> {
    this.#stopping = false;
    this.#intake = intake;
    quietLibsignal();
    this.#baileys = await import('@whiskeysockets/baileys');
    const loaded = await AuthState.load(this.#authDeps(this.#baileys));
    if (loaded.ok) this.#run(loaded.value);
    else {
      this.#connection = null;
      this.#log.error({}, UNREADABLE.why ?? '');
      this.#options.onOperatorNotice?.({ kind: 'action', why: UNREADABLE.why ?? '', remedy: UNREADABLE.remedy });
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await within(FINISH_WITHIN_MS, this.#sending.settled());
    await this.#connection?.stop();
    await within(FINISH_WITHIN_MS, Promise.allSettled(this.#taking));
    // What still comes was not taken, and must not count as if it were.
    this.#intake = null;
    await this.#auth?.close();
  }

  send(message: Parameters<Channel['send']>[0]): ReturnType<Channel['send']> {
    return this.#sending.send(message);
  }

  health(): ReturnType<Channel['health']> {
    return healthOf(this.pairing(), this.#connection?.everOpen ?? false);
  }

  pairing(): PairingState {
    if (this.#connection !== null) return this.#connection.state;
    return this.#baileys === null ? { ...UNREADABLE, state: 'connecting', why: null, remedy: null } : UNREADABLE;
  }

  async requestPairingCode(digits: string): Promise<Result<string, string>> {
    const number = readPairingNumber(digits);
    if (!number.ok) return number;
    return this.#connection?.askForCode(number.value) ?? err('WhatsApp is not running.');
  }

  async resetPairing(): Promise<void> {
    if (this.#stopping) return;
    if (this.#connection !== null) await this.#connection.startOver();
    else if (this.#baileys !== null) this.#run(await AuthState.fresh(this.#authDeps(this.#baileys)));
  }

  routes(request: Request): Promise<Response | null> {
    return this.#page(request);
  }

  #authDeps(tools: Baileys): AuthDeps {
    const { auth, secretKey, clock } = this.#options;
    return { tools, store: auth, sealer: sealerFrom(secretKey, 'jaza/whatsapp-auth/1'), account: ACCOUNT, clock, log: this.#log };
  }

  #run(auth: AuthState): void {
    this.#auth = auth;
    const { clock, pairWith, onOperatorNotice, onPairing } = this.#options;
    const reader = new FirstReader({
      tools: this.#loaded(),
      me: () => ({ id: auth.creds.me?.id ?? '', lid: auth.creds.me?.lid ?? '' }),
      take: (message) => this.#take(message),
      wasTaken: ({ attrs }) => this.#seen.get(seenKey(readPerson(attrs['from'])?.jid ?? '', attrs['id'] ?? '')) === true,
    });
    this.#connection = new Connection({
      auth,
      clock,
      log: this.#log,
      pairWith: pairWith ?? null,
      makeSocket: () => fencedSocket(() => this.#makeSocket(auth, reader), this.#log),
      onMessages: (messages) => {
        for (const message of messages) void this.#take(message).catch(() => undefined);
      },
      onStanza: (stanza) => reader.sees(stanza),
      onAck: (ack) => this.#sending.onAck(ack),
      onClosed: () => this.#sending.onClosed(),
      onNotice: (notice) => onOperatorNotice?.(notice),
      onChange: (state) => onPairing?.(state),
    });
    this.#connection.connect();
  }

  #makeSocket(auth: AuthState, reader: FirstReader): WASocket {
    const { makeWASocket, proto, DEFAULT_CONNECTION_CONFIG } = this.#loaded();
    const { webSocketUrl, version } = this.#options;
    return makeWASocket({
      auth: { creds: auth.creds, keys: auth.keys },
      logger: baileysLog(this.#log),
      ...(webSocketUrl === undefined ? {} : { waWebSocketUrl: webSocketUrl }),
      ...(version === undefined ? {} : { version: [...version] }),
      countryCode: 'KE',
      syncFullHistory: false,
      shouldSyncHistoryMessage: () => false,
      markOnlineOnConnect: false,
      emitOwnEvents: false,
      msgRetryCounterCache: this.#retryCounts,
      shouldIgnoreJid: (jid) => /@(g\.us|broadcast|newsletter|bot)$/.test(jid),
      getMessage: async ({ id }) => {
        const text = await this.#sending.textOf(id ?? '');
        return text === null ? undefined : proto.Message.fromObject({ extendedTextMessage: { text } });
      },
      makeSignalRepository: (...deps) => reader.readsAlong(DEFAULT_CONNECTION_CONFIG.makeSignalRepository(...deps)),
    });
  }

  /** Resolves when the message is durable or is none of ours. Rejects only when the channel stops while the store is down. */
  #take(message: WAMessage): Promise<void> {
    const taken = this.#takeOnce(message);
    this.#taking.add(taken);
    void taken.catch(() => undefined).finally(() => this.#taking.delete(taken));
    return taken;
  }

  async #takeOnce(message: WAMessage): Promise<void> {
    const inbound = await this.#read(message);
    if (inbound === null) return;
    const seen = seenKey(inbound.address.chat, inbound.messageId);
    if (this.#seen.get(seen) === true) return;
    for (;;) {
      try {
        if (this.#intake === null) throw new Error('the channel has stopped');
        await this.#intake([inbound]);
        this.#seen.set(seen, true);
        return;
      } catch (error) {
        this.#log.error({ error }, 'a WhatsApp message could not be stored yet');
        if (this.#stopping) throw error;
        await new Promise<void>((resolve) => this.#options.clock.after(INTAKE_AGAIN_AFTER_MS, resolve));
      }
    }
  }

  /** Whatever a stranger sends must not stop the messages behind it. */
  async #read(message: WAMessage): Promise<InboundMessage | null> {
    try {
      return await toInbound(message, {
        account: this.#account() ?? '',
        unwrap: this.#loaded().normalizeMessageContent,
        phoneOfLid: async (lid) => this.#connection?.phoneOfLid(lid) ?? null,
      });
    } catch (error) {
      this.#log.error({ error }, 'a WhatsApp message could not be read');
      return null;
    }
  }

  #tellRestricted(): void {
    const now = this.#options.clock.now();
    if (now < this.#restrictedUntold) return;
    this.#restrictedUntold = now + TELL_RESTRICTED_EVERY_MS;
    this.#options.onOperatorNotice?.(RESTRICTED);
  }

  #account(): string | null {
    return readPerson(this.#auth?.creds.me?.id)?.digits ?? null;
  }

  #loaded(): Baileys {
    if (this.#baileys === null) throw new Error('invariant broken: WhatsApp was not started');
    return this.#baileys;
  }
}

function seenKey(chat: string, messageId: string): string {
  return `${chat}/${messageId}`;
}
