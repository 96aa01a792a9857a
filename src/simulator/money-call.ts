/**
 * Owns the one call of an order that moves money, on its way to whoever takes it and back: provably not sent, lost, slow, charged and
 * answered with an error, unreadable. What is asked for and what is answered is the receiver's own matter.
 */

import type { Evidence, Request } from './facts.ts';
import type { Fence } from './fence.ts';
import type { World } from './world.ts';

const TIMEOUT_MS = 30_000;

type Failed = { readonly kind: 'not_sent'; readonly why: string } | { readonly kind: 'unknown'; readonly why: string };

export interface Receiver<A> {
  /** For a reader of the story. */
  readonly name: string;
  /** Null: it is not refused. */
  refuses(): { readonly answer: A; readonly evidence: Evidence } | null;
  /** The payer's phone rings. */
  accepts(): A;
}

interface Answered<A> {
  readonly answer: A;
  readonly evidence: Evidence;
  readonly afterMs: number;
}

export async function moneyCall<A extends { readonly kind: string }>(
  { world, fence }: { readonly world: World; readonly fence: Fence },
  request: Request,
  receiver: Receiver<A>,
): Promise<{ readonly answer: A | Failed; readonly raw: string | null }> {
  const roll = world.roll('calls');
  const { reference, amountKes, recipient, payer } = request;
  await fence.passing('buy', 'before');
  await fence.pause(roll.between(5, 100));
  const ended = (answer: A | Failed, evidence: Evidence) => {
    world.tell(receiver.name, `answers ${reference}: ${answer.kind}`);
    world.watch.told(reference, evidence);
    return { answer, raw: answer.kind === 'not_sent' ? null : JSON.stringify(answer) };
  };
  if (world.upstreamDown || world.strikes('call not sent')) {
    await fence.pause(roll.between(10, 5_000));
    await fence.passing('answer', 'before');
    return ended({ kind: 'not_sent', why: 'connection refused' }, 'answer not sent');
  }
  world.tell('program', `sends ${reference}: KES ${amountKes} ${recipient === null ? '' : `to ${recipient} `}from ${payer}`);
  const order = world.watch.order(reference);
  world.watch.happened({ kind: 'byte', request, order });
  order?.sent.push(request);
  await fence.passing('byte', 'after');
  const { answer, evidence, afterMs } = received(world, receiver);
  await fence.pause(Math.min(afterMs, TIMEOUT_MS));
  await fence.passing('answer', 'before');
  return afterMs >= TIMEOUT_MS ? ended({ kind: 'unknown', why: 'no answer' }, 'answer unknown') : ended(answer, evidence);
}

function received<A>(world: World, receiver: Receiver<A>): Answered<A | Failed> {
  const roll = world.roll('calls');
  const afterMs = world.strikes('answer slow') ? roll.between(3_000, 40_000) : roll.between(100, 2_000);
  if (world.strikes('request lost')) return unknown('no answer', TIMEOUT_MS);
  const refusal = receiver.refuses();
  if (refusal !== null) return { ...refusal, afterMs };
  const accepted = receiver.accepts();
  if (world.strikes('answer lost')) return unknown('no answer', TIMEOUT_MS);
  if (world.strikes('charged and answered 500')) return unknown('HTTP 500', afterMs);
  if (world.strikes('garbage')) return unknown('unreadable', afterMs);
  return { answer: accepted, evidence: 'answer accepted', afterMs };
}

function unknown(why: string, afterMs: number): Answered<Failed> {
  return { answer: { kind: 'unknown', why }, evidence: 'answer unknown', afterMs };
}
