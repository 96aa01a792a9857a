/**
 * A fake WhatsApp network on loopback for one bot account: pairing by QR and by code, login, Signal keys, delivery with an
 * offline queue (a message stays until its receipt came), acks and refusals, stream errors, dead lines. People are in
 * fake-whatsapp-person.ts, the operator's phone in fake-whatsapp-phone.ts. It refuses what the real one refuses: an unknown
 * device gets 401, a second login of the same device throws the first one out with 440.
 */

import { EventEmitter, once } from 'node:events';
import {
  getAllBinaryNodeChildren,
  getBinaryNodeChild,
  getBinaryNodeChildren,
  type BinaryNode,
  type proto,
} from '@whiskeysockets/baileys';
import { WebSocketServer } from 'ws';
import { Directory, bundleOfRegistration } from './fake-whatsapp-directory.ts';
import { SERVER, Link, askedUsers, type LinkEvents } from './fake-whatsapp-link.ts';
import { Person, type Network, type PersonFacts } from './fake-whatsapp-person.ts';
import { OperatorPhone } from './fake-whatsapp-phone.ts';
import type { KeyBundle } from './fake-whatsapp-signal.ts';

interface Registering {
  readonly link: Link;
  readonly noiseStatic: Buffer;
  readonly bundle: KeyBundle;
  hello: BinaryNode | null;
}

interface LinkedDevice {
  readonly id: number;
  readonly noiseStatic: Buffer;
  readonly bundle: KeyBundle;
}

export interface SentByBot {
  readonly id: string;
  readonly to: string;
}

const FIRST_DEVICE_ID = 11;

export class FakeWhatsApp {
  readonly phone: OperatorPhone;
  /** Every message stanza that the bot sent, repetitions too. */
  sent: SentByBot[] = [];
  /** Ids of messages that the bot confirmed, in order, and of those it turned down with an error. */
  readonly receipts: string[] = [];
  readonly turnedDown: string[] = [];
  /** Successful logins, refused ones not counted; and all connections that finished the handshake. */
  logins = 0;
  refused = 0;
  connections = 0;
  /** What was asked of the server, as `type/xmlns/first child`. */
  readonly queries: string[] = [];
  /** The next so many logins are refused with this code. */
  refuse: { code: number; times: number } | null = null;
  /** The next so many messages of the bot get no ack at all, or an ack with an error. */
  withholdAcks = 0;
  nack: { code: number; times: number } | null = null;
  /** The next message that is delivered is followed at once by a dead line, before any receipt can get through. */
  dropAfterNextDelivery = false;

  readonly #server: WebSocketServer;
  readonly #directory: Directory;
  readonly #events = new EventEmitter();
  readonly #network: Network;
  #registering: Registering | null = null;
  #device: LinkedDevice | null = null;
  #live: Link | null = null;
  #queue: BinaryNode[] = [];
  #ids = 0;
  #handled = 0;
  #devices = FIRST_DEVICE_ID;

  private constructor(server: WebSocketServer, phone: OperatorPhone) {
    this.#server = server;
    this.phone = phone;
    this.#directory = new Directory(phone);
    this.#events.setMaxListeners(0);
    server.on('connection', (socket) => new Link(socket, this.#linkEvents()));
    this.#network = {
      bot: () => (this.#device === null ? null : { lidJid: phone.lidJid(this.#device.id), bundle: this.#device.bundle }),
      deliver: (stanza) => this.deliver(stanza),
      nextId: () => `3A${(++this.#ids).toString(16).toUpperCase().padStart(18, '0')}`,
    };
  }

  static async listen(options: { port?: number; number?: string; lid?: string } = {}): Promise<FakeWhatsApp> {
    const server = new WebSocketServer({ host: '127.0.0.1', port: options.port ?? 0 });
    await once(server, 'listening');
    return new FakeWhatsApp(server, new OperatorPhone(options.number ?? '254700000001', options.lid ?? '90000000000001'));
  }

  get url(): string {
    return `ws://127.0.0.1:${this.#server.address().port}/ws/chat`;
  }

  close(): Promise<void> {
    for (const client of this.#server.clients) client.terminate();
    return new Promise((resolve) => this.#server.close(resolve));
  }

  person(facts: PersonFacts): Person {
    const person = new Person(facts, this.#network);
    this.#directory.add(person);
    return person;
  }

  /** The operator scans a QR. Resolves when the device is linked and was told to connect anew (515). */
  async scan(qr: string): Promise<void> {
    const [, noiseKey, identity, advSecret] = (qr.split('#')[1] ?? '').split(',');
    if (advSecret === undefined) throw new Error('this is no WhatsApp QR');
    const device = this.#expectRegistering();
    const shown = [device.noiseStatic, device.bundle.identity].map((key) => Buffer.from(key).toString('base64'));
    if (shown[0] !== noiseKey || shown[1] !== identity) throw new Error('this is the QR of another device');
    await this.#link(device, advSecret, 515);
  }

  /** The operator types a pairing code. Resolves as `scan` does, or rejects when the codes differ. */
  async enterCode(code: string): Promise<void> {
    await this.#codeAsked();
    const device = this.#expectRegistering();
    if (device.hello === null) throw new Error('the device that asked is gone');
    const finished = once(this.#events, 'companion finish');
    device.link.send(await this.phone.takeCode(device.hello, code.replace(/\W/g, '')));
    const [finish] = (await finished) as [BinaryNode];
    const agreed = this.phone.finishCode(finish);
    if (agreed === null) throw new Error('wrong pairing code');
    await this.#link(device, agreed.advSecret, 515);
  }

  hangUp(): void {
    (this.#live ?? this.#registering?.link)?.drop();
  }

  freeze(): void {
    this.#live?.freeze();
  }

  closeWith(code: number): void {
    (this.#live ?? this.#registering?.link)?.streamError(code);
  }

  sendGarbage(bytes: Buffer): void {
    this.#live?.sendGarbage(bytes);
  }

  /** The operator unlinks the device on the phone. */
  unlink(): void {
    this.#device = null;
    this.#live?.streamError(401);
  }

  get isOnline(): boolean {
    return this.#live !== null;
  }

  /** Connections that are open now. */
  get open(): number {
    return this.#server.clients.size;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  /** Resolves at the next login, or at once when `already` many were made. */
  async login(already = this.logins + 1): Promise<void> {
    while (this.logins < already) await once(this.#events, 'login');
  }

  /** Counts what the bot sends from here on. */
  forgetSent(): void {
    this.sent = [];
    this.#handled = 0;
  }

  /** Resolves when the bot has sent so many messages and each was handed over or refused. */
  async sentTimes(times: number): Promise<void> {
    while (this.#handled < times) await once(this.#events, 'sent');
  }

  /** Resolves when the bot has confirmed this message. */
  async receiptOf(id: string): Promise<void> {
    while (!this.receipts.includes(id)) await once(this.#events, 'receipt');
  }

  /** Resolves when a QR or a code can be used. */
  async registration(): Promise<void> {
    while (this.#registering === null) await once(this.#events, 'registering');
  }

  deliver(stanza: BinaryNode): void {
    this.#queue.push(stanza);
    if (this.#live?.active === true) this.#live.send(stanza);
    if (this.dropAfterNextDelivery) {
      this.dropAfterNextDelivery = false;
      this.#live?.drop();
    }
  }

  /** A person's phone could not open a message of the bot and asks for it again. */
  asksAgain(person: Person, id: string): void {
    this.#live?.send({
      tag: 'receipt',
      attrs: { from: person.lidJid, id, type: 'retry', t: '1760000000' },
      content: [{ tag: 'retry', attrs: { count: '1', id, t: '1760000000', v: '1' } }],
    });
  }

  async #codeAsked(): Promise<void> {
    while (this.#registering?.hello == null) await once(this.#events, 'hello');
  }

  #expectRegistering(): Registering {
    if (this.#registering === null || !this.#registering.link.open) throw new Error('no device waits to be linked');
    return this.#registering;
  }

  async #link(device: Registering, advSecret: string, code: number): Promise<void> {
    const id = (this.#devices += 1);
    const signed = once(this.#events, 'pair-device-sign');
    device.link.send(this.phone.pairSuccess(device.bundle.identity, advSecret, id));
    await signed;
    const old = this.#device;
    this.#device = { id, noiseStatic: device.noiseStatic, bundle: device.bundle };
    this.#registering = null;
    if (old !== null) for (const person of this.#directory.everybody()) await person.device.forget(this.phone.lidJid(old.id));
    device.link.streamError(code);
  }

  #linkEvents(): LinkEvents {
    return {
      hello: (link, payload, noiseStatic) => this.#onHello(link, payload, noiseStatic),
      active: (link) => this.#onActive(link),
      message: (link, node) => void this.#onMessage(link, node),
      receipt: (node) => this.#onReceipt(node),
      ack: (node) => {
        if (node.attrs['class'] === 'message' && node.attrs['id'] !== undefined) {
          this.turnedDown.push(node.attrs['id']);
          this.#forget([node.attrs['id']]);
          this.#events.emit('receipt');
        }
      },
      iq: (link, node) => this.#onQuery(link, node),
      seen: (node) => {
        const [child] = getAllBinaryNodeChildren(node);
        if (node.tag === 'iq') this.queries.push(`${node.attrs['type']}/${node.attrs['xmlns']}/${child?.tag}`);
        if (node.tag === 'chatstate' && getBinaryNodeChild(node, 'composing') !== undefined) {
          const person = this.#directory.person(node.attrs['to']);
          if (person !== undefined) person.typing += 1;
        }
      },
      closed: (link) => {
        if (this.#live === link) this.#live = null;
      },
    };
  }

  #onHello(link: Link, payload: proto.ClientPayload, noiseStatic: Buffer): void {
    this.connections += 1;
    if (payload.devicePairingData) return this.#register(link, payload.devicePairingData, noiseStatic);
    if (this.refuse !== null && this.refuse.times > 0) {
      this.refuse.times -= 1;
      this.refused += 1;
      return link.failure(this.refuse.code);
    }
    if (this.#device === null || !this.#device.noiseStatic.equals(noiseStatic)) {
      this.refused += 1;
      return link.failure(401);
    }
    this.#live?.streamError(440);
    this.#live = link;
    this.logins += 1;
    link.send({ tag: 'success', attrs: { t: '1760000000', lid: this.phone.lidJid(this.#device.id), creation: '1760000000' } });
    this.#events.emit('login');
  }

  #register(link: Link, data: proto.ClientPayload.IDevicePairingRegistrationData, noiseStatic: Buffer): void {
    this.#registering = { link, noiseStatic, hello: null, bundle: bundleOfRegistration(data) };
    const references = Array.from({ length: 5 }, (_, at) => ({
      tag: 'ref',
      attrs: {},
      content: Buffer.from(`ref-${this.connections}-${at}`),
    }));
    link.send({
      tag: 'iq',
      attrs: { from: SERVER, type: 'set', id: 'qr-1' },
      content: [{ tag: 'pair-device', attrs: {}, content: references }],
    });
    this.#events.emit('registering');
  }

  #onActive(link: Link): void {
    this.#queue.forEach((stanza, at) => link.send({ ...stanza, attrs: { ...stanza.attrs, offline: String(at) } }));
    link.send({
      tag: 'ib',
      attrs: { from: SERVER },
      content: [{ tag: 'offline', attrs: { count: String(this.#queue.length) } }],
    });
  }

  #onQuery(link: Link, node: BinaryNode): BinaryNode[] | null {
    if (getBinaryNodeChild(node, 'pair-device-sign') !== undefined) this.#events.emit('pair-device-sign');
    const stage = getBinaryNodeChild(node, 'link_code_companion_reg')?.attrs['stage'];
    if (stage === 'companion_hello' && this.#registering?.link === link) {
      this.#registering.hello = node;
      this.#events.emit('hello');
    }
    if (stage === 'companion_finish') this.#events.emit('companion finish', node);
    if (node.attrs['xmlns'] === 'usync')
      return [this.#directory.devicesOf(askedUsers(node, 'usync', 'list'), this.#device?.id ?? null)];
    if (node.attrs['xmlns'] === 'encrypt' && getBinaryNodeChild(node, 'key') !== undefined) {
      return [{ tag: 'list', attrs: {}, content: askedUsers(node, 'key').flatMap((jid) => this.#directory.bundleOf(jid)) }];
    }
    return null;
  }

  async #onMessage(link: Link, node: BinaryNode): Promise<void> {
    const id = node.attrs['id'] ?? '';
    const to = node.attrs['to'] ?? '';
    this.sent.push({ id, to });
    const error = this.nack !== null && this.nack.times > 0 ? this.nack.code : null;
    if (error !== null && this.nack !== null) this.nack.times -= 1;
    if (error === null) await this.#handOver(id, node);
    this.#handled += 1;
    this.#events.emit('sent');
    if (this.withholdAcks > 0) {
      this.withholdAcks -= 1;
      return;
    }
    const refused = error === null ? {} : { error: String(error) };
    link.send({ tag: 'ack', attrs: { class: 'message', id, from: to, t: '1760000000', ...refused } });
  }

  async #handOver(id: string, node: BinaryNode): Promise<void> {
    if (this.#device === null) return;
    for (const to of getBinaryNodeChildren(getBinaryNodeChild(node, 'participants'), 'to')) {
      const sealed = getBinaryNodeChild(to, 'enc');
      const person = this.#directory.person(to.attrs['jid']);
      const type = sealed?.attrs['type'];
      if (person === undefined || !(sealed?.content instanceof Uint8Array) || (type !== 'pkmsg' && type !== 'msg')) continue;
      await person.receives(id, this.phone.lidJid(this.#device.id), type, sealed.content);
    }
  }

  #onReceipt(node: BinaryNode): void {
    if (node.attrs['type'] === 'retry') {
      void this.#directory.person(node.attrs['to'])?.repeats(node.attrs['id'] ?? '');
      return;
    }
    const items = getBinaryNodeChildren(getBinaryNodeChild(node, 'list'), 'item').map(({ attrs }) => attrs['id'] ?? '');
    const ids = [node.attrs['id'] ?? '', ...items];
    this.receipts.push(...ids);
    this.#forget(ids);
    this.#events.emit('receipt');
  }

  #forget(ids: string[]): void {
    this.#queue = this.#queue.filter(({ attrs }) => !ids.includes(attrs['id'] ?? ''));
  }
}
