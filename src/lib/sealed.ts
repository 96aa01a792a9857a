/**
 * Owns how what is secret is sealed: AES-256-GCM under a key that is derived from the shop's for one purpose, with the name of its place
 * bound in, so that a value moved elsewhere cannot be opened. Layout: version (1 byte, 1), nonce (12), tag (16), ciphertext.
 */

import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { randomToken } from './random.ts';
import { err, ok, type Result } from './result.ts';

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + NONCE_BYTES + TAG_BYTES;

export interface Sealer {
  seal(row: string, plain: string): Uint8Array;
  /** `unreadable`: another SECRET_KEY, purpose or row, damage, or a version that this release does not know. */
  open(row: string, sealed: Uint8Array): Result<string, 'unreadable'>;
}

/** What is sealed for one purpose is opened for no other. The words are part of the key: change none. */
export type SealedFor = 'jaza/whatsapp-auth/1' | 'jaza/stop-link/1';

/** `secretKey` holds at least 16 bytes of entropy. */
export function sealerFrom(secretKey: Uint8Array, purpose: SealedFor): Sealer {
  if (secretKey.byteLength < 16) throw new Error('invariant broken: SECRET_KEY is too short');
  const key = new Uint8Array(hkdfSync('sha256', secretKey, new Uint8Array(), purpose, 32));
  return {
    seal: (row, plain) => {
      const nonce = Buffer.from(randomToken(NONCE_BYTES), 'base64url');
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(row));
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.from([VERSION]), nonce, cipher.getAuthTag(), body]);
    },
    open: (row, sealed) => {
      if (sealed.byteLength < HEAD_BYTES || sealed[0] !== VERSION) return err('unreadable');
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 1 + NONCE_BYTES));
      decipher.setAAD(Buffer.from(row)).setAuthTag(sealed.subarray(1 + NONCE_BYTES, HEAD_BYTES));
      try {
        return ok(decipher.update(sealed.subarray(HEAD_BYTES), undefined, 'utf8') + decipher.final('utf8'));
      } catch {
        return err('unreadable');
      }
    },
  };
}
