/** Owns what a simulated person wants of SMS, and how they say it: in shillings or in messages, in both languages. */

import type { World } from './world.ts';

/** So many shillings' worth, or so many messages. */
export interface SmsWish {
  readonly count: number;
  readonly unit: 'KES' | 'SMS';
}

const SHILLINGS = [5, 10, 20, 50, 99, 100, 150, 250, 1_000];
const MESSAGES = [10, 20, 50, 125, 250, 1_000];
const BESIDE = [
  'sms balance',
  'salio la sms',
  'alert me below 50 sms',
  'alert me below 500 sms',
  'my alerts',
  'what does an sms cost?',
];

/** Null: airtime it is. */
export function smsWish(world: World): SmsWish | null {
  const { sms } = world.plan;
  const roll = world.roll('sms wishes');
  if (sms === null || !roll.odds(sms.ofWishes)) return null;
  return roll.odds(0.5) ? { count: roll.pick(SHILLINGS), unit: 'KES' } : { count: roll.pick(MESSAGES), unit: 'SMS' };
}

export function smsWishInWords(world: World, { count, unit }: SmsWish): string {
  const roll = world.roll('sms wishes');
  return unit === 'KES'
    ? roll.pick([`buy ${count} bob of sms`, `buy sms for ${count} bob`, `nunua sms za ${count}`, 'buy sms', 'nunua sms'])
    : roll.pick([`buy sms ${count}`, `buy ${count} sms`, `nunua sms ${count}`, 'buy sms']);
}

/** To the question how many. */
export function smsAmountInWords(world: World, { count, unit }: SmsWish): string {
  const roll = world.roll('sms wishes');
  return unit === 'KES' ? roll.pick([`${count} bob`, `KES ${count}`, String(count)]) : roll.pick([`${count} sms`, String(count)]);
}

export function smsCorrection(world: World): string {
  const roll = world.roll('sms wishes');
  return roll.pick([`no, ${roll.pick(SHILLINGS)} bob`, `${roll.pick(MESSAGES)} sms`, `hapana, ${roll.pick(SHILLINGS)} bob`]);
}

/** What people write beside a purchase where SMS are sold. */
export function besideOfSms(world: World): string | null {
  const roll = world.roll('sms wishes');
  return world.plan.sms !== null && roll.odds(0.4) ? roll.pick(BESIDE) : null;
}
