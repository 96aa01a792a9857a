/**
 * Owns the life of the connection to WhatsApp: one socket at a time, one reconnect in flight, the way from QR or code to an
 * open session. What to do after a close is decided by close-policy.ts; what messages mean is not known here.
 */

import type { BinaryNode, ConnectionState, WAMessage, WASocket } from '@whiskeysockets/baileys';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { jitter } from '../../lib/random.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { AuthState } from './auth-state.ts';
import { afterClose } from './close-policy.ts';
import { finishMessages, hangUp } from './hang-up.ts';
import { readPerson } from './inbound.ts';
import type { OperatorNotice, PairingState } from './pairing.ts';
import { DAY_MS } from '../../lib/durations.ts';

export interface ConnectionDeps {
  readonly auth: AuthState;
  readonly clock: Clock;
  readonly log: Log;
  /** A phone number, digits: asks for a pairing code for it as soon as one can be had. */
  readonly pairWith: string | null;
  makeSocket(auth: AuthState): WASocket;
  onMessages(messages: readonly WAMessage[]): void;
  onStanza(stanza: BinaryNode): void;
  onAck(ack: BinaryNode): void;
  onClosed(): void;
  onNotice(notice: OperatorNotice): void;
  onChange(state: PairingState): void;
}

/** Open for so long without a break, and earlier troubles are forgotten. */
const STABLE_AFTER_MS = 60_000;
/** A linked device is logged out when its phone was not opened for 14 days, and there is no way to ask the phone. */
const REMIND_EVERY_MS = 10 * DAY_MS;
const LOGIN_WITHIN_MS = 5000;

const BLANK: PairingState = { state: 'unpaired', qr: null, code: null, number: null, why: null, remedy: null };

export class Connection {
  readonly #deps: ConnectionDeps;
  #state: PairingState = BLANK;
  #socket: WASocket | null = null;
  #stopped = false;
  /** Counts up when what is under way must come to nothing: of two that connect at once, the older gives way. */
  #era = 0;
  #attempt = 0;
  #conflicts = 0;
  /** The present socket was answered; how many before it showed QRs that nobody scanned. */
  #reached = false;
  #rounds = 0;
  #everOpen = false;
  #told = false;
  #pairWith: string | null;
  readonly #afterLogin = new Set<() => void>();
  #cancelReconnect: (() => void) | null = null;
  #cancelStable: (() => void) | null = null;
  #cancelReminder: (() => void) | null = null;

  constructor(deps: ConnectionDeps) {
    this.#deps = deps;
    this.#pairWith = deps.pairWith;
  }

  get state(): PairingState {
    return this.#state;
  }

  get everOpen(): boolean {
    return this.#everOpen;
  }

  /** null: messages cannot be sent now. Waits for a login that is under way, because what waited at the server arrives before it is over. */
  async openSocket(): Promise<WASocket | null> {
    if (this.#state.state === 'connecting' && this.#socket !== null) await this.#loginOver();
    return this.#state.state === 'open' ? this.#socket : null;
  }

  /** What the network has told of this LID's phone number, or null. Asks nobody. */
  async phoneOfLid(lid: string): Promise<string | null> {
    return (await this.#socket?.signalRepository.lidMapping.getPNForLID(lid)) ?? null;
  }

  /** Opens the first socket; what becomes of it is told by `state`. */
  connect(): void {
    void this.#connect();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#era += 1;
    this.#cancelAll();
    await this.#hangUp(true);
    this.#state = { ...BLANK, state: 'stopped' };
  }

  /** The connection is dead although it looks open. */
  giveUpSocket(): void {
    this.#deps.log.warn({}, 'WhatsApp confirms nothing any more: connecting again');
    const socket = this.#socket;
    if (socket === null) return;
    void this.#hangUp(false).then(() => this.#onClose(socket, 408));
  }

  /** Forgets the linked phone and begins with a new QR. Rejects, and goes on as before, when the store cannot forget it. */
  async startOver(): Promise<void> {
    this.#era += 1;
    const era = this.#era;
    this.#cancelAll();
    await this.#hangUp(true);
    try {
      await this.#deps.auth.wipe();
    } catch (error) {
      // The phone is still linked: better the old session than none.
      if (era === this.#era) this.#decide(0);
      throw error;
    }
    if (era !== this.#era) return;
    this.#attempt = 0;
    this.#rounds = 0;
    this.#conflicts = 0;
    this.#told = false;
    this.#tell({ ...BLANK });
    await this.#connect();
  }

  async askForCode(digits: string): Promise<Result<string, string>> {
    const socket = this.#socket;
    if (this.#deps.auth.paired) return err('A phone is linked already. Press "Start over" to link another one.');
    if (socket === null || (this.#state.state !== 'qr' && this.#state.state !== 'code')) {
      return err('WhatsApp is not ready to link a phone yet. Try again in a few seconds.');
    }
    try {
      const code = await socket.requestPairingCode(digits);
      this.#tell({ ...this.#state, state: 'code', code });
      return ok(code);
    } catch (error) {
      this.#deps.log.warn({ error }, 'no WhatsApp pairing code could be had');
      return err('WhatsApp gave no code. Try again in a minute, or scan the QR.');
    }
  }

  async #connect(): Promise<void> {
    if (this.#stopped) return;
    const era = (this.#era += 1);
    this.#tell({ ...this.#state, state: 'connecting', qr: null, code: null });
    try {
      await this.#deps.auth.settled();
      await this.#deps.auth.dropHalfPaired();
      if (era === this.#era) this.#watch(this.#deps.makeSocket(this.#deps.auth));
    } catch (error) {
      this.#deps.log.error({ error }, 'WhatsApp could not be connected');
      if (era === this.#era) this.#decide(0);
    }
  }

  #watch(socket: WASocket): void {
    this.#socket = socket;
    this.#reached = false;
    // In front of Baileys' own listener, which begins to decrypt.
    socket.ws.prependListener('CB:message', (stanza: BinaryNode) => this.#deps.onStanza(stanza));
    socket.ws.on('CB:ack,class:message', (ack: BinaryNode) => this.#deps.onAck(ack));
    socket.ev.on('creds.update', () => this.#deps.auth.saveCreds());
    socket.ev.on('messages.upsert', ({ messages }) => this.#onMessages(messages));
    socket.ev.on('connection.update', (update) => this.#onUpdate(socket, update));
  }

  #onMessages(messages: readonly WAMessage[]): void {
    // The operator's phone wrote something itself: it was opened.
    if (messages.some(({ key }) => key.fromMe === true)) this.#remindLater();
    this.#deps.onMessages(messages);
  }

  #onUpdate(socket: WASocket, update: Partial<ConnectionState>): void {
    if (socket !== this.#socket) return;
    if (typeof update.qr === 'string') this.#onQr(update.qr);
    // Linked. What went wrong before, rounds of unused QRs for one, does not count against the new session.
    if (update.isNewLogin === true) this.#attempt = 0;
    if (update.connection === 'open') this.#onOpen();
    if (update.connection === 'close') {
      // Messages that wait in Baileys' buffer were confirmed to WhatsApp already; the buffer is thrown away after this event.
      socket.ev.flush();
      this.#onClose(socket, statusOf(update.lastDisconnect?.error));
    }
  }

  #onQr(qr: string): void {
    this.#reached = true;
    this.#told = false;
    this.#tell({ ...this.#state, state: this.#state.code === null ? 'qr' : 'code', qr, why: null, remedy: null });
    const digits = this.#pairWith;
    if (digits === null || this.#state.code !== null) return;
    void this.askForCode(digits);
  }

  #onOpen(): void {
    this.#everOpen = true;
    this.#reached = true;
    const number = readPerson(this.#deps.auth.creds.me?.id)?.digits ?? null;
    this.#tell({ ...BLANK, state: 'open', number });
    this.#tellLoginOver();
    this.#cancelStable?.();
    this.#cancelStable = this.#deps.clock.after(STABLE_AFTER_MS, () => {
      this.#attempt = 0;
      this.#conflicts = 0;
    });
    // Not at every login: with a break a day the reminder would never come.
    if (this.#cancelReminder === null) this.#remindLater();
    if (this.#told) this.#deps.onNotice({ kind: 'recovered', why: 'WhatsApp is connected again.', remedy: null });
    this.#told = false;
  }

  #onClose(socket: WASocket, code: number): void {
    if (socket !== this.#socket) return;
    this.#socket = null;
    this.#cancelTimers();
    this.#tellLoginOver();
    this.#deps.onClosed();
    if (!this.#stopped) this.#decide(code);
  }

  #decide(code: number): void {
    this.#attempt += 1;
    if (code === 440) this.#conflicts += 1;
    if (this.#reached) this.#rounds += 1;
    const { paired } = this.#deps.auth;
    const facts = { code, paired, reached: this.#reached, rounds: this.#rounds };
    const next = afterClose({ ...facts, attempt: this.#attempt, conflicts: this.#conflicts, jitter: jitter() });
    this.#deps.log.info({ code, attempt: this.#attempt, next: next.kind }, 'the WhatsApp connection closed');
    if (next.kind === 'stop') {
      this.#tell({ ...BLANK, state: 'stopped', why: next.why, remedy: next.remedy });
      this.#deps.onNotice({ kind: 'action', why: next.why, remedy: next.remedy });
      return;
    }
    const { trouble } = next;
    this.#tell({
      ...BLANK,
      number: this.#state.number,
      state: paired ? 'connecting' : 'unpaired',
      why: trouble?.why ?? null,
      remedy: trouble?.remedy ?? null,
    });
    if (trouble !== null && !this.#told) {
      this.#told = true;
      this.#deps.onNotice({ kind: 'trouble', ...trouble });
    }
    this.#cancelReconnect?.();
    this.#cancelReconnect = this.#deps.clock.after(next.afterMs, () => void this.#connect());
  }

  async #hangUp(orderly: boolean): Promise<void> {
    const socket = this.#socket;
    if (socket === null) return;
    if (!orderly) return hangUp(socket);
    // Its last words must not lead to a reconnect.
    this.#socket = null;
    await finishMessages(socket);
    await hangUp(socket);
    this.#tellLoginOver();
    this.#deps.onClosed();
  }

  async #loginOver(): Promise<void> {
    await new Promise<void>((resolve) => {
      const giveUp = this.#deps.clock.after(LOGIN_WITHIN_MS, resolve);
      this.#afterLogin.add(() => {
        giveUp();
        resolve();
      });
    });
  }

  #tellLoginOver(): void {
    for (const resolve of this.#afterLogin) resolve();
    this.#afterLogin.clear();
  }

  #remindLater(): void {
    this.#cancelReminder?.();
    this.#cancelReminder = this.#deps.clock.after(REMIND_EVERY_MS, () => {
      this.#deps.onNotice({
        kind: 'reminder',
        why: 'WhatsApp logs Jaza out when the phone was not opened for 14 days.',
        remedy: 'Open WhatsApp on the phone once.',
      });
      this.#remindLater();
    });
  }

  #cancelTimers(): void {
    this.#cancelReconnect?.();
    this.#cancelStable?.();
  }

  #cancelAll(): void {
    this.#cancelTimers();
    this.#cancelReminder?.();
    this.#cancelReminder = null;
  }

  #tell(state: PairingState): void {
    this.#state = state;
    this.#deps.onChange(state);
  }
}

function statusOf(error: unknown): number {
  if (typeof error !== 'object' || error === null || !('output' in error)) return 0;
  const { output } = error as { output?: { statusCode?: unknown } };
  return typeof output?.statusCode === 'number' ? output.statusCode : 0;
}
