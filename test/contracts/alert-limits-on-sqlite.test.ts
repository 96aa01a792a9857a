/** Shows that nobody is told of low SMS too often, whatever is set, removed and spent, by whichever wallets; the real turns on SQLite. */

import { afterEach, describe, expect, it } from 'vitest';
import { kes } from '../../src/domain/money.ts';
import { walletDesk } from '../../src/services/wallet-desk.ts';
import { openAlertWorld, OWNER, type AlertWorld } from '../support/alert-world.ts';
import { DAY_MS, HOUR_MS, NOW, phones } from './store-world.ts';

let world: AlertWorld;
afterEach(() => world.close());

describe('nobody is told too often', () => {
  const STRANGER = phones.baraka;
  const named = { alertType: 'sms', method: 'sms', recipients: { chat: [], mobile: [STRANGER], email: null } } as const;
  const again = async (wish: Parameters<AlertWorld['set']>[0]): Promise<void> => {
    await world.set(wish);
    await world.thresholds.remove(OWNER, 'admin', { kind: 'program', name: 'shop' });
  };

  it('by a threshold that is set and removed, or changed, again and again: once an hour, five times a day', async () => {
    world = await openAlertWorld(300);
    for (let time = 0; time < 10; time += 1) await again(named);
    for (const units of [200, 500, 200, 500, 250, 700]) await world.set({ ...named, units });
    expect(world.told()).toHaveLength(1);
    for (let hour = 0; hour < 10; hour += 1) {
      await world.bench.pass(HOUR_MS);
      await again(named);
    }
    expect(world.told()).toHaveLength(4);
    await world.bench.pass(DAY_MS);
    await again(named);
    expect(world.told()).toHaveLength(1);
  });

  it('the owner themselves four times an hour', async () => {
    world = await openAlertWorld(300);
    const own = { recipients: { chat: [], mobile: null, email: null } };
    for (let time = 0; time < 10; time += 1) await again(own);
    expect(world.told()).toHaveLength(4);
    await world.bench.pass(HOUR_MS);
    await again(own);
    expect(world.told()).toHaveLength(1);
  });

  it('by twenty thresholds that are crossed at once; who was passed over stands in the record', async () => {
    world = await openAlertWorld();
    for (let at = 0; at < 20; at += 1) await world.set({ ...named, createdBy: `p${at}`, units: 500 + at });
    await world.spend(900);
    expect(world.told()).toEqual([expect.stringContaining('alert below 500')]);
    expect(skipped()).toBe(19);
    await world.bench.pass(DAY_MS);
    expect(world.told()).toHaveLength(1);
  });

  it('by wallets of different owners and apps', async () => {
    world = await openAlertWorld(300);
    const { store, clock, runner, driver } = world.bench;
    await world.set(named);
    for (const owner of [
      { appId: 'acme', userId: 'u' },
      { appId: null, userId: 'u' },
    ]) {
      const wallet = walletDesk(store.wallets, runner, clock);
      const paid = { amountKes: kes(80), paymentMethod: 'mpesa', paymentReference: 'x', paid: true, toppedUpAt: NOW };
      await wallet.ask(owner, 't', { kind: 'top_up', ...paid }, { kind: 'program', name: 'shop' });
      const wish = { createdBy: 'x', units: 500, message: null, quiet: null, ...named };
      expect((await world.thresholds.set(owner, wish, { kind: 'program', name: 'shop' }, 'anybody')).ok).toBe(true);
      await driver.drain();
    }
    expect(world.told()).toHaveLength(1);
  });

  it('and a threshold of which nobody was told does not say that it was', async () => {
    world = await openAlertWorld(300);
    const only = { recipients: { chat: [], mobile: [STRANGER], email: null } };
    expect((await world.set(only)).alertedAt).toBe(NOW);
    expect((await world.set({ ...only, createdBy: 'other' })).alertedAt).toBeNull();
    expect(world.told()).toHaveLength(1);
    await world.bench.pass(DAY_MS);
    // Both are looked at again; one of them is told.
    expect(world.told()).toHaveLength(1);
  });

  it('and who failed is not stood in for by one who was told enough', async () => {
    world = await openAlertWorld(300);
    const mails = { ...named, recipients: { chat: [], mobile: [STRANGER], email: ['a@example.com'] } };
    await world.set({ ...mails, alertType: 'email', method: 'email', createdBy: 'one' });
    expect(world.told()).toEqual([expect.stringContaining('email a@example.com')]);
    world.bench.notifyResults.push({ kind: 'refused', why: 'no such number', ours: false });
    await world.set({ ...mails, createdBy: 'two' });
    expect(world.told()).toEqual([expect.stringContaining(`sms ${STRANGER}`)]);
  });
});

it('an SMS is three at most, however long the words and what they are filled with', async () => {
  world = await openAlertWorld(300);
  await world.set({ message: '{threshold}'.repeat(40), recipients: { chat: [], mobile: null, email: null } });
  await world.set({ message: 'x'.repeat(459), createdBy: 'b', recipients: { chat: [], mobile: null, email: null } });
  const lengths = world.bench.notified.map(({ text }) => text.length);
  expect(lengths).toHaveLength(2);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(459);
});

function skipped(): unknown {
  return world.bench.store.db.prepare("SELECT count(*) FROM alert_send WHERE state = 'skipped'").pluck().get();
}
