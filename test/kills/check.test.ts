/** Shows that each rule of the check catches what it is for: a story in which all is well, then the same with one thing wrong. */

import { expect, it } from 'vitest';
import { violations, type Evidence } from './check.ts';

const REFERENCE = 'JZAAAA2222';
const PLACED = `Thank you! Order ${REFERENCE}: asking 0722 000 001 for the M-Pesa payment now.`;
const APPROVE = `KES 50 is requested from 0722 000 001 by M-Pesa.\nOrder ${REFERENCE}`;
const UNKNOWN = `We don't know yet whether your order went through: KES 50 to 0733 000 002.\nOrder ${REFERENCE}`;
const SENT = `✅ Airtime sent.\nAirtime: KES 50\nOrder ${REFERENCE}, 22 Nov`;
const REVIEW = `A person is looking at your order: KES 50 to 0733 000 002.\nOrder ${REFERENCE}`;

const plan = { id: 7, own: '254722000001', recipient: '254733000002', amountKes: 50 };
const fields = { payment_mobile: plan.own, mobile: plan.recipient, amount: '50' };
const purchase = { note: REFERENCE, fields, requests: 1, ended: 'delivered', webhookTaken: true } as const;
const airtime = { units: null, fills: 1, filled: 0 } as const;
const order = {
  reference: REFERENCE,
  state: 'delivered',
  payer: plan.own,
  recipient: plan.recipient,
  amountKes: 50,
  ...airtime,
} as const;
const person = { plan, heard: ['Please check', PLACED, APPROVE, SENT] };
const well: Evidence = { people: [person], purchases: [purchase], orders: [order] };

const OF_SMS = `✅ 62 SMS added.\nPaid: KES 50\nOrder ${REFERENCE}, 22 Nov`;
const smsFields = { payment_mobile: plan.own, mobile: '', amount: '50' };
const smsOrder = { ...order, recipient: null, units: 62, fills: 1, filled: 62 } as const;
const smsPerson = { plan: { ...plan, recipient: null }, heard: [PLACED, APPROVE, OF_SMS] };
const smsWell: Evidence = { people: [smsPerson], purchases: [{ ...purchase, fields: smsFields }], orders: [smsOrder] };

it.each<[string, Evidence]>([
  ['delivered, and told so', well],
  ['SMS delivered, and told so', smsWell],
  ['told twice', { ...well, people: [{ plan, heard: [PLACED, APPROVE, APPROVE, SENT, SENT] }] }],
  [
    'in review, because the webhook never came',
    {
      people: [{ plan, heard: [PLACED, UNKNOWN, REVIEW] }],
      purchases: [{ ...purchase, webhookTaken: false }],
      orders: [{ ...order, state: 'review', fills: 0 }],
    },
  ],
  [
    'in review, because the call had begun and not a byte of it came',
    { people: [{ plan, heard: [PLACED, UNKNOWN, REVIEW] }], purchases: [], orders: [{ ...order, state: 'review', fills: 0 }] },
  ],
])('all is well: %s', (_story, evidence) => {
  expect(violations(evidence)).toEqual([]);
});

it.each<[string, Evidence, string]>([
  ['a second call', { ...well, purchases: [{ ...purchase, requests: 2 }] }, 'asked 2 times'],
  [
    'another amount at the upstream',
    { ...well, purchases: [{ ...purchase, fields: { ...fields, amount: '5' } }] },
    'was asked for "254722000001 254733000002 5"',
  ],
  ['a call for nothing in the database', { people: [], purchases: [purchase], orders: [] }, 'not in the database'],
  ['a lost order', { people: [person], purchases: [], orders: [] }, 'which is lost'],
  ['a person without an answer', { people: [{ plan, heard: [] }], purchases: [], orders: [] }, 'last heard: nothing'],
  ['two orders of one yes', { ...well, orders: [order, { ...order, reference: 'JZBBBB3333' }] }, 'and has 2'],
  ['another recipient than confirmed', { ...well, orders: [{ ...order, recipient: '254733000009' }] }, 'not what was confirmed'],
  ['an order that nobody was told of', { ...well, people: [{ plan, heard: ['Please check'] }] }, 'never heard of'],
  ['an old word as the last one', { ...well, people: [{ plan, heard: [PLACED, SENT, APPROVE] }] }, 'the last word about it was'],
  [
    'a message that was set aside',
    { ...well, people: [{ plan, heard: [...person.heard, 'Sorry, something went wrong'] }] },
    'set aside',
  ],
  ['airtime booked twice', { ...well, orders: [{ ...order, fills: 2 }] }, 'was booked 2 times'],
  ['airtime sent and not booked', { ...well, orders: [{ ...order, fills: 0 }] }, 'was booked 0 times'],
  ['SMS filled twice', { ...smsWell, orders: [{ ...smsOrder, fills: 2, filled: 124 }] }, 'was filled 2 times'],
  ['SMS paid and not filled', { ...smsWell, orders: [{ ...smsOrder, fills: 0, filled: 0 }] }, 'was filled 0 times'],
  ['SMS for another price', { ...smsWell, orders: [{ ...smsOrder, filled: 50 }] }, '62 SMS were promised, and 50 came'],
  ['SMS for nothing', { ...smsWell, purchases: [{ ...purchase, fields: smsFields, ended: null }] }, 'nothing was delivered'],
  [
    'SMS filled while in review',
    { ...smsWell, people: [{ ...smsPerson, heard: [REVIEW] }], orders: [{ ...smsOrder, state: 'review' }] },
    'was filled 1 times',
  ],
  ['no end', { ...well, orders: [{ ...order, state: 'unknown' }] }, 'nobody has looked at it'],
  ['delivered without evidence', { ...well, purchases: [{ ...purchase, ended: null }] }, 'nothing was delivered'],
  ['cancelled though delivered', { ...well, orders: [{ ...order, state: 'cancelled', fills: 0 }] }, 'nobody cancelled it'],
  ['refused though delivered', { ...well, orders: [{ ...order, state: 'rejected', fills: 0 }] }, 'did not refuse it'],
  [
    'a webhook taken and forgotten',
    { ...well, orders: [{ ...order, state: 'review', fills: 0 }] },
    'the webhook that said delivered was taken',
  ],
])('is caught: %s', (_story, evidence, why) => {
  expect(violations(evidence).join('\n')).toContain(why);
});
