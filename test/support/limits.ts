/** The limits of the shop that tests sell in. */

import type { Limits } from '../../src/domain/limits.ts';

export const LIMITS: Limits = {
  airtimeMinKes: 10,
  airtimeMaxKes: 10_000,
  smsMinKes: 10,
  smsMaxKes: 100_000,
  promptsOwnPerHour: 20,
  promptsOwnPerDay: 100,
  promptsOtherPerHour: 3,
  promptsOtherPerDay: 10,
  promptsOtherFirstPerDay: 1,
  newPayersPerHour: 3,
  newPayersPerDay: 10,
  strangersPerHour: 100,
  coolDownAfterUnfinished: 2,
  coolDownMinutes: 30,
  noticesToOthers: { perAppPerHour: 60, perAppPerDay: 200, perDay: 500 },
  perDay: {
    person: { kes: 50_000, orders: 50 },
    payer: { kes: 50_000, orders: 50 },
    recipient: { kes: 50_000, orders: 50 },
  },
};
