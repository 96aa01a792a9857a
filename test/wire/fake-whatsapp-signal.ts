/**
 * A device with real Signal keys, for the people and the operator's phone of the fake WhatsApp server: what it reads is what
 * that device would really have read. Built on Baileys' own repository with a store in memory.
 */

import {
  DEFAULT_CONNECTION_CONFIG,
  addTransactionCapability,
  encodeBigEndian,
  generateSignalPubKey,
  initAuthCreds,
  proto,
  unpadRandomMax16,
  encodeWAMessage,
  type AuthenticationCreds,
  type BinaryNode,
  type SignalDataSet,
  type SignalDataTypeMap,
  type SignalRepositoryWithLIDStore,
} from '@whiskeysockets/baileys';

type Logger = typeof DEFAULT_CONNECTION_CONFIG.logger;

const nothing = (): void => undefined;
export const quietLogger: Logger = {
  level: 'silent',
  child: () => quietLogger,
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
};

/** What others need to open a session with a device. */
export interface KeyBundle {
  readonly registrationId: number;
  readonly identity: Uint8Array;
  readonly signedPreKey: { readonly id: number; readonly value: Uint8Array; readonly signature: Uint8Array };
}

function memoryKeys() {
  const rows = new Map<string, unknown>();
  return {
    get<T extends keyof SignalDataTypeMap>(type: T, ids: string[]): Record<string, SignalDataTypeMap[T]> {
      const found: Record<string, SignalDataTypeMap[T]> = {};
      for (const id of ids) {
        const value = rows.get(`${type}/${id}`);
        if (value !== undefined && value !== null) found[id] = value as SignalDataTypeMap[T];
      }
      return found;
    },
    set(data: SignalDataSet): void {
      for (const [type, values] of Object.entries(data)) {
        for (const [id, value] of Object.entries(values)) rows.set(`${type}/${id}`, value);
      }
    },
  };
}

export class SignalDevice {
  readonly #creds: AuthenticationCreds = initAuthCreds();
  readonly #repository: SignalRepositoryWithLIDStore;
  #turn: Promise<unknown> = Promise.resolve();

  constructor() {
    const keys = addTransactionCapability(memoryKeys(), quietLogger, { maxCommitRetries: 1, delayBetweenTriesMs: 1 });
    this.#repository = DEFAULT_CONNECTION_CONFIG.makeSignalRepository({ creds: this.#creds, keys }, quietLogger);
  }

  get identity(): AuthenticationCreds['signedIdentityKey'] {
    return this.#creds.signedIdentityKey;
  }

  /** As the server hands it out to whoever asks for this device's keys. */
  bundleNode(jid: string): BinaryNode {
    const { signedPreKey, registrationId, signedIdentityKey } = this.#creds;
    const node = (tag: string, content: Uint8Array): BinaryNode => ({ tag, attrs: {}, content });
    return {
      tag: 'user',
      attrs: { jid },
      content: [
        node('registration', encodeBigEndian(registrationId)),
        node('type', Buffer.from([5])),
        node('identity', signedIdentityKey.public),
        {
          tag: 'skey',
          attrs: {},
          content: [
            node('id', encodeBigEndian(signedPreKey.keyId, 3)),
            node('value', signedPreKey.keyPair.public),
            node('signature', signedPreKey.signature),
          ],
        },
      ],
    };
  }

  /** Forgets the session with a device, as after it was linked anew. */
  forget(jid: string): Promise<void> {
    return this.#alone(() => this.#repository.deleteSession([jid]));
  }

  /** Makes a sealed message for `jid`, opening a session from `bundle` first where there is none. */
  seal(jid: string, bundle: KeyBundle, message: proto.IMessage): Promise<{ type: string; ciphertext: Uint8Array }> {
    return this.#alone(async () => {
      if (!(await this.#repository.validateSession(jid)).exists) {
        const { id, value, signature } = bundle.signedPreKey;
        await this.#repository.injectE2ESession({
          jid,
          session: {
            registrationId: bundle.registrationId,
            identityKey: generateSignalPubKey(bundle.identity),
            signedPreKey: { keyId: id, publicKey: generateSignalPubKey(value), signature },
          },
        });
      }
      return this.#repository.encryptMessage({ jid, data: encodeWAMessage(message) });
    });
  }

  /** Opens what `jid` sealed for this device. Rejects for what this device cannot read, a repetition for one. */
  open(jid: string, type: 'pkmsg' | 'msg', ciphertext: Uint8Array): Promise<proto.Message> {
    return this.#alone(async () => {
      const plain = await this.#repository.decryptMessage({ jid, type, ciphertext });
      return proto.Message.decode(unpadRandomMax16(plain));
    });
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}
