/**
 * The fake Bot API as a program of its own, for tests that kill the bot: `node --import tsx test/wire/fake-bot-api-main.ts
 * [--port N] [--token T]`. One JSON command per line on stdin; what the bot says comes out on stdout, one JSON object per line.
 *
 * In:  {"from":7,"writes":"hi"}  {"from":7,"taps":"Yes"}  {"from":7,"tapsGone":"Yes"}  {"from":7,"sends":"sticker"}
 *      {"from":7,"sharesOwnContact":"254722000001"}  {"from":7,"sharesContact":{"name":"Njeri","phone":"0722000002"}}
 *      {"from":7,"blocks":true}  {"from":7,"unblocks":true}  {"fail":{"method":"sendMessage","code":429,"retryAfter":1}}
 *      {"dark":true}  {"dark":false}  {"pending":true}  {"person":{"id":7,"languageCode":"sw","phone":"254722000001"}}
 *      `from` makes the person if there is none yet; several keys in one line happen in the same instant.
 * Out: {"type":"listening","url":"...","token":"..."}  {"type":"message","to":7,"messageId":3,"text":"...","buttons":[...],"edited":false}
 *      {"type":"pending","count":0}  {"type":"error","line":2,"message":"..."}
 */

import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { startFakeBotApi, type FakeBotApi } from './fake-bot-api.ts';
import type { Failure } from './fake-bot-api-http.ts';
import type { Kind, Person, PersonOptions, SharedContact } from './fake-bot-api-person.ts';
import { isObject } from './fake-bot-api-text.ts';

const people = new Map<number, Person>();
const told = new Map<number, number>();

function tell(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

function tellWhatIsNew(): void {
  for (const [id, person] of people) {
    const from = told.get(id) ?? 0;
    told.set(id, person.heard.length);
    for (const { messageId, text, buttons, edited } of person.heard.slice(from))
      tell({ type: 'message', to: id, messageId, text, buttons, edited });
  }
}

function personOf(api: FakeBotApi, options: PersonOptions): Person {
  const person = people.get(options.id) ?? api.person(options);
  people.set(options.id, person);
  return person;
}

function obey(api: FakeBotApi, command: Readonly<Record<string, unknown>>): void {
  if (isObject(command['person'])) personOf(api, command['person'] as unknown as PersonOptions);
  if (isObject(command['fail'])) api.fail(String(command['fail']['method']), command['fail'] as unknown as Failure);
  if (command['dark'] === true) api.goDark();
  if (command['dark'] === false) api.comeBack();
  if (typeof command['from'] === 'number') act(personOf(api, { id: command['from'] }), command);
  if (command['pending'] === true) tell({ type: 'pending', count: api.pending.length });
}

function act(person: Person, command: Readonly<Record<string, unknown>>): void {
  const text = (key: string): string | null => (typeof command[key] === 'string' ? command[key] : null);
  const [writes, taps, tapsGone, sends, own] = ['writes', 'taps', 'tapsGone', 'sends', 'sharesOwnContact'].map(text);
  if (command['unblocks'] === true) person.unblocks();
  if (writes) person.writes(writes);
  if (taps) person.taps(taps);
  if (tapsGone) person.tapsGone(tapsGone);
  if (sends) person.sends(sends as Kind);
  if (own) person.sharesOwnContact(own);
  if (isObject(command['sharesContact'])) person.sharesContact(command['sharesContact'] as unknown as SharedContact);
  if (command['blocks'] === true) person.blocks();
}

const { values } = parseArgs({ options: { port: { type: 'string' }, token: { type: 'string' } } });
const api = await startFakeBotApi({
  port: Number(values.port ?? 0),
  ...(values.token === undefined ? {} : { token: values.token }),
});
api.watch(tellWhatIsNew);
tell({ type: 'listening', url: api.url, token: api.token });

let line = 0;
for await (const input of createInterface({ input: process.stdin })) {
  line += 1;
  if (input.trim() === '') continue;
  try {
    const command: unknown = JSON.parse(input);
    if (!isObject(command)) throw new Error('a JSON object is wanted');
    obey(api, command);
  } catch (error) {
    tell({ type: 'error', line, message: error instanceof Error ? error.message : String(error) });
  }
}
await api.close();
