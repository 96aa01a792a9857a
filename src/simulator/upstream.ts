/**
 * Owns the simulated airtime upstream behind the provider's port, and what its webhooks say of how a purchase ended. It holds the truth:
 * which purchase was asked for, paid and delivered. test/contracts ties it to what the real client means.
 */

import type { RefusalCode } from '../domain/order.ts';
import type {
  AirtimeProvider,
  AirtimePurchase,
  PurchaseAnswer,
  PurchaseReport,
  WebhookReading,
} from '../ports/airtime-provider.ts';
import type { Fence } from './fence.ts';
import { CHARGING, moneyCall } from './money-call.ts';
import type { Phones } from './phones.ts';
import { Webhooks, type Webhook } from './webhooks.ts';
import type { World } from './world.ts';

const REFUSALS: readonly RefusalCode[] = ['1000', '2000', '3000', '4000', '5000', '6000'];

interface Purchase extends AirtimePurchase {
  readonly upstreamReference: string;
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

interface NoticeSent extends Webhook {
  readonly raw: string;
}

export class Upstream {
  readonly #world: World;
  readonly #phones: Phones;
  readonly #webhooks: Webhooks<NoticeSent>;
  readonly #purchases: Purchase[] = [];
  #made = 0;

  constructor(world: World, phones: Phones) {
    this.#world = world;
    this.#phones = phones;
    this.#webhooks = new Webhooks(world, 'upstream');
  }

  /** Where webhooks go while this life lasts. */
  plug(take: (raw: string) => Promise<void>, fence: Fence): void {
    this.#webhooks.plug(({ raw }) => take(raw), fence);
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

  programDied(): void {
    this.#webhooks.programDied();
  }

  #buy(purchase: AirtimePurchase, fence: Fence): Promise<PurchaseReport> {
    const world = this.#world;
    const { reference, amountKes, recipient, payer } = purchase;
    const request = { purpose: 'answer', reference, amountKes, recipient, payer } as const;
    return moneyCall<PurchaseAnswer>({ world, fence }, request, {
      name: 'upstream',
      faults: CHARGING,
      isAway: () => world.upstreamDown,
      refuses() {
        if (world.strikes('call refused')) {
          const code = world.roll('calls').pick(REFUSALS);
          return { answer: { kind: 'refused', code, message: 'Refused' }, evidence: 'answer refused' };
        }
        if (!world.strikes('call cancelled')) return null;
        return { answer: { kind: 'cancelled', message: 'Purchase Cancelled' }, evidence: 'answer cancelled' };
      },
      accepts: () => ({ kind: 'accepted', upstreamReference: this.#ring(purchase).upstreamReference }),
    });
  }

  #ring(asked: AirtimePurchase): Purchase {
    this.#made += 1;
    const purchase: Purchase = { ...asked, upstreamReference: `UP${this.#made}`, outcome: null };
    this.#purchases.push(purchase);
    this.#phones.ring(asked, { decides: () => this.#answered(purchase) });
    return purchase;
  }

  #answered(purchase: Purchase): void {
    const world = this.#world;
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
    this.#webhooks.tell(this.#sent(notice, true), {
      contradicting: () => {
        const others = (['positive', 'cancelled', 'negative'] as const).filter((one) => one !== outcome);
        return this.#sent({ ...notice, outcome: roll.pick(others) }, true);
      },
      forged: () => this.#sent(forged(notice, roll.between(0, 3)), false),
    });
  }

  #sent(notice: Notice, genuine: boolean): NoticeSent {
    const { watch } = this.#world;
    const { note, reference, outcome, amount } = notice;
    return {
      raw: JSON.stringify(notice),
      says: `${note ?? 'no note'} ${reference ?? ''} ${outcome} KES ${amount ?? '?'}`,
      genuine,
      arrived: () => {
        const purchase = this.#purchases.find(({ upstreamReference }) => upstreamReference === reference);
        if (genuine && purchase !== undefined) watch.told(purchase.reference, `webhook ${outcome}`);
      },
      taken: () => {
        if (genuine && outcome === 'positive' && note !== null) watch.told(note, 'webhook positive, taken');
      },
    };
  }
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
