/** What the fake WhatsApp server tells about people: which devices they have and with which keys a session with them is opened. */

import { jidDecode, type BinaryNode, type proto } from '@whiskeysockets/baileys';
import type { Person } from './fake-whatsapp-person.ts';
import type { OperatorPhone } from './fake-whatsapp-phone.ts';
import type { KeyBundle } from './fake-whatsapp-signal.ts';

export class Directory {
  readonly #phone: OperatorPhone;
  readonly #people = new Map<string, Person>();

  constructor(phone: OperatorPhone) {
    this.#phone = phone;
  }

  add(person: Person): void {
    this.#people.set(person.facts.lid, person);
    if (person.facts.phone !== null) this.#people.set(person.facts.phone, person);
  }

  person(jid: string | undefined): Person | undefined {
    return this.#people.get(userOf(jid));
  }

  everybody(): Set<Person> {
    return new Set(this.#people.values());
  }

  /** Of the bot's own account: the phone, and the bot as its linked device. */
  devicesOf(jids: readonly string[], botDevice: number | null): BinaryNode {
    const users = jids.flatMap((jid): BinaryNode[] => {
      const own = this.#isOwn(jid);
      if (!own && this.person(jid) === undefined) return [];
      const ids = own && botDevice !== null ? [0, botDevice] : [0];
      const list = { tag: 'device-list', attrs: {}, content: ids.map(deviceNode) };
      return [{ tag: 'user', attrs: { jid }, content: [{ tag: 'devices', attrs: {}, content: [list] }] }];
    });
    return { tag: 'usync', attrs: {}, content: [{ tag: 'list', attrs: {}, content: users }] };
  }

  bundleOf(jid: string): BinaryNode[] {
    const device = this.#isOwn(jid) ? this.#phone.device : this.person(jid)?.device;
    return device === undefined ? [] : [device.bundleNode(jid)];
  }

  #isOwn(jid: string): boolean {
    return [this.#phone.number, this.#phone.lid].includes(userOf(jid));
  }
}

function userOf(jid: string | undefined): string {
  return jidDecode(jid)?.user ?? '';
}

function deviceNode(id: number): BinaryNode {
  return { tag: 'device', attrs: { id: String(id), ...(id === 0 ? {} : { 'key-index': String(id) }) } };
}

/** The keys that a new device registers with. */
export function bundleOfRegistration(data: proto.ClientPayload.IDevicePairingRegistrationData): KeyBundle {
  const number = (bytes: Uint8Array | null | undefined): number => parseInt(Buffer.from(bytes ?? []).toString('hex') || '0', 16);
  const bytes = (value: Uint8Array | null | undefined): Uint8Array => value ?? new Uint8Array();
  return {
    registrationId: number(data.eRegid),
    identity: bytes(data.eIdent),
    signedPreKey: { id: number(data.eSkeyId), value: bytes(data.eSkeyVal), signature: bytes(data.eSkeySig) },
  };
}
