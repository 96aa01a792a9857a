/**
 * Owns the simulated airtime upstream behind the provider's port, the phones of payers, and the webhooks that tell how it ended.
 * It holds the truth: which purchase was asked for, paid and delivered. test/contracts ties it to what the real client means.
 */

import type { RefusalCode } from '../domain/order.ts';
import type { Instant } from '../lib/clock.ts';
import type {
  AirtimeProvider,
  AirtimePurchase,
  PurchaseAnswer,
  PurchaseReport,
  WebhookReading,
} from '../ports/airtime-provider.ts';
import type { Evidence } from './facts.ts';
import type { Fence } from './fence.ts';
import type { World } from './world.ts';

/** How long a prompt rings. */
const RINGS_MS = 180_000;
const TIMEOUT_MS = 30_000;
const REFUSALS: readonly RefusalCode[] = ['1000', '2000', '3000', '4000', '5000', '6000'];

export interface Purchase extends AirtimePurchase {
  readonly upstreamReference: string;
  readonly rangAt: Instant;
  ringing: boolean;
  /** Null: nobody has paid or declined. */
  outcome: Notice['outcome'] | null;
}

/** What a webhook says; it travels as JSON. */
interface Notice {
  readonly note: string | null;
  readonly reference: string | null;
  readonly amount: number | null;
  readonly mobile: string | null;
  readonly outcome: 'positive' | 'cancelled' | 'negative';
}

type TakeWebhook = (raw: string) => Promise<void>;

export class Upstream {
  readonly #world: World;
  readonly #purchases: Purchase[] = [];
  #taker: { readonly take: TakeWebhook; readonly fence: Fence } | null = null;
  /** Webhooks handed over, and what is done when no answer comes. */
  readonly #unanswered = new Set<() => void>();
  #made = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** Where webhooks go while this life lasts. */
  plug(take: TakeWebhook, fence: Fence): void {
    this.#taker = { take, fence };
  }

  provider(fence: Fence): AirtimeProvider {
    return {
      name: 'topups',
      buy: (purchase) => this.#buy(purchase, fence),
      parseWebhook: (raw) => Promise.resolve(readWebhook(raw)),
      probe: () => Promise.resolve(this.#world.upstreamDown ? { reachable: false, why: 'down' } : { reachable: true }),
    };
  }

  /** The truth, for an operator who asks. */
  outcomeOf(reference: string): Notice['outcome'] | null {
    return this.#purchases.find((purchase) => purchase.reference === reference)?.outcome ?? null;
  }

  // ---- the call -----------------------------------------------------------------------------------------------------------

  async #buy(purchase: AirtimePurchase, fence: Fence): Promise<PurchaseReport> {
    const world = this.#world;
    const roll = world.roll('calls');
    await fence.passing('buy', 'before');
    await fence.pause(roll.between(5, 100));
    const ended = (answer: PurchaseAnswer, evidence: Evidence): PurchaseReport => {
      world.tell('upstream', `answers ${purchase.reference}: ${answer.kind}`);
      world.watch.told(purchase.reference, evidence);
      return { answer, raw: answer.kind === 'not_sent' ? null : JSON.stringify(answer) };
    };
    if (world.upstreamDown || world.strikes('call not sent')) {
      await fence.pause(roll.between(10, 5_000));
      await fence.passing('answer', 'before');
      return ended({ kind: 'not_sent', why: 'connection refused' }, 'answer not sent');
    }
    world.tell(
      'program',
      `sends ${purchase.reference}: KES ${purchase.amountKes} to ${purchase.recipient} from ${purchase.payer}`,
    );
    const order = world.watch.order(purchase.reference);
    world.watch.happened({ kind: 'byte', purchase, order });
    order?.sent.push(purchase);
    await fence.passing('byte', 'after');
    const { answer, evidence, afterMs } = this.#received(purchase);
    if (afterMs >= TIMEOUT_MS) {
      await fence.pause(TIMEOUT_MS);
      await fence.passing('answer', 'before');
      return ended({ kind: 'unknown', why: 'no answer' }, 'answer unknown');
    }
    await fence.pause(afterMs);
    await fence.passing('answer', 'before');
    return ended(answer, evidence);
  }

  #received(purchase: AirtimePurchase): {
    readonly answer: PurchaseAnswer;
    readonly evidence: Evidence;
    readonly afterMs: number;
  } {
    const world = this.#world;
    const roll = world.roll('calls');
    const afterMs = world.strikes('answer slow') ? roll.between(3_000, 40_000) : roll.between(100, 2_000);
    if (world.strikes('request lost')) return unknown('no answer', TIMEOUT_MS);
    if (world.strikes('call refused'))
      return { answer: { kind: 'refused', code: roll.pick(REFUSALS), message: 'Refused' }, evidence: 'answer refused', afterMs };
    if (world.strikes('call cancelled'))
      return { answer: { kind: 'cancelled', message: 'Purchase Cancelled' }, evidence: 'answer cancelled', afterMs };
    const made = this.#ring(purchase);
    if (world.strikes('answer lost')) return unknown('no answer', TIMEOUT_MS);
    if (world.strikes('charged and answered 500')) return unknown('HTTP 500', afterMs);
    if (world.strikes('garbage')) return unknown('unreadable', afterMs);
    const answer: PurchaseAnswer = { kind: 'accepted', upstreamReference: made.upstreamReference };
    return { answer, evidence: 'answer accepted', afterMs };
  }

  // ---- the payer's phone ----------------------------------------------------------------------------------------------------

  #ring(asked: AirtimePurchase): Purchase {
    const { agenda, watch } = this.#world;
    const now = agenda.now();
    // The program goes by the machine's clock: when that jumps, it cannot know how long a phone rings.
    const other = this.#purchases.find(
      ({ payer, ringing, rangAt }) =>
        payer === asked.payer && ringing && now < rangAt + RINGS_MS && rangAt > this.#world.clockJumpedAt,
    );
    this.#made += 1;
    const purchase: Purchase = {
      ...asked,
      upstreamReference: `UP${this.#made}`,
      rangAt: now,
      ringing: true,
      outcome: null,
    };
    this.#purchases.push(purchase);
    this.#world.tell('phone', `${asked.payer} rings: KES ${asked.amountKes} for ${asked.reference}`);
    watch.happened({ kind: 'ring', payer: asked.payer, reference: asked.reference, alsoRinging: other?.reference ?? null });
    const roll = this.#world.roll('payers');
    const afterMs = this.#world.strikes('webhook early') ? roll.between(10, 500) : roll.between(2_000, RINGS_MS - 5_000);
    agenda.later(afterMs, () => this.#answered(purchase));
    return purchase;
  }

  #answered(purchase: Purchase): void {
    const world = this.#world;
    if (world.strikes('payer does not look')) {
      world.agenda.later(RINGS_MS - (world.agenda.now() - purchase.rangAt), () => (purchase.ringing = false));
      return;
    }
    purchase.ringing = false;
    const declines = world.strikes('payer declines');
    const fails = !declines && world.strikes('airtime fails after payment');
    const outcome = declines ? 'cancelled' : fails ? 'negative' : 'positive';
    purchase.outcome = outcome;
    world.tell(
      'phone',
      `${purchase.payer} ${declines ? 'declines' : 'approves'} ${purchase.reference}${fails ? ', and the airtime fails' : ''}`,
    );
    this.#notify(purchase, outcome);
  }

  // ---- webhooks -------------------------------------------------------------------------------------------------------------

  #notify(purchase: Purchase, outcome: Notice['outcome']): void {
    const world = this.#world;
    const roll = world.roll('webhooks');
    const notice: Notice = {
      note: world.strikes('webhook without note') ? null : purchase.reference,
      reference: purchase.upstreamReference,
      amount: purchase.amountKes,
      mobile: purchase.recipient,
      outcome,
    };
    const delay = (): number => (world.strikes('webhook late') ? roll.between(60_000, 3 * 3_600_000) : roll.between(50, 5_000));
    if (!world.strikes('webhook lost')) this.#send(notice, delay(), true);
    if (world.strikes('webhook twice')) this.#send(notice, delay(), true);
    if (world.strikes('webhook contradicted')) {
      const others = (['positive', 'cancelled', 'negative'] as const).filter((one) => one !== outcome);
      this.#send({ ...notice, outcome: roll.pick(others) }, delay(), true);
    }
    if (world.strikes('webhook forged')) this.#send(forged(notice, roll.between(0, 3)), roll.between(0, 10_000), false);
  }

  #send(notice: Notice, delayMs: number, genuine: boolean): void {
    if (!this.#world.plan.webhooksReachUs) return;
    this.#world.agenda.later(delayMs, () => this.#arrive(notice, genuine, 0));
  }

  #arrive(notice: Notice, genuine: boolean, tries: number): void {
    const world = this.#world;
    const again = (): void => {
      if (tries < 5 && world.roll('webhooks').odds(0.5))
        world.agenda.later(world.roll('webhooks').between(5_000, 600_000), () => this.#arrive(notice, genuine, tries + 1));
    };
    const taker = this.#taker;
    if (taker?.fence.alive !== true) return again();
    world.tell(
      'upstream',
      `webhook${genuine ? '' : ' (forged)'}: ${notice.note ?? 'no note'} ${notice.reference ?? ''} ${notice.outcome} KES ${notice.amount ?? '?'}`,
    );
    const purchase = this.#purchases.find(({ upstreamReference }) => upstreamReference === notice.reference);
    if (genuine && purchase !== undefined) world.watch.told(purchase.reference, `webhook ${notice.outcome}`);
    this.#unanswered.add(again);
    taker.take(JSON.stringify(notice)).then(
      () => {
        this.#unanswered.delete(again);
        if (genuine && notice.outcome === 'positive' && notice.note !== null)
          world.watch.told(notice.note, 'webhook positive, taken');
      },
      (error: unknown) => {
        world.tell('upstream', `webhook not taken: ${String(error)}`);
        if (this.#unanswered.delete(again)) again();
      },
    );
  }

  programDied(): void {
    this.#taker = null;
    for (const again of this.#unanswered) again();
    this.#unanswered.clear();
  }
}

function unknown(why: string, afterMs: number): { answer: PurchaseAnswer; evidence: Evidence; afterMs: number } {
  return { answer: { kind: 'unknown', why }, evidence: 'answer unknown', afterMs };
}

/** As somebody might send it who knows the address: something is not right with it. */
function forged(notice: Notice, kind: number): Notice {
  const positive: Notice = { ...notice, outcome: 'positive' };
  if (kind === 0) return { ...positive, amount: (notice.amount ?? 0) * 10 };
  if (kind === 1) return { ...positive, mobile: '254799999999' };
  if (kind === 2) return { ...positive, note: 'JZ23467999', reference: 'UP999' };
  return { ...positive, amount: null };
}

function readWebhook(raw: string): WebhookReading {
  const notice = JSON.parse(raw) as Notice;
  const { note, reference, amount, mobile, outcome } = notice;
  return { kind: 'read', note, upstreamReference: reference, amountKes: amount, mobile, outcome, status: outcome };
}
