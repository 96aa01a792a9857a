/**
 * Owns what is going to happen in a round of kills, made from its seed alone: when each life of the process ends, who buys what,
 * and how the upstream behaves for each purchase. The timing is real, so a seed repeats the plan and not every microsecond.
 */

import { Chance } from '../../src/simulator/chance.ts';

/** What is under way in the moment of the kill. Each is seen from outside: by the upstream, the Bot API, or on the disk. */
export const MOMENTS = [
  /** The first pages of the database's log are written: a new file is being migrated, an old one opened. */
  'opening',
  /** Any instant of the start-up. */
  'starting',
  /** The yes has been read, its turn is being written. */
  'yes',
  /** The order is confirmed to the person, its call is about to begin. */
  'placed',
  /** The upstream has the request and has not answered. */
  'call',
  /** The answer is on its way and not written down. */
  'answer',
  /** The webhook is on its way. */
  'webhook',
  /** The webhook was answered with 200: it must be known for ever. */
  'taken',
  /** Telegram was told that updates were received, and will not bring them again. */
  'received',
  /** A message is at Telegram, and its receipt on its way back. */
  'send',
  /** Pages of the log are being written into the database itself, at an orderly end. */
  'checkpoint',
  /** In the middle of an orderly end. */
  'stopping',
  /** Whatever it is. */
  'any',
] as const;
export type Moment = (typeof MOMENTS)[number];

export interface LifePlan {
  readonly moment: Moment;
  /** The how manieth of its kind. */
  readonly nth: number;
  /** After the moment was seen. */
  readonly delayMs: number;
  readonly people: readonly PersonPlan[];
}

export interface PersonPlan {
  readonly id: number;
  readonly own: string;
  /** Of airtime; null: SMS for their own wallet. */
  readonly recipient: string | null;
  readonly amountKes: number;
  readonly tapsTwice: boolean;
  readonly upstream: UpstreamPlan;
}

/** How the upstream behaves for one payer. */
export interface UpstreamPlan {
  /** `lost`: the answer is an HTTP 500, `hold`: it never comes, `drop`: the connection breaks. In all three the phone rings. */
  readonly answer: 'accept' | 'refuse' | 'lost' | 'hold' | 'drop';
  readonly answerAfterMs: number;
  readonly payer: 'approves' | 'declines' | 'ignores';
  /** `again`: repeated until it is taken; the others come once or twice, whether anybody is there or not. */
  readonly webhook: 'again' | 'once' | 'twice' | 'never';
  /** After the request came, so it may be earlier than the answer. */
  readonly webhookAfterMs: number;
}

const LONGEST_DELAY_MS: Readonly<Record<Moment, number>> = {
  opening: 6,
  starting: 700,
  yes: 12,
  placed: 4,
  call: 4,
  answer: 6,
  webhook: 8,
  taken: 2,
  received: 2,
  send: 4,
  checkpoint: 2,
  stopping: 60,
  any: 900,
};

/** So many of all people buy SMS. */
const SMS_SHARE = 0.35;

const FIRST_ID = 700_001;

export function planRound(seed: number, kills: number, peoplePerLife: number): readonly LifePlan[] {
  const chance = new Chance(seed);
  // A new file first, in the middle of its migration; then every moment in its turn, from another one in each round.
  const shift = chance.between(1, MOMENTS.length);
  return Array.from({ length: kills }, (_, life) => {
    const moment = life === 0 ? 'opening' : (MOMENTS[(life + shift) % MOMENTS.length] ?? 'any');
    const nth = chance.between(1, peoplePerLife);
    const delayMs = chance.odds(0.4) ? 0 : chance.between(0, LONGEST_DELAY_MS[moment]);
    const people = Array.from({ length: peoplePerLife }, (_person, at) => planPerson(chance, life * peoplePerLife + at));
    return { moment, nth, delayMs, people };
  });
}

function planPerson(chance: Chance, at: number): PersonPlan {
  return {
    id: FIRST_ID + at,
    own: `2547220${String(at).padStart(5, '0')}`,
    recipient: chance.odds(SMS_SHARE) ? null : `2547330${String(chance.between(0, 99_999)).padStart(5, '0')}`,
    amountKes: chance.between(10, 500),
    tapsTwice: chance.odds(0.3),
    upstream: {
      answer: chance.weighted({ accept: 12, refuse: 2, lost: 2, hold: 2, drop: 2 }),
      answerAfterMs: chance.odds(0.5) ? 0 : chance.between(1, 60),
      payer: chance.weighted({ approves: 8, declines: 3, ignores: 2 }),
      webhook: chance.weighted({ again: 10, once: 4, twice: 3, never: 2 }),
      webhookAfterMs: chance.between(0, 120),
    },
  };
}
