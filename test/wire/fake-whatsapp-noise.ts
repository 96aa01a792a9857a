/**
 * The server's side of WhatsApp's transport: the Noise XX handshake as responder, then frames that hold binary nodes. Knows
 * nothing of what the nodes mean. The root key is a fixed one, made for these tests.
 */

import { createCipheriv, createDecipheriv, createHash, hkdfSync } from 'node:crypto';
import {
  Curve,
  NOISE_MODE,
  NOISE_WA_HEADER,
  WA_CERT_DETAILS,
  decodeBinaryNode,
  encodeBinaryNode,
  proto,
  type BinaryNode,
} from '@whiskeysockets/baileys';

/** The certificate authority of the fake; the public half also stands in trust-fake-whatsapp.mjs. */
const ROOT = {
  private: Buffer.from('58c764e2b202dfa8bd4ddf85bdbeb01764e1ee07d92f665b0c203e8aeaf7ae65', 'hex'),
  public: Buffer.from('55c505b490a2591dc21704d758b741bdecda5ffba0f0bf463dafaf01ead5a760', 'hex'),
};

/** Makes this process trust the fake server, as the .mjs beside it does for a process of its own. */
export function trustFakeWhatsApp(): void {
  WA_CERT_DETAILS.PUBLIC_KEY = ROOT.public;
}

export interface NoiseEvents {
  send(bytes: Buffer): void;
  /** The handshake is over: who the client is, and what it wants (to register or to log in). */
  hello(clientStatic: Buffer, payload: proto.ClientPayload): void;
  node(node: BinaryNode): void;
  /** What came cannot be a WhatsApp client. */
  broken(error: unknown): void;
}

const EMPTY = Buffer.alloc(0);

function counterIv(counter: number): Buffer {
  const iv = Buffer.alloc(12);
  iv.writeUInt32BE(counter, 8);
  return iv;
}

function encryptGcm(key: Buffer, counter: number, aad: Buffer, plain: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, counterIv(counter)).setAAD(aad);
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function decryptGcm(key: Buffer, counter: number, aad: Buffer, sealed: Uint8Array): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, counterIv(counter)).setAAD(aad);
  decipher.setAuthTag(sealed.subarray(sealed.length - 16));
  return Buffer.concat([decipher.update(sealed.subarray(0, sealed.length - 16)), decipher.final()]);
}

/** A certificate chain for this server key, signed by the root. */
function certificates(serverStatic: Uint8Array): Buffer {
  const intermediate = Curve.generateKeyPair();
  const details = proto.CertChain.NoiseCertificate.Details;
  const middle = details.encode({ serial: 1, issuerSerial: 0, key: intermediate.public }).finish();
  const leaf = details.encode({ serial: 2, issuerSerial: 1, key: serverStatic }).finish();
  return Buffer.from(
    proto.CertChain.encode({
      intermediate: { details: middle, signature: Curve.sign(ROOT.private, middle) },
      leaf: { details: leaf, signature: Curve.sign(intermediate.private, leaf) },
    }).finish(),
  );
}

export class NoiseResponder {
  readonly #events: NoiseEvents;
  readonly #ephemeral = Curve.generateKeyPair();
  readonly #static = Curve.generateKeyPair();
  #stage: 'intro' | 'client hello' | 'client finish' | 'open' = 'intro';
  #bytes: Buffer = EMPTY;
  #work: Promise<void> = Promise.resolve();
  #hash: Buffer = Buffer.from(NOISE_MODE);
  #salt: Buffer = this.#hash;
  #key: Buffer = this.#hash;
  #counter = 0;
  #transport: { readonly encrypt: Buffer; readonly decrypt: Buffer; sent: number; received: number } | null = null;

  constructor(events: NoiseEvents) {
    this.#events = events;
  }

  receive(data: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, data]);
    this.#work = this.#work.then(() => this.#process()).catch((error: unknown) => this.#events.broken(error));
  }

  sendNode(node: BinaryNode): void {
    this.sendBytes(encodeBinaryNode(node));
  }

  /** Any bytes inside a proper frame, for showing what a broken node does. */
  sendBytes(plain: Buffer): void {
    if (this.#transport === null) throw new Error('the handshake is not over');
    this.#frame(encryptGcm(this.#transport.encrypt, this.#transport.sent++, EMPTY, plain));
  }

  #frame(bytes: Uint8Array): void {
    const length = Buffer.alloc(3);
    length.writeUIntBE(bytes.length, 0, 3);
    this.#events.send(Buffer.concat([length, bytes]));
  }

  async #process(): Promise<void> {
    if (this.#stage === 'intro') {
      if (this.#bytes.length < NOISE_WA_HEADER.length) return;
      if (!this.#bytes.subarray(0, 4).equals(NOISE_WA_HEADER)) throw new Error('not a WhatsApp client');
      this.#bytes = this.#bytes.subarray(4);
      this.#mixHash(NOISE_WA_HEADER);
      this.#stage = 'client hello';
    }
    for (;;) {
      if (this.#bytes.length < 3) return;
      const size = this.#bytes.readUIntBE(0, 3);
      if (this.#bytes.length < size + 3) return;
      const frame = this.#bytes.subarray(3, size + 3);
      this.#bytes = this.#bytes.subarray(size + 3);
      await this.#onFrame(frame);
    }
  }

  async #onFrame(frame: Buffer): Promise<void> {
    if (this.#transport !== null) {
      const plain = decryptGcm(this.#transport.decrypt, this.#transport.received++, EMPTY, frame);
      this.#events.node(await decodeBinaryNode(plain));
    } else if (this.#stage === 'client hello') this.#onClientHello(frame);
    else this.#onClientFinish(frame);
  }

  #clientEphemeral: Uint8Array = EMPTY;

  #onClientHello(frame: Buffer): void {
    this.#clientEphemeral = proto.HandshakeMessage.decode(frame).clientHello?.ephemeral ?? EMPTY;
    this.#mixHash(this.#clientEphemeral);
    this.#mixHash(this.#ephemeral.public);
    this.#mixKey(Curve.sharedKey(this.#ephemeral.private, this.#clientEphemeral));
    const sealedStatic = this.#seal(this.#static.public);
    this.#mixKey(Curve.sharedKey(this.#static.private, this.#clientEphemeral));
    const payload = this.#seal(certificates(this.#static.public));
    this.#stage = 'client finish';
    this.#frame(
      proto.HandshakeMessage.encode({
        serverHello: { ephemeral: this.#ephemeral.public, static: sealedStatic, payload },
      }).finish(),
    );
  }

  #onClientFinish(frame: Buffer): void {
    const finish = proto.HandshakeMessage.decode(frame).clientFinish;
    const clientStatic = this.#open(finish?.static ?? EMPTY);
    this.#mixKey(Curve.sharedKey(this.#ephemeral.private, clientStatic));
    const payload = proto.ClientPayload.decode(this.#open(finish?.payload ?? EMPTY));
    const [clientWrites, clientReads] = this.#derive(EMPTY);
    this.#transport = { encrypt: clientReads, decrypt: clientWrites, sent: 0, received: 0 };
    this.#stage = 'open';
    this.#events.hello(clientStatic, payload);
  }

  #mixHash(data: Uint8Array): void {
    this.#hash = createHash('sha256').update(this.#hash).update(data).digest();
  }

  #derive(secret: Uint8Array): [Buffer, Buffer] {
    const bytes = Buffer.from(hkdfSync('sha256', secret, this.#salt, EMPTY, 64));
    return [bytes.subarray(0, 32), bytes.subarray(32)];
  }

  #mixKey(secret: Uint8Array): void {
    [this.#salt, this.#key] = this.#derive(secret);
    this.#counter = 0;
  }

  #seal(plain: Uint8Array): Buffer {
    const sealed = encryptGcm(this.#key, this.#counter++, this.#hash, plain);
    this.#mixHash(sealed);
    return sealed;
  }

  #open(sealed: Uint8Array): Buffer {
    const plain = decryptGcm(this.#key, this.#counter++, this.#hash, sealed);
    this.#mixHash(sealed);
    return plain;
  }
}
