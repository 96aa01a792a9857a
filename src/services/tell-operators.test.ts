/** Shows that a customer's number is masked in an operator's chat, however it was hidden in a name. */

import { expect, it } from 'vitest';
import { aMessage, knownOf, only, rulesOf } from '../../test/support/decisions.ts';
import { decide } from './decide.ts';
import { tellOperators } from './tell-operators.ts';

const NJERI = {
  id: 'op-1',
  name: 'Njeri',
  conversationId: 'v-9',
  channel: 'telegram',
  language: 'en',
  addedAt: 0,
  reachable: true,
} as const;

it.each(['0722000001', '0722 000 001', '0722\u200B000\u200B001'])('a name that holds %j', (number) => {
  const customer = { id: 'c-1', name: `Amina ${number}` };
  const known = knownOf({ customer, operators: [NJERI] });
  const wants = aMessage({ content: { kind: 'text', text: 'talk to a person' }, senderName: customer.name });
  const { business, phrasebook } = rulesOf();
  const turn = tellOperators(decide(known, wants, rulesOf()), known, { ...business, simulated: false, smsSimulated: false });
  const told = only(turn, 'say').filter(({ conversationId }) => conversationId === NJERI.conversationId);
  const words = told.flatMap(({ reply }) => reply.parts.map((part) => phrasebook.say(part, 'en'))).join('\n');
  expect(words).toContain('Amina');
  expect(words.replace(/\D/g, '')).not.toContain('722000001');
});
