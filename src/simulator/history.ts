/**
 * Owns one history: a world made from a seed, lived through with all its faults, and then left in peace until nothing more happens.
 * The same seed lives the same history.
 */

import { msisdn } from '../domain/msisdn.ts';
import { divertSoon, promisesSettled, soon } from '../lib/clock.ts';
import { divertFreshIds, divertJitter } from '../lib/random.ts';
import { Agenda } from './agenda.ts';
import { Chance } from './chance.ts';
import { ChatNetwork, type NetworkName } from './chat-network.ts';
import type { DiskPool } from './disk.ts';
import { Gateways } from './gateways.ts';
import { invariants } from './invariants.ts';
import { Life } from './life.ts';
import { Mpesa } from './mpesa.ts';
import type { Mutant } from './mutant.ts';
import { Operator } from './operator.ts';
import { Person } from './person.ts';
import { Phones } from './phones.ts';
import { planOf, type Plan, type Spell } from './plan.ts';
import { Story } from './story.ts';
import { Upstream } from './upstream.ts';
import type { Violation } from './invariant.ts';
import { WalletClient } from './wallet-client.ts';
import { SimulatedWalletServer } from './wallet-server.ts';
import { Watch } from './watch.ts';
import { World } from './world.ts';

export interface HistoryOptions {
  readonly seed: number;
  readonly mutant?: Mutant | null;
  /** The story is kept, to be read. */
  readonly told?: boolean;
  /** Every restart opens the image of the database anew, which costs more and must change nothing. */
  readonly cold?: boolean;
}

export interface HistoryEnd {
  readonly seed: number;
  readonly violation: Violation | null;
  readonly story: readonly string[];
  readonly steps: number;
  readonly crashes: number;
  readonly letters: number;
  readonly messages: number;
  readonly orders: Readonly<Record<string, number>>;
  /** How often each thing went wrong. */
  readonly struck: ReadonlyMap<string, number>;
}

const MOST_STEPS = 10_000;
const MINUTE_MS = 60_000;
/** After its clock was set, the program has looked at it within this time, while anything is due within ten minutes. */
const LOOKS_MS = 75_000;
const TROUBLE_MS = 25 * MINUTE_MS;
/** By then everything has ended: a question to a customer stays open for a day. */
const PEACE_MS = 3 * 24 * 60 * MINUTE_MS;

/** By then all but a question to a customer has ended, and another program has said what it had to say. */
const RESTED_MS = 30 * 60 * MINUTE_MS;

export async function liveHistory(pool: DiskPool, options: HistoryOptions): Promise<HistoryEnd> {
  // Once, so that the process hears its signals: the steps of a history leave it no moment for them.
  await new Promise<void>((resolve) => soon(resolve));
  const history = await History.begin(pool, options);
  // Only this one: what is diverted belongs to the whole process.
  const before = divertSoon((task) => history.soon(task));
  const jitter = divertJitter(() => history.world.roll('jitter').next());
  let given = 0;
  const ids = divertFreshIds(() => `${(given += 1)}`);
  try {
    return await history.live();
  } finally {
    divertSoon(before);
    divertJitter(jitter);
    divertFreshIds(ids);
  }
}

class History {
  readonly world: World;
  readonly #options: HistoryOptions;
  readonly #plan: Plan;
  readonly #agenda: Agenda;
  readonly #chats: ChatNetwork;
  readonly #upstream: Upstream;
  readonly #mpesa: Mpesa;
  readonly #walletServer: SimulatedWalletServer | null;
  readonly #gateways: Gateways;
  readonly #client: WalletClient | null;
  #life: Life | null = null;
  #crashes = 0;
  #calmSince = 0;
  #started = false;
  #steps = 0;

  static async begin(pool: DiskPool, options: HistoryOptions): Promise<History> {
    const chance = new Chance(options.seed);
    const plan = planOf(chance);
    const agenda = new Agenda(plan.startsAt, chance.fork('agenda'), plan.shuffle);
    const clock = { now: () => agenda.now() + history.world.skewMs, after: () => () => undefined };
    const disk = await pool.take(clock, plan.sms?.remote == null ? 'own' : 'tuku');
    const watch = new Watch(disk, invariants(), plan, () => agenda.now());
    const story = options.told === true ? new Story() : null;
    const history = new History(options, new World({ chance, plan, agenda, disk, watch, story }));
    return history;
  }

  private constructor(options: HistoryOptions, world: World) {
    this.#options = options;
    this.world = world;
    this.#plan = world.plan;
    this.#agenda = world.agenda;
    this.#chats = new ChatNetwork(world);
    const phones = new Phones(world);
    this.#upstream = new Upstream(world, phones);
    this.#mpesa = new Mpesa(world, phones);
    this.#gateways = new Gateways(world);
    const { sms } = world.plan;
    const remote = sms?.remote ?? null;
    this.#walletServer = remote === null ? null : new SimulatedWalletServer(world, remote);
    this.#client =
      sms === null ? null : new WalletClient(world, { plan: sms, server: this.#walletServer }, () => this.#life?.desks ?? null);
  }

  /** A hop of the program: it belongs to the life that is going on. */
  soon(task: () => void): void {
    this.#life?.fence.later(0, task);
  }

  async live(): Promise<HistoryEnd> {
    const { watch } = this.world;
    this.#prepare();
    this.#start();
    while (watch.violation === null) {
      const next = this.#agenda.nextAt();
      if (next === null) break;
      if (next > this.#agenda.now()) this.#quiet();
      if (this.#onlyPolls(next)) break;
      if (this.#agenda.now() > this.#plan.startsAt + TROUBLE_MS + this.#peaceMs() || this.#steps >= MOST_STEPS) {
        watch.broken('everything comes to rest', `after ${this.#steps} steps something still goes on`);
        break;
      }
      this.#steps += 1;
      if (this.world.story !== null) this.world.story.step = this.#steps;
      this.#agenda.step();
      await promisesSettled();
    }
    if (watch.violation === null) this.#chats.lettersLeft().forEach((what) => watch.broken('every message is taken in', what));
    watch.happened({ kind: 'ended', letters: this.#chats.lettersTaken() });
    this.#life?.fence.die('the end');
    return this.#end();
  }

  /** As long as somebody is to be warned, another server's wallets are looked at for ever. */
  #onlyPolls(next: number): boolean {
    const calm = next > this.#plan.startsAt + TROUBLE_MS + RESTED_MS;
    return this.#walletServer !== null && calm && this.world.watch.leftovers().length === 0;
  }

  /** What was set by a clock that was then put back comes so much later. */
  #peaceMs(): number {
    return this.#plan.clockJumps.reduce((sum, { byMs }) => sum + Math.max(0, -byMs), PEACE_MS);
  }

  #prepare(): void {
    const { world } = this;
    const plan = this.#plan;
    this.#cast();
    const truth = { upstream: this.#upstream, mpesa: this.#mpesa, walletServer: this.#walletServer };
    new Operator(world, truth, () => this.#life?.notices());
    for (const { afterMs, byMs } of plan.clockJumps) this.#agenda.later(afterMs, () => this.#jump(byMs));
    for (const spell of plan.diskFull) this.#refusing(spell, 'SQLITE_FULL: database or disk is full');
    for (const spell of plan.databaseBusy) this.#refusing(spell, 'SQLITE_BUSY: database is locked');
    for (const { afterMs, forMs } of plan.upstreamDown) {
      this.#agenda.later(afterMs, () => {
        world.count('upstream down');
        world.upstreamDown = true;
      });
      this.#agenda.later(afterMs + forMs, () => (world.upstreamDown = false));
    }
    for (const afterMs of plan.restartsAfterMs) this.#agenda.later(afterMs, () => void this.#restart());
    this.#agenda.later(TROUBLE_MS, () => this.#peace());
  }

  #cast(): void {
    const { world } = this;
    const roll = world.roll('cast');
    const networks: NetworkName[] = ['telegram', 'whatsapp', 'web'];
    let before: NetworkName | null = null;
    for (let at = 0; at < this.#plan.people; at += 1) {
      const again: boolean = at > 0 && this.#plan.onePersonTwice;
      const others = networks.filter((network) => !again || network !== before);
      before = roll.pick(others);
      if (again) world.count('one person on two networks');
      const name = ['wanjiku', 'otieno'][again ? 0 : at] ?? `p${at}`;
      new Person(world, this.#chats, this.#chats.chat(name, before, msisdn(`25472200000${again ? 1 : at + 1}`)));
    }
  }

  #jump(byMs: number): void {
    const { world } = this;
    world.tell('machine', `its clock jumps by ${byMs} ms`);
    world.count(byMs > 0 ? 'clock jumps forward' : 'clock jumps back');
    world.skewMs += byMs;
    world.clockJumpedAt = this.#agenda.now();
    this.#uneasy(LOOKS_MS);
  }

  /** The program cannot work now, nor be expected to for so long. */
  #uneasy(forMs = 0): void {
    this.#calmSince = Math.max(this.#calmSince, this.#agenda.now() + forMs);
  }

  #refusing({ afterMs, forMs }: Spell, refusal: string): void {
    this.#agenda.later(afterMs, () => this.#setRefusal(refusal));
    this.#agenda.later(afterMs + forMs, () => this.#setRefusal(null));
  }

  #setRefusal(refusal: string | null): void {
    this.world.tell('machine', refusal === null ? 'its database writes again' : `its database writes nothing: ${refusal}`);
    this.world.refusal = refusal;
    this.#uneasy();
  }

  /** From now on nothing goes wrong any more; whoever has not died yet dies once. */
  #peace(): void {
    const { world } = this;
    world.tell('machine', 'from now on nothing goes wrong');
    world.troubled = false;
    world.upstreamDown = false;
    if (world.refusal !== null) this.#setRefusal(null);
    if (this.#crashes === 0) this.#life?.fence.die('at last');
    this.#client?.atPeace();
  }

  #start(): void {
    const { world } = this;
    const crash = world.troubled ? (this.#plan.crashes[this.#crashes] ?? null) : null;
    const life: Life = new Life({
      world,
      chats: this.#chats,
      upstream: this.#upstream,
      mpesa: this.#mpesa,
      walletServer: this.#walletServer,
      gateways: this.#gateways,
      mutant: this.#options.mutant ?? null,
      crash,
      died: (where) => this.#died(where),
    });
    this.#life = life;
    world.tell('machine', 'the program starts');
    life.start().then(
      () => {
        // It may have died while it started, and another may have begun.
        if (!life.fence.alive) return;
        this.#uneasy();
        this.#started = true;
      },
      (error: unknown) => {
        world.tell('machine', `the program cannot start: ${String(error)}`);
        life.fence.die('at its start');
      },
    );
  }

  #died(where: string): void {
    const { world } = this;
    world.tell('machine', `the program dies: ${where}`);
    if (where === 'the end') return;
    // One that cannot even start, on a full disk, is not started again at once.
    world.count(where === 'at its start' ? 'cannot start' : where === 'in order' ? 'ended in order' : `killed ${where}`);
    const downMs = this.#plan.downMs[this.#crashes] ?? 20_000;
    this.#crashes += 1;
    this.#life = null;
    this.#started = false;
    world.watch.programDied();
    this.#chats.programDied();
    this.#upstream.programDied();
    this.#mpesa.programDied();
    this.#agenda.later(downMs, () => void this.#startAgain());
  }

  async #startAgain(): Promise<void> {
    if (this.#options.cold === true) await this.world.disk.reopen();
    this.#start();
  }

  /** Ended in order and started again; after twenty seconds it is not waited for any longer. */
  async #restart(): Promise<void> {
    const life = this.#life;
    if (life?.fence.alive !== true) return;
    this.world.tell('machine', 'the program is told to end');
    const late = this.#agenda.later(20_000, () => life.fence.die('it did not end in time'));
    await life.end();
    late();
    life.fence.die('in order');
  }

  #quiet(): void {
    const now = this.#agenda.now();
    if (!this.#started || this.world.refusal !== null) this.#calmSince = now;
    this.world.watch.happened({ kind: 'quiet', now, machineNow: now + this.world.skewMs, calmSince: this.#calmSince });
  }

  #end(): HistoryEnd {
    const { watch, story } = this.world;
    const orders: Record<string, number> = {};
    for (const { state } of watch.orders.values()) orders[state] = (orders[state] ?? 0) + 1;
    return {
      seed: this.#options.seed,
      violation: watch.violation,
      story: story?.lines() ?? [],
      steps: this.#steps,
      crashes: this.#crashes,
      letters: this.#chats.lettersWritten(),
      messages: watch.says.size,
      orders,
      struck: this.world.struck,
    };
  }
}
