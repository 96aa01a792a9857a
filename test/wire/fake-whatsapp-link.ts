/**
 * One connection to the fake WhatsApp server, as the client sees it: handshake, registration or login, boot queries, and the
 * plumbing of nodes. What the network knows (who is who, what waits to be delivered) stands in fake-whatsapp.ts.
 */

import type { WebSocket } from 'ws';
import {
  getAllBinaryNodeChildren,
  getBinaryNodeChild,
  getBinaryNodeChildren,
  type BinaryNode,
  type proto,
} from '@whiskeysockets/baileys';
import { NoiseResponder } from './fake-whatsapp-noise.ts';

export const SERVER = 's.whatsapp.net';

export interface LinkEvents {
  hello(link: Link, payload: proto.ClientPayload, noiseStatic: Buffer): void;
  /** After the login the client asks to be sent what waits for it. */
  active(link: Link): void;
  message(link: Link, node: BinaryNode): void;
  receipt(node: BinaryNode): void;
  ack(node: BinaryNode): void;
  iq(link: Link, node: BinaryNode): BinaryNode[] | null;
  seen(node: BinaryNode): void;
  closed(link: Link): void;
}

/** How many one-time keys the server claims to hold; a client uploads 812 when it hears 0, which takes a second. */
const PRE_KEYS_ON_SERVER = '50';

export class Link {
  readonly #socket: WebSocket;
  readonly #noise: NoiseResponder;
  readonly #events: LinkEvents;
  open = true;
  /** The client asked for what waits: from now on messages are sent as they come. */
  active = false;

  constructor(socket: WebSocket, events: LinkEvents) {
    this.#socket = socket;
    this.#events = events;
    this.#noise = new NoiseResponder({
      send: (bytes) => socket.send(bytes),
      hello: (noiseStatic, payload) => events.hello(this, payload, noiseStatic),
      node: (node) => this.#onNode(node),
      broken: () => socket.terminate(),
    });
    socket.on('message', (data) => this.#noise.receive(data));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.open = false;
      events.closed(this);
    });
  }

  send(node: BinaryNode): void {
    if (this.open) this.#noise.sendNode(node);
  }

  sendGarbage(bytes: Buffer): void {
    this.#noise.sendBytes(bytes);
  }

  /** Tells why and hangs up, as WhatsApp does: 515 after pairing, 440 (`conflict`), 503, 401. */
  streamError(code: number): void {
    const reason = code === 440 ? 'conflict' : 'other';
    this.send({ tag: 'stream:error', attrs: code === 440 ? {} : { code: String(code) }, content: [{ tag: reason, attrs: {} }] });
    this.#socket.close();
  }

  /** Refuses a login, as for a device that was unlinked. */
  failure(code: number): void {
    this.send({ tag: 'failure', attrs: { reason: String(code) } });
    this.#socket.close();
  }

  /** The line goes dead without a word. */
  drop(): void {
    this.open = false;
    this.#socket.terminate();
  }

  /** Reads nothing any more, not even a goodbye, and keeps the line. */
  freeze(): void {
    this.#socket.pause();
  }

  #onNode(node: BinaryNode): void {
    this.#events.seen(node);
    if (node.tag === 'iq') this.#onQuery(node);
    else if (node.tag === 'message') this.#events.message(this, node);
    else if (node.tag === 'receipt') this.#events.receipt(node);
    else if (node.tag === 'ack') this.#events.ack(node);
  }

  #onQuery(node: BinaryNode): void {
    const { id, type, xmlns } = node.attrs;
    if (type === 'result' || id === undefined) {
      this.#events.iq(this, node);
      return;
    }
    const content = this.#events.iq(this, node) ?? bootAnswer(node);
    this.send({ tag: 'iq', attrs: { from: SERVER, type: 'result', id }, content });
    if (xmlns === 'passive' && getBinaryNodeChild(node, 'active') !== undefined && !this.active) {
      this.active = true;
      this.#events.active(this);
    }
  }
}

function bootAnswer(node: BinaryNode): BinaryNode[] {
  const [child] = getAllBinaryNodeChildren(node);
  const empty = (tag: string): BinaryNode => ({ tag, attrs: {}, content: [] });
  switch (`${node.attrs['xmlns']}/${child?.tag ?? ''}`) {
    case 'encrypt/count':
      return [{ tag: 'count', attrs: { value: PRE_KEYS_ON_SERVER } }];
    case 'encrypt/digest':
      return [empty('digest')];
    case 'abt/props':
      return [empty('props')];
    case 'blocklist/':
      return [empty('list')];
    case 'privacy/privacy':
      return [empty('privacy')];
    default:
      return [];
  }
}

/** All jids that a device or key query asks about. */
export function askedUsers(node: BinaryNode, ...path: string[]): string[] {
  let at: BinaryNode | undefined = node;
  for (const tag of path) at = getBinaryNodeChild(at, tag);
  return getBinaryNodeChildren(at, 'user').map(({ attrs }) => attrs['jid'] ?? '');
}
