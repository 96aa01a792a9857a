/** A balance that stays low is told to its owner every day, and to anybody else no more than a few times. */

import { afterEach, beforeEach, expect, it } from 'vitest';
import { openAlertWorld, type AlertWorld } from '../support/alert-world.ts';
import { DAY_MS, phones } from './store-world.ts';

let world: AlertWorld;
beforeEach(async () => {
  world = await openAlertWorld(1_000);
});
afterEach(() => world.close());

async function days(count: number): Promise<{ own: number; other: number }> {
  const all: string[] = [];
  for (let day = 0; day < count; day += 1) {
    await world.bench.pass(DAY_MS + 1_000);
    all.push(...world.told());
  }
  return { own: all.filter((one) => one.startsWith('chat')).length, other: all.filter((one) => one.startsWith('sms')).length };
}

const RECIPIENTS = { chat: null, mobile: [phones.baraka], email: null };

it('who is not the owner is reminded three times, and told anew when it is crossed again', async () => {
  await world.set({ units: 500, recipients: RECIPIENTS });
  await world.spend(600);
  expect(world.told()).toHaveLength(2);
  expect(await days(10)).toEqual({ own: 10, other: 3 });
  await world.buy(1_000);
  world.told();
  await world.spend(1_000);
  expect(world.told()).toHaveLength(2);
  expect(await days(10)).toEqual({ own: 10, other: 3 });
});

it('nor are they told in the place of an address that fails day after day', async () => {
  await world.set({
    units: 500,
    alertType: 'email',
    method: 'email',
    recipients: { ...RECIPIENTS, chat: [], email: ['a@example.com'] },
  });
  world.bench.notifyResults.push(
    ...Array.from({ length: 11 }, () => ({ kind: 'refused', why: 'no such mailbox', ours: false }) as const),
  );
  await world.spend(600);
  // One that the crossing itself told, and three reminders.
  expect((await days(10)).other).toBe(4);
});
