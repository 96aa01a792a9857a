/**
 * Owns one history: a world made from a seed, lived through with all its faults, and then left in peace until nothing more happens.
 * The same seed lives the same history.
 */

import { msisdn } from '../domain/msisdn.ts';
import { divertSoon, promisesSettled, soon } from '../lib/clock.ts';
import { divertJitter } from '../lib/random.ts';
import { Agenda } from './agenda.ts';
import { Chance } from './chance.ts';
import { ChatNetwork, type NetworkName } from './chat-network.ts';
import type { DiskPool } from './disk.ts';
import { invariants } from './invariants.ts';
import { Life } from './life.ts';
import type { Mutant } from './mutant.ts';
import { Person } from './person.ts';
import { planOf, type Plan } from './plan.ts';
import { Story } from './story.ts';
import { Upstream } from './upstream.ts';
import type { Violation } from './invariant.ts';
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
}

const MOST_STEPS = 40_000;
const MINUTE_MS = 60_000;
const TROUBLE_MS = 25 * MINUTE_MS;
/** By then everything has ended: a question to a customer stays open for a day. */
const PEACE_MS = 3 * 24 * 60 * MINUTE_MS;

export async function liveHistory(pool: DiskPool, options: HistoryOptions): Promise<HistoryEnd> {
  // Once, so that the process hears its signals: the steps of a history leave it no moment for them.
  await new Promise<void>((resolve) => soon(resolve));
  const history = await History.begin(pool, options);
  // Only this one: what is diverted belongs to the whole process.
  const before = divertSoon((task) => history.soon(task));
  const jitter = divertJitter(() => history.world.roll('jitter').next());
  try {
    return await history.live();
  } finally {
    divertSoon(before);
    divertJitter(jitter);
  }
}

class History {
  readonly world: World;
  readonly #options: HistoryOptions;
  readonly #plan: Plan;
  readonly #agenda: Agenda;
  readonly #chats: ChatNetwork;
  readonly #upstream: Upstream;
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
    const disk = await pool.take(clock);
    const watch = new Watch(disk, invariants(), plan.webhooksReachUs, () => agenda.now());
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
    this.#upstream = new Upstream(world);
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
      if (this.#agenda.now() > this.#plan.startsAt + TROUBLE_MS + PEACE_MS || this.#steps >= MOST_STEPS) {
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

  #prepare(): void {
    const { world } = this;
    const plan = this.#plan;
    const roll = world.roll('cast');
    const networks: NetworkName[] = ['telegram', 'whatsapp', 'web'];
    for (let at = 0; at < plan.people; at += 1) {
      const chat = this.#chats.chat(
        ['wanjiku', 'otieno', 'achieng'][at] ?? `p${at}`,
        roll.pick(networks),
        msisdn(`25472200000${at + 1}`),
      );
      new Person(world, this.#chats, chat);
    }
    for (const { afterMs, byMs } of plan.clockJumps)
      this.#agenda.later(afterMs, () => {
        world.tell('machine', `its clock jumps by ${byMs} ms`);
        world.skewMs += byMs;
        world.clockJumpedAt = this.#agenda.now();
        this.#calmSince = this.#agenda.now();
      });
    for (const { afterMs, forMs } of plan.diskFull) {
      this.#agenda.later(afterMs, () => this.#setDisk(true));
      this.#agenda.later(afterMs + forMs, () => this.#setDisk(false));
    }
    for (const { afterMs, forMs } of plan.upstreamDown) {
      this.#agenda.later(afterMs, () => (world.upstreamDown = true));
      this.#agenda.later(afterMs + forMs, () => (world.upstreamDown = false));
    }
    for (const afterMs of plan.restartsAfterMs) this.#agenda.later(afterMs, () => void this.#restart());
    this.#agenda.later(TROUBLE_MS, () => this.#peace());
  }

  #setDisk(full: boolean): void {
    this.world.tell('machine', full ? 'its disk is full' : 'its disk has room again');
    this.world.diskFull = full;
    this.#calmSince = this.#agenda.now();
  }

  /** From now on nothing goes wrong any more; whoever has not died yet dies once. */
  #peace(): void {
    const { world } = this;
    world.tell('machine', 'from now on nothing goes wrong');
    world.troubled = false;
    world.upstreamDown = false;
    if (world.diskFull) this.#setDisk(false);
    if (this.#crashes === 0) this.#life?.fence.die('at last');
  }

  #start(): void {
    const { world } = this;
    const crash = world.troubled ? (this.#plan.crashes[this.#crashes] ?? null) : null;
    const life: Life = new Life({
      world,
      chats: this.#chats,
      upstream: this.#upstream,
      mutant: this.#options.mutant ?? null,
      crash,
      died: (where) => this.#died(where),
    });
    this.#life = life;
    world.tell('machine', 'the program starts');
    life.start().then(
      () => {
        this.#calmSince = this.#agenda.now();
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
    const downMs = this.#plan.downMs[this.#crashes] ?? 20_000;
    this.#crashes += 1;
    this.#life = null;
    this.#started = false;
    world.watch.programDied();
    this.#chats.programDied();
    this.#upstream.programDied();
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
    if (!this.#started || this.world.diskFull) this.#calmSince = now;
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
    };
  }
}
