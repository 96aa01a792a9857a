/** Owns how the list of what wants a person is written: lines for people, one JSON value for programs. */

import { formatKes } from '../domain/money.ts';
import { formatMsisdn } from '../domain/msisdn.ts';
import type { ItemKind } from '../domain/attention.ts';
import type { Order } from '../domain/order.ts';
import { oneLine } from '../lib/one-line.ts';
import { shortened } from '../lib/shortened.ts';
import type { Item, OpenCases, Who } from '../ports/desk.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../lib/durations.ts';

const KINDS: Readonly<Record<ItemKind, string>> = {
  help: 'asks for you',
  webhook: 'a webhook fits no order',
  alert: 'alert',
  event: 'an event was set aside',
  message: 'a message was given up',
};

/** "3 min", "2 h", "5 days". */
export function age(ms: number): string {
  if (ms < HOUR_MS) return `${Math.max(0, Math.floor(ms / MINUTE_MS))} min`;
  if (ms < 2 * DAY_MS) return `${Math.floor(ms / HOUR_MS)} h`;
  return `${Math.floor(ms / DAY_MS)} days`;
}

export function caseLines({ orders, items, salesStopped }: OpenCases, now: number): string[] {
  const lines = [
    ...(salesStopped === null ? [] : [`Sales are STOPPED: ${salesStopped}. To go on: npx jaza resume-sales`, '']),
    ...orders.flatMap(({ order, why }) => [
      `${order.reference}  ${age(now - order.changedAt)}  ${order.state === 'review' ? 'in review' : 'to be refunded'}: ${goodsOf(order)}, paid by ${formatMsisdn(order.payer)} (${shown(why)})`,
      `    npx jaza review show ${order.reference}`,
    ]),
    ...items.flatMap((item) => [
      `${item.id}  ${age(now - item.latest)}  ${itemLine(item)}`,
      `    npx jaza review show ${item.id}`,
    ]),
  ];
  return orders.length + items.length === 0 ? [...lines, 'Nothing wants you.'] : lines;
}

/** "KES 100 to 0722 000 000", "125 SMS for KES 100". */
function goodsOf(order: Order): string {
  const paid = `KES ${formatKes(order.amountKes)}`;
  return order.kind === 'airtime' ? `${paid} to ${formatMsisdn(order.recipient)}` : `${order.units} SMS for ${paid}`;
}

export function itemLine({ kind, who, detail, count }: Item): string {
  const times = count === 1 ? '' : `, ${count} times`;
  const person = who === null ? '' : ` ${whoLine(who)}`;
  return kind === 'help'
    ? `${person.trim()} ${KINDS.help}: ${shown(detail)}${times}`
    : `${KINDS[kind]}${times}: ${shown(detail)}${person === '' ? '' : ` (${person.trim()})`}`;
}

/** Whole: it is the operator's own console. */
export function whoLine({ name, channel, chat, phones }: Who): string {
  const [phone] = phones;
  return [name, phone === undefined ? null : formatMsisdn(phone), `${channel} ${chat}`]
    .filter((part) => part !== null)
    .join(', ');
}

/** Instants are UTC milliseconds, numbers 2547... */
export function casesJson({ orders, items, salesStopped }: OpenCases, now: number): object {
  return {
    salesStopped,
    orders: orders.map(({ order, why }) => ({
      id: order.reference,
      kind: 'order',
      state: order.state,
      ageMs: now - order.changedAt,
      amountKes: order.amountKes,
      buys: order.kind,
      ...(order.kind === 'airtime' ? { recipient: order.recipient } : { units: order.units, wallet: order.wallet }),
      payer: order.payer,
      why,
      next: `npx jaza review show ${order.reference}`,
    })),
    items: items.map(({ id, kind, since, latest, count, detail, who }) => ({
      id,
      kind,
      ageMs: now - latest,
      since,
      latest,
      count,
      detail,
      who: who === null ? null : { name: who.name, channel: who.channel, chat: who.chat, phones: who.phones },
      next: `npx jaza review show ${id}`,
    })),
  };
}

function shown(text: string): string {
  return shortened(oneLine(text), 100);
}
