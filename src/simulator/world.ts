/** Owns what all parts of one simulated history share: its time, its chance, its plan, its database and who watches over it. */

import type { Agenda } from './agenda.ts';
import type { Chance } from './chance.ts';
import type { Disk } from './disk.ts';
import type { Fault, Plan } from './plan.ts';
import type { Story } from './story.ts';
import type { Watch } from './watch.ts';

export class World {
  readonly chance: Chance;
  readonly plan: Plan;
  readonly agenda: Agenda;
  readonly disk: Disk;
  readonly watch: Watch;
  /** Null: nobody reads. */
  readonly story: Story | null;
  /** What the machine's clock is off by. */
  skewMs = 0;
  clockJumpedAt = -Infinity;
  /** Why the database writes nothing just now, or null. */
  refusal: string | null = null;
  /** When it last refused. */
  refusedAt = -Infinity;
  upstreamDown = false;
  /** False at the end: then everything must come to an end by itself. */
  troubled = true;
  /** How often each thing went wrong. */
  readonly struck = new Map<string, number>();
  readonly #streams = new Map<string, Chance>();

  constructor(parts: Pick<World, 'chance' | 'plan' | 'agenda' | 'disk' | 'watch' | 'story'>) {
    this.chance = parts.chance;
    this.plan = parts.plan;
    this.agenda = parts.agenda;
    this.disk = parts.disk;
    this.watch = parts.watch;
    this.story = parts.story;
  }

  /** Chance for one purpose, independent of all others. */
  roll(purpose: string): Chance {
    let stream = this.#streams.get(purpose);
    if (stream === undefined) this.#streams.set(purpose, (stream = this.chance.fork(purpose)));
    return stream;
  }

  /** Does this fault happen here and now? */
  strikes(fault: Fault): boolean {
    const rate = this.plan.rates[fault] ?? 0;
    const strikes = this.troubled && rate > 0 && this.roll(fault).odds(rate);
    if (strikes) this.count(fault);
    return strikes;
  }

  count(what: string): void {
    this.struck.set(what, (this.struck.get(what) ?? 0) + 1);
  }

  tell(who: string, what: string): void {
    this.story?.tell(this.agenda.now(), who, what);
  }
}
