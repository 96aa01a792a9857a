/**
 * Owns what must hold when all the killing is over: the upstream's truth against what people were told and what the database says.
 * A pure look at the evidence, so that each rule can be shown to catch what it is for.
 */

import type { OrderState } from '../../src/domain/order.ts';
import type { PersonPlan } from './plan.ts';
import type { Purchase } from './upstream.ts';
import { claimOf, referenceIn, type Claim } from './words.ts';

export interface Evidence {
  readonly people: readonly {
    readonly plan: Pick<PersonPlan, 'id' | 'own' | 'recipient' | 'amountKes'>;
    readonly heard: readonly string[];
  }[];
  readonly purchases: readonly Purchase[];
  readonly orders: readonly OrderRow[];
}

export interface OrderRow {
  readonly reference: string;
  readonly state: OrderState;
  readonly payer: string;
  /** Null: an order of SMS. */
  readonly recipient: string | null;
  readonly amountKes: number;
  /** By how many journals it was booked: a sale, or its wallet filled. */
  readonly fills: number;
  /** Of SMS: how many were promised, and with how many its wallet was filled. */
  readonly units: number | null;
  readonly filled: number;
}

/** A sentence for each thing that must not be. */
export function violations(evidence: Evidence): string[] {
  return [
    ...evidence.purchases.flatMap((purchase) => wrongWithPurchase(purchase, evidence)),
    ...evidence.people.flatMap((person) => wrongWithPerson(person, evidence)),
    ...evidence.orders.flatMap((order) => wrongWithOrder(order, evidence)),
  ];
}

function wrongWithPurchase({ note, requests, fields }: Evidence['purchases'][number], { orders }: Evidence): string[] {
  const order = orders.find(({ reference }) => reference === note);
  if (order === undefined) return [`${note}: the upstream was asked for an order that is not in the database`];
  const wrong: string[] = [];
  if (requests !== 1) wrong.push(`${note}: the upstream was asked ${requests} times`);
  const asked = [fields['payment_mobile'], fields['mobile'], fields['amount']].join(' ');
  const meant = [order.payer, order.recipient ?? '', order.amountKes].join(' ');
  if (asked !== meant) wrong.push(`${note}: the upstream was asked for "${asked}", the order is "${meant}"`);
  return wrong;
}

function wrongWithPerson({ plan, heard }: Evidence['people'][number], { orders }: Evidence): string[] {
  const who = `person ${plan.id}`;
  const mine = orders.filter(({ payer }) => payer === plan.own);
  const told = [...new Set(heard.map(referenceIn).filter((reference) => reference !== null))];
  const wrong = told
    .filter((reference) => !mine.some((order) => order.reference === reference))
    .map((reference) => `${who}: was told of order ${reference}, which is lost`);
  if (mine.length === 0) wrong.push(`${who}: has no order, and last heard: ${heard.at(-1) ?? 'nothing'}`);
  if (mine.length > 1) wrong.push(`${who}: wanted one order and has ${mine.length}`);
  for (const order of mine) {
    if (order.recipient !== plan.recipient || order.amountKes !== plan.amountKes)
      wrong.push(`${who}: ${order.reference} is not what was confirmed`);
    const lastWord = heard.findLast((text) => referenceIn(text) === order.reference);
    if (lastWord === undefined) wrong.push(`${who}: never heard of ${order.reference}, which is ${order.state}`);
    else if (claimOf(lastWord) !== claimFor(order.state))
      wrong.push(`${who}: ${order.reference} is ${order.state}, and the last word about it was: ${lastWord}`);
  }
  if (heard.some((text) => text.includes('something went wrong'))) wrong.push(`${who}: a message was set aside`);
  return wrong;
}

/** What the upstream did, and has made the shop promise to know, decides what an order may be. */
function wrongWithOrder({ reference, state, units, fills, filled }: OrderRow, { purchases }: Evidence): string[] {
  const purchase = purchases.find(({ note }) => note === reference);
  const truth = purchase?.ended ?? null;
  const wrong = (why: string): string[] => [`${reference}: is ${state}, but ${why}`];
  if (claimFor(state) === 'under_way') return wrong('nobody has looked at it and nobody was asked');
  if (state === 'delivered' && truth !== 'delivered') return wrong('nothing was delivered');
  if (state === 'cancelled' && truth !== 'cancelled') return wrong('nobody cancelled it');
  if (state === 'rejected' && purchase !== undefined && truth !== 'refused') return wrong('the upstream did not refuse it');
  if (fills !== (state === 'delivered' ? 1 : 0))
    return wrong(`${units === null ? 'it was booked' : 'its wallet was filled'} ${fills} times`);
  if (units !== null && state === 'delivered' && filled !== units) return wrong(`${units} SMS were promised, and ${filled} came`);
  if (purchase?.webhookTaken === true && state !== truth) return wrong(`the webhook that said ${truth} was taken`);
  return [];
}

function claimFor(state: OrderState): Claim {
  return state === 'delivered' || state === 'cancelled' || state === 'rejected' || state === 'review' ? state : 'under_way';
}
