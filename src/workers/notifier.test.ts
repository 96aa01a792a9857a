/** Shows that what may have left by SMS or e-mail is never sent again, and that nobody else is told in its place while it is not given up. */

import { afterEach, describe, expect, it } from 'vitest';
import { HOUR_MS, phones } from '../../test/contracts/store-world.ts';
import { openAlertWorld, type AlertWorld } from '../../test/support/alert-world.ts';
import { breathe, held } from '../../test/support/workers-bench.ts';
import type { NotifyResult } from '../ports/notifier.ts';

let world: AlertWorld;
afterEach(() => world.close());

const SMS = expect.stringContaining(`sms ${phones.achieng} Duka: Your SMS are running low`) as string;

function states(): string[] {
  return world.bench.store.db.prepare<[], string>("SELECT way || ' ' || state FROM alert_send ORDER BY id").pluck().all();
}

describe('what may have gone out', () => {
  it('when the process died meanwhile is not sent again; the next way is taken', async () => {
    world = await openAlertWorld();
    const { store, driver, clock } = world.bench;
    await world.set({ recipients: { chat: [], mobile: null, email: ['a@example.com'] } });
    world.bench.failing.add('finishNotices');
    await world.spend(510);
    expect(world.told()).toEqual([SMS]);
    world.bench.failing.delete('finishNotices');
    // Another process takes over: what the first had in memory is gone.
    await store.takeOver();
    expect(await store.claimOutbox('notify', clock.now(), 10, 1)).toEqual([]);
    await driver.drain();
    expect(world.told()).toEqual([expect.stringContaining('email a@example.com')]);
    expect(states()).toEqual(['sms failed', 'email sent']);
  });

  it('and is still on its way is not given up when the clock is put forward past its lease', async () => {
    world = await openAlertWorld();
    const { driver, clock, notifyResults } = world.bench;
    await world.set({ recipients: { chat: [], mobile: null, email: ['a@example.com'] } });
    const slow = held<NotifyResult>();
    notifyResults.push(() => slow.promise);
    const spent = world.spend(510);
    await breathe();
    clock.setTo(clock.now() + HOUR_MS);
    driver.wake();
    await breathe();
    slow.release({ kind: 'sent', upstreamId: null });
    await spent;
    expect(world.told()).toEqual([SMS]);
    expect(states()).toEqual(['sms sent', 'email spare']);
  });

  it('and could not be written down is not given up either when the clock is put forward before it is', async () => {
    world = await openAlertWorld();
    const { driver, clock } = world.bench;
    await world.set({ recipients: { chat: [], mobile: null, email: ['a@example.com'] } });
    world.bench.failing.add('finishNotices');
    await world.spend(510);
    world.bench.failing.delete('finishNotices');
    clock.setTo(clock.now() + HOUR_MS);
    driver.wake();
    await breathe();
    await world.bench.pass(2_000);
    expect(world.told()).toEqual([SMS]);
    expect(states()).toEqual(['sms sent', 'email spare']);
  });

  it('and could not be written down is written down later, and not sent again', async () => {
    world = await openAlertWorld();
    await world.set({ recipients: { chat: [], mobile: null, email: null } });
    world.bench.failing.add('finishNotices');
    await world.spend(510);
    world.bench.failing.delete('finishNotices');
    await world.bench.pass(2_000);
    await world.bench.pass(HOUR_MS);
    expect(world.told()).toEqual([SMS]);
    expect(states()).toEqual(['sms sent']);
  });
});
