/**
 * Owns the one call of an order that moves money, or delivers for it, on its way to whoever takes it and back: provably not sent, lost,
 * slow, carried out and answered with an error, unreadable. What is asked for and what is answered is the receiver's own matter.
 */

import type { Evidence, Request } from './facts.ts';
import type { Fence } from './fence.ts';
import type { Fault } from './plan.ts';
import type { World } from './world.ts';

const TIMEOUT_MS = 30_000;

type Failed = { readonly kind: 'not_sent'; readonly why: string } | { readonly kind: 'unknown'; readonly why: string };

/** What these faults are called between the program and this receiver. */
export type CallFaults = Readonly<Record<'notSent' | 'slow' | 'lost' | 'answerLost' | 'answered500' | 'garbage', Fault>>;

export const CHARGING: CallFaults = {
  notSent: 'call not sent',
  slow: 'answer slow',
  lost: 'request lost',
  answerLost: 'answer lost',
  answered500: 'charged and answered 500',
  garbage: 'garbage',
};

export interface Receiver<A> {
  /** For a reader of the story. */
  readonly name: string;
  readonly faults: CallFaults;
  isAway(): boolean;
  /** Null: it is not refused. */
  refuses(): { readonly answer: A; readonly evidence: Evidence } | null;
  /** The payer's phone rings, or the messages are added. */
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
  const { reference, purpose } = request;
  await fence.passing('buy', 'before');
  await fence.pause(roll.between(5, 100));
  const ended = (answer: A | Failed, evidence: Evidence) => {
    world.tell(receiver.name, `answers ${reference}: ${answer.kind}`);
    world.watch.told(reference, evidence);
    return { answer, raw: evidence === `${purpose} not sent` ? null : JSON.stringify(answer) };
  };
  if (receiver.isAway() || world.strikes(receiver.faults.notSent)) {
    await fence.pause(roll.between(10, 5_000));
    await fence.passing('answer', 'before');
    return ended({ kind: 'not_sent', why: 'connection refused' }, `${purpose} not sent`);
  }
  world.tell('program', `sends ${reference}: ${inWords(request)}`);
  const order = world.watch.order(reference);
  world.watch.happened({ kind: 'byte', request, order });
  order?.sent.push(request);
  await fence.passing('byte', 'after');
  const { answer, evidence, afterMs } = received(world, purpose, receiver);
  await fence.pause(Math.min(afterMs, TIMEOUT_MS));
  await fence.passing('answer', 'before');
  return afterMs >= TIMEOUT_MS ? ended({ kind: 'unknown', why: 'no answer' }, `${purpose} unknown`) : ended(answer, evidence);
}

function inWords({ amountKes, recipient, payer, wallet }: Request): string {
  const parts = [`KES ${amountKes}`, recipient == null ? '' : `to ${recipient}`, payer === undefined ? '' : `from ${payer}`];
  return [...parts, wallet == null ? '' : `into the wallet of ${wallet}`].filter((part) => part !== '').join(' ');
}

function received<A>(world: World, purpose: Request['purpose'], receiver: Receiver<A>): Answered<A | Failed> {
  const roll = world.roll('calls');
  const { faults } = receiver;
  const afterMs = world.strikes(faults.slow) ? roll.between(3_000, 40_000) : roll.between(100, 2_000);
  const unknown = (why: string, whenMs: number): Answered<Failed> => ({
    answer: { kind: 'unknown', why },
    evidence: `${purpose} unknown`,
    afterMs: whenMs,
  });
  if (world.strikes(faults.lost)) return unknown('no answer', TIMEOUT_MS);
  const refusal = receiver.refuses();
  if (refusal !== null) return { ...refusal, afterMs };
  const accepted = receiver.accepts();
  if (world.strikes(faults.answerLost)) return unknown('no answer', TIMEOUT_MS);
  if (world.strikes(faults.answered500)) return unknown('HTTP 500', afterMs);
  if (world.strikes(faults.garbage)) return unknown('unreadable', afterMs);
  return { answer: accepted, evidence: `${purpose} accepted`, afterMs };
}
