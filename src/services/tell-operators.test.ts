/** Shows that a customer's number is masked in an operator's chat, however it was hidden in a name. */

import { expect, it } from 'vitest';
import { aMessage, anSmsOrder, knownOf, NOW, only, OWN, rulesOf } from '../../test/support/decisions.ts';
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

it.each([false, true])('a payment that a program was credited for before is told of with what to do, once (told: %s)', (told) => {
  const order = anSmsOrder();
  const creditedBefore = { appId: 'acme', requestKey: 'tx-1\u200B\n⚠️ tx', told };
  const known = knownOf({ order, operators: [NJERI], creditedBefore });
  const reading = {
    kind: 'read',
    upstreamReference: 'UP1',
    code: '0',
    amountKes: 100,
    receipt: 'SKJ4X8Y2ZQ',
    payer: OWN,
  } as const;
  const about = { kind: 'payment_callback', id: 'cb-1', at: NOW, provider: 'daraja', raw: '{}', reading } as const;
  const { phrasebook } = rulesOf();
  const turn = decide(known, { ...about, reference: order.reference }, rulesOf());
  expect(only(turn, 'keep_receipt')).toMatchObject([{ credited: true }]);
  // The customer's delivery waits for nobody.
  expect(only(turn, 'call')).toMatchObject([{ purpose: 'ask_payment' }]);
  const said = only(turn, 'say').flatMap(({ reply }) => reply.parts.map((part) => phrasebook.say(part, 'en')));
  const words = expect.stringMatching(/JZ[A-Z0-9]+ .*\(id tx-1 ⚠️ tx\).*take out[^]*review show A-/u) as string;
  expect(said.filter((text) => text.includes('tx-1'))).toEqual(told ? [] : [words]);
});
