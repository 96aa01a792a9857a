/**
 * Owns the moment at which a message becomes ours. Baileys confirms a message to WhatsApp and only then tells us of it, after
 * buffering it for up to half a minute; whatever dies in between is lost for good, since WhatsApp does not send it again. So we
 * read along where a message is decrypted, and the confirmation waits until it is durable. What is not encrypted still comes
 * as `messages.upsert`.
 */

import type { BinaryNode, SignalRepositoryWithLIDStore, WAMessage } from '@whiskeysockets/baileys';

export type DecodeTools = Pick<
  typeof import('@whiskeysockets/baileys'),
  'MISSING_KEYS_ERROR_TEXT' | 'decodeMessageNode' | 'proto' | 'unpadRandomMax16'
>;

export interface FirstReaderDeps {
  readonly tools: DecodeTools;
  /** Our own two jids. */
  me(): { readonly id: string; readonly lid: string };
  /** Resolves when the message is durable. A rejection makes Baileys ask the sender to send it once more. */
  take(message: WAMessage): Promise<void>;
  /** This process has taken the message of this stanza before. */
  wasTaken(stanza: BinaryNode): boolean;
}

export class FirstReader {
  readonly #deps: FirstReaderDeps;
  /** The stanza that a ciphertext came in: the decryption is told only the ciphertext. */
  readonly #stanzas = new WeakMap<object, BinaryNode>();

  constructor(deps: FirstReaderDeps) {
    this.#deps = deps;
  }

  /** For each `message` stanza, before it is decrypted. */
  sees(stanza: BinaryNode): void {
    if (!Array.isArray(stanza.content)) return;
    for (const { tag, content } of stanza.content) {
      if (tag === 'enc' && content instanceof Uint8Array) this.#stanzas.set(content, stanza);
    }
  }

  readsAlong(repository: SignalRepositoryWithLIDStore): SignalRepositoryWithLIDStore {
    const { decryptMessage } = repository;
    repository.decryptMessage = async (sealed) => {
      const stanza = this.#stanzas.get(sealed.ciphertext);
      const plain = await decryptMessage(sealed).catch((error: unknown) => this.#onUnreadable(stanza, error));
      const message = stanza === undefined ? null : this.#decode(stanza, plain);
      if (message !== null) await this.#deps.take(message);
      return plain;
    };
    return repository;
  }

  /**
   * A key that was used already means that the message was decrypted before: taken, or lost when the process died in that
   * instant. Baileys takes the first for granted. Any other error makes it ask the sender for the message once more, and the
   * store drops what it has.
   */
  #onUnreadable(stanza: BinaryNode | undefined, error: unknown): never {
    const usedKey = error instanceof Error && error.message === this.#deps.tools.MISSING_KEYS_ERROR_TEXT;
    if (usedKey && stanza !== undefined && !this.#deps.wasTaken(stanza)) throw new Error('decrypted before, perhaps never taken');
    throw error;
  }

  /** null: bytes that are no message; Baileys will say so itself. */
  #decode(stanza: BinaryNode, plain: Uint8Array): WAMessage | null {
    const { decodeMessageNode, proto, unpadRandomMax16 } = this.#deps.tools;
    const me = this.#deps.me();
    try {
      const { fullMessage } = decodeMessageNode(stanza, me.id, me.lid);
      const message = proto.Message.decode(unpadRandomMax16(plain));
      return { ...fullMessage, message: message.deviceSentMessage?.message ?? message };
    } catch {
      return null;
    }
  }
}
