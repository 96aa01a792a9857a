/**
 * The operator's phone beside the fake WhatsApp server: it links a new device by scanning its QR or by taking in its pairing
 * code, with the same signatures and secrets as a real phone, so a client that skipped a step would not get through.
 */

import { createHmac } from 'node:crypto';
import {
  Curve,
  WA_ADV_ACCOUNT_SIG_PREFIX,
  aesDecryptCTR,
  aesDecryptGCM,
  aesEncryptCTR,
  derivePairingCodeKey,
  getBinaryNodeChild,
  getBinaryNodeChildBuffer,
  hkdf,
  proto,
  type BinaryNode,
  type KeyPair,
} from '@whiskeysockets/baileys';
import { SignalDevice } from './fake-whatsapp-signal.ts';

const S_WHATSAPP_NET = 's.whatsapp.net';

export class OperatorPhone {
  /** Digits with the country code. */
  readonly number: string;
  /** Digits of the account's LID. */
  readonly lid: string;
  readonly device = new SignalDevice();
  #ephemeral: KeyPair | null = null;
  #companionShared: Buffer | null = null;

  constructor(number: string, lid: string) {
    this.number = number;
    this.lid = lid;
  }

  jid(device: number): string {
    return `${this.number}${device === 0 ? '' : `:${device}`}@${S_WHATSAPP_NET}`;
  }

  lidJid(device: number): string {
    return `${this.lid}${device === 0 ? '' : `:${device}`}@lid`;
  }

  /** The node that tells a new device that it is linked; `advSecret` is the base64 secret out of the QR or the code exchange. */
  pairSuccess(companionIdentity: Uint8Array, advSecret: string, deviceId: number): BinaryNode {
    const deviceDetails = proto.ADVDeviceIdentity.encode({ rawId: 1, timestamp: 1_760_000_000, keyIndex: deviceId }).finish();
    const signed = Buffer.concat([WA_ADV_ACCOUNT_SIG_PREFIX, deviceDetails, companionIdentity]);
    const details = proto.ADVSignedDeviceIdentity.encode({
      details: deviceDetails,
      accountSignatureKey: this.device.identity.public,
      accountSignature: Curve.sign(this.device.identity.private, signed),
    }).finish();
    const hmac = createHmac('sha256', Buffer.from(advSecret, 'base64')).update(details).digest();
    return {
      tag: 'iq',
      attrs: { from: S_WHATSAPP_NET, type: 'set', id: 'pair-1' },
      content: [
        {
          tag: 'pair-success',
          attrs: {},
          content: [
            { tag: 'device-identity', attrs: {}, content: proto.ADVSignedDeviceIdentityHMAC.encode({ details, hmac }).finish() },
            { tag: 'device', attrs: { jid: this.jid(deviceId), lid: this.lidJid(deviceId) } },
            { tag: 'platform', attrs: { name: 'android' } },
          ],
        },
      ],
    };
  }

  /** Answers a `companion_hello` once the person has typed the code; a wrong code derives other keys and fails later. */
  async takeCode(hello: BinaryNode, code: string): Promise<BinaryNode> {
    const wrapped = childBytes(hello, 'link_code_pairing_wrapped_companion_ephemeral_pub');
    const key = await derivePairingCodeKey(code, wrapped.subarray(0, 32));
    const companionEphemeral = aesDecryptCTR(wrapped.subarray(48, 80), key, wrapped.subarray(32, 48));
    this.#ephemeral = Curve.generateKeyPair();
    this.#companionShared = Curve.sharedKey(this.#ephemeral.private, companionEphemeral);

    const salt = Buffer.alloc(32, 7);
    const iv = Buffer.alloc(16, 9);
    const sealed = aesEncryptCTR(this.#ephemeral.public, await derivePairingCodeKey(code, salt), iv);
    const child = (tag: string, content: Uint8Array): BinaryNode => ({ tag, attrs: {}, content });
    return {
      tag: 'notification',
      attrs: { from: S_WHATSAPP_NET, type: 'link_code_companion_reg', id: 'link-1', t: '1760000000' },
      content: [
        {
          tag: 'link_code_companion_reg',
          attrs: { stage: 'primary_hello' },
          content: [
            child('link_code_pairing_ref', Buffer.from('code-ref')),
            child('primary_identity_pub', this.device.identity.public),
            child('link_code_pairing_wrapped_primary_ephemeral_pub', Buffer.concat([salt, iv, sealed])),
          ],
        },
      ],
    };
  }

  /** Reads the device's `companion_finish` and gives the secret that both sides now share, or null when the codes differed. */
  finishCode(finish: BinaryNode): { identity: Uint8Array; advSecret: string } | null {
    if (this.#companionShared === null) return null;
    const bundle = childBytes(finish, 'link_code_pairing_wrapped_key_bundle');
    const identity = childBytes(finish, 'companion_identity_public');
    const key = hkdf(this.#companionShared, 32, {
      salt: bundle.subarray(0, 32),
      info: 'link_code_pairing_key_bundle_encryption_key',
    });
    let plain: Buffer;
    try {
      plain = aesDecryptGCM(bundle.subarray(44), key, bundle.subarray(32, 44), Buffer.alloc(0));
    } catch {
      return null;
    }
    const shared = Curve.sharedKey(this.device.identity.private, identity);
    const secret = hkdf(Buffer.concat([this.#companionShared, shared, plain.subarray(64, 96)]), 32, { info: 'adv_secret' });
    return { identity, advSecret: Buffer.from(secret).toString('base64') };
  }
}

function childBytes(node: BinaryNode, tag: string): Buffer {
  const bytes = getBinaryNodeChildBuffer(getBinaryNodeChild(node, 'link_code_companion_reg'), tag);
  if (bytes === undefined) throw new Error(`the device sent no ${tag}`);
  return Buffer.from(bytes);
}
