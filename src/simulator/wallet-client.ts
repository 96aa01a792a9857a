/**
 * Owns another program that uses the wallets of SMS, over the desks that the HTTP API uses: tops up, spends, sets thresholds and prices. It
 * asks again under the same key until it has an answer, and now and then although it has one.
 */

import type { AlertType, AlertWay, Recipients } from '../domain/alert.ts';
import { OWN_ADDRESSES } from '../domain/alert.ts';
import { kes } from '../domain/money.ts';
import { msisdn } from '../domain/msisdn.ts';
import type { Buyer } from '../domain/tariff.ts';
import type { ThresholdDesk } from '../services/threshold-desk.ts';
import type { WalletDesk } from '../services/wallet-desk.ts';
import type { WalletRequest } from '../ports/wallet.ts';
import { IN_FLIGHT } from './order-invariants.ts';
import type { SmsPlan } from './sms-plan.ts';
import type { SimulatedWalletServer } from './wallet-server.ts';
import type { World } from './world.ts';

export interface Desks {
  readonly wallets: WalletDesk;
  readonly thresholds: ThresholdDesk;
}

interface Wanted {
  readonly key: string;
  readonly owner: Buyer;
  readonly request: Extract<WalletRequest, { kind: 'top_up' | 'debit' }>;
  /** How it was answered; null: not yet. */
  answer: string | null;
}

type Asked = Awaited<ReturnType<WalletDesk['ask']>>;

const US = { kind: 'program', name: 'campaigns' } as const;
/** Then nobody waits for an answer any more. */
const PATIENCE_MS = 40_000;
const DAY_MS = 24 * 3_600_000;
/** By then whoever is low was reminded once. */
const AT_LAST_MS = DAY_MS + 2 * 3_600_000;
const LOOKS_MS = 30_000;
const SOON_MS = 2 * 3_600_000;
const PLENTY = 1_000_000;
/** In thousandths of a shilling, from the lowest that there may be to the highest. */
const PRICES = [10, 425, 800, 1_000, 1_333, 100_000];
const NUMBERS = ['254722000001', '254722000002'];

export class WalletClient {
  readonly #world: World;
  readonly #plan: SmsPlan;
  /** Where wallets are kept elsewhere, what moves is asked for there. */
  readonly #server: SimulatedWalletServer | null;
  /** Null: nobody is there. */
  readonly #desks: () => Desks | null;
  readonly #wanted: Wanted[] = [];

  constructor(
    world: World,
    { plan, server }: { readonly plan: SmsPlan; readonly server: SimulatedWalletServer | null },
    desks: () => Desks | null,
  ) {
    this.#world = world;
    this.#plan = plan;
    this.#server = server;
    this.#desks = desks;
    const { agenda } = world;
    for (const afterMs of plan.requestsAfterMs) agenda.later(afterMs, () => this.#acts());
    for (const afterMs of plan.pricesAfterMs) agenda.later(afterMs, () => this.#setsPrice());
    this.#looks();
  }

  /** At the worst moment: while somebody was promised another price. */
  #looks(): void {
    const { agenda, watch } = this.#world;
    if (!this.#world.troubled) return;
    const underWay = [...watch.orders.values()].some(({ kind, state }) => kind === 'sms' && IN_FLIGHT.has(state));
    if (underWay && this.#world.strikes('price set meanwhile')) this.#setsPrice();
    agenda.later(LOOKS_MS, () => this.#looks());
  }

  #setsPrice(): void {
    const roll = this.#world.roll('prices');
    const milliKes = roll.odds(0.2) ? null : roll.pick(PRICES);
    const level = roll.pick(['platform', 'platform', 'customer'] as const);
    this.#world.tell('program 2', `one SMS costs ${milliKes ?? 'as before'}, ${level}`);
    const scope = level === 'platform' ? { level } : { level, appId: null, userId: this.#someOwner().userId };
    void this.#desks()?.wallets.setPrice(scope, milliKes, US);
  }

  /** Nothing goes wrong any more: after a day whatever is low is made to be so no longer, because it would be told of for ever. */
  atPeace(): void {
    const server = this.#server;
    // Near a threshold it would be looked at every other minute.
    if (server !== null) this.#world.agenda.later(SOON_MS, () => server.topUpAll(PLENTY));
    this.#world.agenda.later(AT_LAST_MS, () => {
      this.#world.watch.happened({ kind: 'rested' });
      if (server === null) this.#atLast();
    });
  }

  #acts(): void {
    const roll = this.#world.roll('program');
    const what = roll.weighted({ debit: 5, top_up: 3, threshold: 4, removal: 0.5 });
    const owner = this.#someOwner();
    if (what === 'threshold') return this.#setsThreshold(owner);
    if (what === 'removal') return void this.#desks()?.thresholds.remove(owner, 'shop', US);
    if (this.#server !== null) return this.#server.moves(owner.userId, what === 'top_up' ? 300 : -roll.pick([7, 60, 110, 400]));
    const request: Wanted['request'] =
      what === 'top_up' ? topUp(roll.pick([5, 20, 100, 333]), this.#wanted.length) : this.#debit();
    this.#wants(owner, request);
  }

  #debit(): Wanted['request'] {
    const roll = this.#world.roll('program');
    return { kind: 'debit', units: roll.pick([1, 7, 30, 60, 100, 110]), reason: 'campaign' };
  }

  /** A number of somebody who may chat, or whatever wallet there is. */
  #someOwner(): Buyer {
    const roll = this.#world.roll('program');
    const open = this.#world.watch.walletOwners();
    return { appId: null, userId: open.length > 0 && roll.odds(0.8) ? roll.pick(open) : roll.pick(NUMBERS) };
  }

  // ---- what moves -----------------------------------------------------------------------------------------------------------

  #wants(owner: Buyer, request: Wanted['request']): void {
    const earlier = this.#wanted.at(-1);
    const reused = earlier?.request.kind === request.kind && this.#world.strikes('key used twice');
    const key = reused ? earlier.key : `k${this.#wanted.length + 1}`;
    const wanted: Wanted = { key, owner: reused ? earlier.owner : owner, request, answer: null };
    this.#wanted.push(wanted);
    const most = request.kind === 'debit' ? request.units : request.amountKes;
    const { asked } = this.#world.watch.wallets;
    const before = asked.get(`${request.kind} ${key}`);
    if (before === undefined)
      asked.set(`${request.kind} ${key}`, { kind: request.kind, owner: owner.userId, most, moved: null, heard: false });
    else before.most = Math.max(before.most, most);
    this.#asks(wanted);
    if (this.#world.strikes('asked again')) this.#asks(wanted);
  }

  #asks(wanted: Wanted): void {
    const world = this.#world;
    const desks = this.#desks();
    const again = (): void => void world.agenda.later(world.roll('program').between(500, 60_000), () => this.#asks(wanted));
    if (desks === null) return again();
    const { key, owner, request } = wanted;
    world.tell(
      'program 2',
      `asks ${key}: ${request.kind} ${request.kind === 'debit' ? request.units : request.amountKes} of ${owner.userId}`,
    );
    let waits = true;
    const forget = world.agenda.later(PATIENCE_MS, () => {
      waits = false;
      again();
    });
    void desks.wallets.ask(owner, key, request, US).then((answer) => {
      if (!waits) return;
      forget();
      if (!answer.ok && answer.error === 'unavailable') return again();
      this.#hears(wanted, answer);
    });
  }

  #hears(wanted: Wanted, answer: Asked): void {
    const world = this.#world;
    const { key, request } = wanted;
    const said = JSON.stringify(answer);
    world.tell('program 2', `hears of ${key}: ${said}`);
    if (wanted.answer !== null && wanted.answer !== said && wanted.answer !== NOT_YET)
      world.watch.broken('the same request gets the same answer', `${key}: first ${wanted.answer}, then ${said}`);
    wanted.answer = said;
    const asked = world.watch.wallets.asked.get(`${request.kind} ${key}`);
    if (asked === undefined) return;
    asked.heard = true;
    const moved = movedBy(answer);
    // "conflict" is said of another request under the same key, and nothing of what that one moved.
    if (said !== NOT_YET && said !== CONFLICT && (moved > 0 || asked.moved === null)) asked.moved = moved;
    if (world.strikes('asked again')) world.agenda.later(world.roll('program').between(0, 600_000), () => this.#asks(wanted));
  }

  // ---- thresholds -----------------------------------------------------------------------------------------------------------

  #setsThreshold(owner: Buyer): void {
    const roll = this.#world.roll('program');
    const units = roll.pick([20, 60, 100, 125, 200, 500]);
    this.#world.tell('program 2', `sets a threshold of ${units} for ${owner.userId}`);
    this.#world.count('threshold set by a program');
    void this.#desks()?.thresholds.set(
      owner,
      {
        createdBy: roll.pick(['shop', 'shop', 'office']),
        units,
        alertType: roll.pick<AlertType>(['sms', 'email', 'both', 'chat']),
        method: roll.pick<AlertWay>(['sms', 'email', 'chat']),
        message: roll.odds(0.2) ? 'Only {balance} SMS left, {user}' : null,
        // The whole day but a minute, or none.
        quiet: roll.odds(0.1) ? { fromMinute: 0, toMinute: 23 * 60 } : null,
        recipients: this.#recipients(),
      },
      US,
      'anybody',
    );
  }

  #recipients(): Recipients {
    const roll = this.#world.roll('program');
    return {
      chat: roll.odds(0.2) ? ['telegram:wanjiku-chat'] : OWN_ADDRESSES.chat,
      mobile: roll.odds(0.5) ? [msisdn('254733000099')] : OWN_ADDRESSES.mobile,
      email: roll.odds(0.5) ? ['amina@example.com'] : OWN_ADDRESSES.email,
    };
  }

  #atLast(): void {
    const { watch } = this.#world;
    for (const { id, userId, createdBy, missing } of watch.lowThresholds()) {
      this.#world.tell('program 2', `${userId} is still low: ${this.#plan.lowAtLast}`);
      if (this.#plan.lowAtLast === 'threshold removed' && createdBy !== 'chat')
        void this.#desks()?.thresholds.remove({ appId: null, userId }, createdBy, US);
      else this.#wants({ appId: null, userId }, topUp(Math.ceil(missing * 100), id.length + this.#wanted.length));
    }
    if (watch.lowThresholds().length > 0) this.#world.agenda.later(60_000, () => this.#atLast());
  }
}

function topUp(amountKes: number, n: number): Wanted['request'] {
  const paymentReference = `P${n}`;
  return { kind: 'top_up', amountKes: kes(amountKes), paymentMethod: 'bank', paymentReference, paid: true, toppedUpAt: 0 };
}

/** Of a wallet that nobody has opened yet: another time there may be one. */
const NOT_YET = JSON.stringify({ ok: false, error: 'unknown_user' });

const CONFLICT = JSON.stringify({ ok: false, error: 'conflict' });

function movedBy(answer: Asked): number {
  if (!answer.ok) return 0;
  switch (answer.value.kind) {
    case 'debited':
      return answer.value.units;
    case 'topped_up':
      return answer.value.amountKes;
    default:
      return 0;
  }
}
