/**
 * Owns what a seed decides beforehand: who takes part, which kinds of faults there are and how often they strike, and where the
 * program dies. Each history has some kinds and lacks others, so that faults are met alone as well as together.
 */

import type { Instant } from '../lib/clock.ts';
import type { Chance } from './chance.ts';
import type { CrashPoint } from './fence.ts';
import { REMOTE_FAULTS, type RemoteFault } from './remote-plan.ts';
import { SMS_FAULTS, smsPlanOf, type SmsFault, type SmsPlan } from './sms-plan.ts';

/** How often each fault strikes where it can, in a history that has it. */
const RATES = {
  /** Handed to us and lost by us before it was acknowledged. */
  'message dropped': 0.2,
  'message twice': 0.25,
  'message overtaken': 0.2,
  'message delayed': 0.1,
  'acknowledgement lost': 0.15,
  'send failed': 0.2,
  /** The network took it, and we hear that it failed. */
  'send lost after success': 0.15,
  'send slow': 0.15,
  'chat blocked': 0.05,
  'call not sent': 0.25,
  'call refused': 0.2,
  'call cancelled': 0.1,
  /** It never arrived, and nobody tells. */
  'request lost': 0.15,
  'answer lost': 0.2,
  'answer slow': 0.25,
  'charged and answered 500': 0.2,
  garbage: 0.15,
  'webhook early': 0.4,
  'webhook late': 0.25,
  'webhook twice': 0.3,
  'webhook lost': 0.25,
  'webhook contradicted': 0.25,
  'webhook forged': 0.4,
  'webhook without note': 0.2,
  'payer declines': 0.3,
  'payer does not look': 0.3,
  'airtime fails after payment': 0.15,
  'double tap': 0.25,
  'old button': 0.3,
  'two answers at once': 0.2,
  correction: 0.25,
  'change of mind': 0.08,
  'beside the point': 0.12,
  impatience: 0.5,
} as const;

type AirtimeFault = keyof typeof RATES;
export type Fault = AirtimeFault | SmsFault | RemoteFault;

export const FAULTS: readonly Fault[] = [...(Object.keys(RATES) as readonly AirtimeFault[]), ...SMS_FAULTS, ...REMOTE_FAULTS];

/** Something that begins so long after the start, and lasts. */
export interface Spell {
  readonly afterMs: number;
  readonly forMs: number;
}

export interface Plan {
  readonly startsAt: Instant;
  readonly people: number;
  /** False: the shop has no public address, and customers are asked. */
  readonly webhooksReachUs: boolean;
  /** Faults that a history does not have are missing. */
  readonly rates: Readonly<Partial<Record<Fault, number>>>;
  /** How often what falls due together is run in another order. */
  readonly shuffle: number;
  /** How often an operation of the store takes time. */
  readonly slowStore: number;
  /** One life each; a life without one ends by itself or goes on to the end. */
  readonly crashes: readonly CrashPoint[];
  /** How long the program is gone after each, in milliseconds. */
  readonly downMs: readonly number[];
  /** When the program is ended in order and started again. */
  readonly restartsAfterMs: readonly number[];
  readonly clockJumps: readonly { readonly afterMs: number; readonly byMs: number }[];
  readonly diskFull: readonly Spell[];
  readonly databaseBusy: readonly Spell[];
  readonly upstreamDown: readonly Spell[];
  /** The operator stops sales for a while. */
  readonly salesStopped: readonly Spell[];
  /** How often a phone may be made to ring within an hour: seldom so few that it matters. */
  readonly promptsPerHour: number;
  /** The second person is the first one, on another network. */
  readonly onePersonTwice: boolean;
  /** How long an order waits in review until the operator looks at it; null: nobody does. */
  readonly operatorAfterMs: number | null;
  /** Null: the shop sells airtime alone. */
  readonly sms: SmsPlan | null;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Points of money and durability, each worth dying at more often than chance would have it, and how often a history passes them. */
const NOTABLE: readonly (readonly [what: string | null, most: number])[] = [
  ['commit', 12],
  ['buy', 2],
  ['byte', 2],
  ['answer', 2],
  ['send', 6],
  ['finishSends', 6],
  ['claim call', 20],
  ['record', 3],
  ['takeOver', 1],
  ['load', 12],
  [null, 150],
  [null, 150],
];

export function planOf(chance: Chance): Plan {
  const roll = chance.fork('plan');
  const rates = Object.fromEntries(
    Object.entries(RATES).map(([fault, rate]) => [fault, roll.odds(0.5) ? rate * (0.5 + roll.next()) : 0]),
  ) as Record<AirtimeFault, number>;
  const sms = smsPlanOf(chance);
  const some = <T>(odds: number, most: number, make: () => T): T[] =>
    roll.odds(odds) ? Array.from({ length: roll.between(1, most) }, make) : [];
  const spell = (longest: number): Spell => ({ afterMs: roll.between(0, 6 * MINUTE), forMs: roll.between(SECOND, longest) });
  const crashes = some(0.9, 3, () => crashPoint(roll));
  return {
    startsAt: Date.UTC(2026, 10, 23, 8) + roll.between(0, 5 * HOUR),
    people: roll.odds(0.7) ? 1 : 2,
    webhooksReachUs: roll.odds(0.85),
    rates: { ...rates, ...sms?.rates, ...sms?.remote?.rates },
    shuffle: roll.pick([0, 0.3, 1]),
    slowStore: roll.pick([0, 0, 0.1, 0.4]),
    crashes,
    downMs: crashes.map(() => roll.pick([roll.between(100, 5_000), roll.between(100, 5 * MINUTE), roll.between(MINUTE, HOUR)])),
    restartsAfterMs: some(0.15, 2, () => roll.between(0, 10 * MINUTE)),
    clockJumps: some(0.1, 2, () => ({
      afterMs: roll.between(0, 10 * MINUTE),
      byMs: roll.pick([-1, 1]) * roll.pick([roll.between(SECOND, MINUTE), roll.between(MINUTE, 2 * HOUR), 30 * DAY]),
    })),
    diskFull: some(0.1, 2, () => spell(5 * MINUTE)),
    databaseBusy: some(0.1, 3, () => spell(10 * SECOND)),
    upstreamDown: some(0.1, 1, () => spell(HOUR)),
    salesStopped: some(0.08, 1, () => spell(3 * MINUTE)),
    promptsPerHour: roll.odds(0.15) ? 1 : 20,
    onePersonTwice: roll.odds(0.4),
    operatorAfterMs: roll.odds(0.6) ? roll.between(MINUTE, 2 * HOUR) : null,
    sms,
  };
}

function crashPoint(roll: Chance): CrashPoint {
  const [what, most] = roll.pick(NOTABLE);
  // "byte" is passed once it has left, and "answer" before it is heard.
  const phase = what === 'byte' ? 'after' : what === 'answer' || what === 'buy' ? 'before' : roll.odds(0.5) ? 'before' : 'after';
  return { what, nth: roll.between(1, most), phase };
}
