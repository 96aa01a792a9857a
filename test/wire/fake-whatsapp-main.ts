/**
 * The fake WhatsApp server as a process of its own, for tests of the built program: one JSON command per line in, one JSON
 * event per line out. The program under test runs with `node --import ./test/wire/trust-fake-whatsapp.mjs` and
 * `WHATSAPP_WEB_SOCKET_URL` set to the `url` of the first event.
 *
 * In: {"person":"amina","lid":"1234567890","phone":"254722000000","name":"Amina"}, {"as":"amina","writes":"hi"},
 * {"as":"amina","contact":{"name":"Mama","phone":"+254..."}}, {"as":"amina","sends":"sticker"},
 * {"as":"amina","asksAgain":"<id of a message heard>"}, {"scan":"<QR text>"}, {"code":"ABCD-2345"}, {"close":440}, {"drop":true}, {"freeze":true}, {"nack":463}, {"withholdAcks":1}.
 * Out: {"type":"listening","url"}, {"type":"login","count"}, {"type":"heard","as","id","text"}, and after each command
 * {"type":"done","line"} or {"type":"error","line","message"}. It ends with its input.
 */

import { createInterface } from 'node:readline';
import { quietLibsignal } from '../../src/channels/whatsapp/quiet-libsignal.ts';
import { FakeWhatsApp } from './fake-whatsapp.ts';
import type { Person, Sendable } from './fake-whatsapp-person.ts';

interface Command {
  readonly person?: string;
  readonly lid?: string;
  readonly phone?: string | null;
  readonly name?: string;
  readonly as?: string;
  readonly writes?: string;
  readonly contact?: { readonly name: string; readonly phone: string };
  readonly sends?: Sendable;
  readonly asksAgain?: string;
  readonly scan?: string;
  readonly code?: string;
  readonly close?: number;
  readonly drop?: boolean;
  readonly freeze?: boolean;
  readonly nack?: number;
  readonly withholdAcks?: number;
}

quietLibsignal();
const server = await FakeWhatsApp.listen();
const people = new Map<string, Person>();

function tell(event: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

function speaker(name: string | undefined): Person {
  const person = people.get(name ?? '');
  if (person === undefined) throw new Error(`nobody is called ${name}`);
  return person;
}

function meet(name: string, { lid, phone, name: shown }: Command): void {
  const person = server.person({ lid: lid ?? '', phone: phone ?? null, name: shown ?? name });
  person.onRead = ({ id, text }) => tell({ type: 'heard', as: name, id, text });
  people.set(name, person);
}

async function perform(command: Command): Promise<void> {
  if (command.person !== undefined) meet(command.person, command);
  else if (command.writes !== undefined) await speaker(command.as).writes(command.writes);
  else if (command.contact !== undefined) await speaker(command.as).sharesContact(command.contact.name, command.contact.phone);
  else if (command.sends !== undefined) await speaker(command.as).sends(command.sends);
  else if (command.asksAgain !== undefined) server.asksAgain(speaker(command.as), command.asksAgain);
  else if (command.scan !== undefined) await server.scan(command.scan);
  else if (command.code !== undefined) await server.enterCode(command.code);
  else if (command.close !== undefined) server.closeWith(command.close);
  else if (command.drop === true) server.hangUp();
  else if (command.freeze === true) server.freeze();
  else if (command.nack !== undefined) server.nack = { code: command.nack, times: 1 };
  else if (command.withholdAcks !== undefined) server.withholdAcks = command.withholdAcks;
  else throw new Error('nothing to do');
}

async function tellLogins(): Promise<void> {
  for (let count = 1; ; count += 1) {
    await server.login(count);
    tell({ type: 'login', count });
  }
}

tell({ type: 'listening', url: server.url });
void tellLogins();
let number = 0;
for await (const line of createInterface({ input: process.stdin })) {
  number += 1;
  try {
    await perform(JSON.parse(line) as Command);
    tell({ type: 'done', line: number });
  } catch (error) {
    tell({ type: 'error', line: number, message: error instanceof Error ? error.message : String(error) });
  }
}
process.exit(0);
