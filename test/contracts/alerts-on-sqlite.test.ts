/** Shows that alerts of low SMS come once for each crossing, to whom they should, by another way when one fails; the real turns on SQLite. */

import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { openAlertWorld, type AlertWorld } from '../support/alert-world.ts';
import { achieng, commit, DAY_MS, HOUR_MS, message, MINUTE_MS, NOW, person, phones, welcome } from './store-world.ts';

let world: AlertWorld;
afterEach(() => world.close());

const SMS = `sms ${phones.achieng} Duka: Your SMS are running low: 490 left (alert below 500). As you used them lately, that is less than a day.`;

describe('a crossing', () => {
  it('is told once, in the chat and by the SMS that was asked for, and costs the wallet nothing', async () => {
    world = await openAlertWorld();
    await world.set();
    await world.spend(500);
    expect(world.told()).toEqual([]);
    await world.spend(10);
    expect(world.told()).toEqual([
      'chat Your SMS are running low: 490 left (alert below 500).\n\nAs you used them lately, that is less than a day.\n\nTo get no more alerts, write: stop alerts',
      SMS,
    ]);
    await world.spend(10);
    expect(world.told()).toEqual([]);
    expect(await world.balance()).toBe(480);
  });

  it('of a correction by an operator is one as well', async () => {
    world = await openAlertWorld();
    await world.set();
    await world.adjust(-510);
    expect(world.told()).toHaveLength(2);
  });

  it('is told again only after the balance was above 110 %', async () => {
    world = await openAlertWorld();
    await world.set();
    await world.spend(600);
    expect(world.told()).toHaveLength(2);
    await world.buy(150);
    await world.spend(100);
    expect(world.told()).toEqual([]);
    await world.buy(110);
    await world.spend(100);
    expect(world.told()).toHaveLength(2);
  });

  it('says when nothing is left', async () => {
    world = await openAlertWorld(1_000, 'sw');
    await world.set({ alertType: 'chat', method: 'chat' });
    await world.spend(1_000);
    expect(world.told()).toEqual([
      'chat SMS zako zimeisha. Hakuna SMS itakayotumwa hadi ununue zingine.\n\nHutaki arifa hizi tena? Andika: zima arifa',
    ]);
  });

  it('offers a sum with one tap to the owner, and to nobody else', async () => {
    world = await openAlertWorld();
    await commit(world.bench.store, message(person('boss')), [welcome(person('boss'))]);
    await world.set({ alertType: 'chat', method: 'chat' });
    await world.set({
      createdBy: 'boss',
      alertType: 'chat',
      method: 'chat',
      recipients: { chat: ['telegram:chat-boss'], mobile: [], email: null },
    });
    await world.spend(900);
    const told = Object.fromEntries(
      world.bench.sent.flatMap((one) => (one.kind === 'text' ? [[one.address.chat, one.buttons.map(({ label }) => label)]] : [])),
    ) as Record<string, string[]>;
    expect(told).toEqual({ 'chat-achieng': ['Buy SMS for KES 1,550'], 'chat-boss': [] });
    expect(world.told().join()).toContain('Alert set up by boss for 0722 *** 001: SMS of 0722 *** 001 are running low: 100 left');
  });

  it('says it in words of one’s own', async () => {
    world = await openAlertWorld();
    await world.set({
      alertType: 'both',
      message: '{user}: {balance} of {threshold} left, {days} days',
      recipients: { chat: [], mobile: null, email: ['a@example.com'] },
    });
    await world.spend(501);
    expect(world.told()).toEqual([
      `sms ${phones.achieng} Duka: 0722 *** 001: 499 of 500 left, 0 days`,
      expect.stringMatching(
        /^email a@example.com Alert about the SMS of 0722 \*\*\* 001:\n\n0722 \*\*\* 001: 499 of 500 left, 0 days\n\nYou get this/,
      ),
    ]);
  });

  it('says words that lead elsewhere to the owner alone, also where they were set before that was a rule', async () => {
    world = await openAlertWorld();
    const words = 'Call 0711 000 000 or see evil.example';
    await world.set({ alertType: 'both', recipients: { chat: [], mobile: [phones.achieng], email: ['a@example.com'] } });
    world.bench.store.db.prepare('UPDATE threshold SET message = ?').run(words);
    await world.spend(900);
    const [sms, email] = world.told();
    expect(sms).toBe(`sms ${phones.achieng} Duka: ${words}`);
    expect(email).toContain('SMS of 0722 *** 001 are running low: 100 left');
    expect(email).not.toMatch(/0711|evil/);
    // Nor does the name of whoever set it.
    await commit(world.bench.store, message(person('boss')), [welcome(person('boss'))]);
    await world.set({ createdBy: 'see evil.example', recipients: { chat: ['telegram:chat-boss'], mobile: [], email: [] } });
    expect(world.told()).toEqual([expect.stringMatching(/^chat Alert set up by see\.\.\.ple for 0722 \*\*\* 001: /)]);
  });
});

describe('a threshold', () => {
  it('that is low already when it is set is told at once, and not again when it is set again', async () => {
    world = await openAlertWorld(300);
    await world.set();
    expect(world.told()).toHaveLength(2);
    await world.set();
    await world.set({ units: 800 });
    expect(world.told()).toEqual([]);
  });

  it('of each creator stands for itself, and is gone when it is removed', async () => {
    world = await openAlertWorld();
    await world.set({ alertType: 'chat', method: 'chat' });
    await world.set({ createdBy: 'boss', units: 200, alertType: 'chat', method: 'chat' });
    await world.spend(600);
    expect(world.told()).toHaveLength(1);
    await world.thresholds.remove({ appId: null, userId: phones.achieng }, 'boss', { kind: 'program', name: 'shop' });
    await world.spend(300);
    expect(world.told()).toEqual([]);
  });

  it('is reminded of once a day while it stays low, and no more when it is not', async () => {
    world = await openAlertWorld();
    await world.set({ alertType: 'chat', method: 'chat' });
    await world.spend(510);
    world.told();
    await world.bench.pass(DAY_MS - 1);
    expect(world.told()).toEqual([]);
    await world.bench.pass(1);
    expect(world.told()).toEqual([expect.stringContaining('still low: 490 left')]);
    await world.buy(30);
    await world.bench.pass(DAY_MS);
    expect(world.told()).toEqual([]);
    await world.spend(30);
    await world.bench.pass(DAY_MS);
    expect(world.told()).toHaveLength(1);
    await world.buy(600);
    await world.bench.pass(3 * DAY_MS);
    expect(world.told()).toEqual([]);
  });

  it('with quiet hours waits until they end, and is not told when it is over by then', async () => {
    world = await openAlertWorld();
    // Noon in Nairobi.
    const quiet = { fromMinute: 11 * 60, toMinute: 14 * 60 };
    await world.set({ alertType: 'chat', method: 'chat', quiet });
    await world.spend(600);
    expect(world.told()).toEqual([]);
    await world.bench.pass(2 * HOUR_MS);
    expect(world.told()).toEqual([expect.stringContaining('running low: 400 left')]);
    await world.buy(600);
    await world.bench.pass(DAY_MS - 2 * HOUR_MS);
    await world.spend(600);
    await world.buy(600);
    await world.bench.pass(DAY_MS);
    expect(world.told()).toEqual([]);
  });
});

describe('somebody who cannot be reached', () => {
  const refused = { kind: 'refused', why: 'no such number', ours: false } as const;

  it('in the chat that is blocked is told by SMS, once', async () => {
    world = await openAlertWorld();
    await world.set({ alertType: 'chat', method: 'chat' });
    world.bench.outcomes.push({ kind: 'blocked', why: '403' });
    await world.spend(510);
    expect(world.told()).toEqual([expect.stringContaining('chat '), SMS]);
    await world.spend(10);
    expect(world.told()).toEqual([]);
  });

  it('by SMS is told by e-mail; where that fails too, nobody is left and nothing goes on', async () => {
    world = await openAlertWorld();
    await world.set({ recipients: { chat: [], mobile: null, email: ['a@example.com', 'b@example.com'] } });
    world.bench.notifyResults.push(refused, { kind: 'unknown', why: 'it broke off' });
    await world.spend(510);
    expect(world.told().map((one) => one.split(' ').slice(0, 2).join(' '))).toEqual([
      `sms ${phones.achieng}`,
      'email a@example.com',
      'email b@example.com',
    ]);
    expect(states()).toEqual(['sms failed', 'email failed', 'email sent']);
  });

  it('just now is tried again, later each time, for about an hour', async () => {
    world = await openAlertWorld();
    await world.set({ recipients: { chat: [], mobile: null, email: ['a@example.com'] } });
    for (let time = 0; time < 20; time += 1) world.bench.notifyResults.push({ kind: 'retry', why: 'busy', afterMs: null });
    await world.spend(510);
    for (let minute = 0; minute < 90; minute += 1) await world.bench.pass(MINUTE_MS);
    world.bench.notifyResults.length = 0;
    const ways = world.told().map((one) => one.split(' ')[0]);
    expect(ways.filter((way) => way === 'sms')).toHaveLength(9);
    expect(ways.filter((way) => way === 'email').length).toBeGreaterThan(0);
  });

  it('wants nothing: who stopped prompts gets no SMS, who stopped alerts none at all, until they start again', async () => {
    world = await openAlertWorld();
    const { store, runner, clock, driver } = world.bench;
    const write = async (text: string): Promise<void> => {
      await runner.submit([message(achieng, { text, at: clock.now() })]);
      await driver.drain();
      world.told();
    };
    await world.set();
    await commit(store, message(achieng), [{ kind: 'stop_prompts', phone: phones.achieng, stopped: true }]);
    await world.spend(600);
    expect(world.told()).toEqual([expect.stringContaining('chat ')]);
    await commit(store, message(achieng), [{ kind: 'stop_prompts', phone: phones.achieng, stopped: false }]);
    await write('stop alerts');
    await world.bench.pass(DAY_MS);
    expect(world.told()).toEqual([]);
    await write('start');
    await world.bench.pass(DAY_MS);
    expect(world.told()).toHaveLength(2);
    await write('stop');
    await world.bench.pass(DAY_MS);
    expect(world.told()).toEqual([]);
  });
});

describe('in the chat', () => {
  const say = async (text: string): Promise<string[]> => {
    const { runner, clock, driver } = world.bench;
    clock.advanceTo(clock.now() + MINUTE_MS);
    await runner.submit([message(achieng, { text, at: clock.now() })]);
    await driver.drain();
    return world.told();
  };
  const tap = async (data: string): Promise<string[]> => {
    const { runner, clock, driver } = world.bench;
    clock.advanceTo(clock.now() + MINUTE_MS);
    const event = message(achieng, { at: clock.now() });
    await runner.submit([{ ...event, message: { ...event.message, content: { kind: 'tap', data, on: null } } }]);
    await driver.drain();
    return world.told();
  };

  it('a person sets, changes, sees and removes an alert of their own, and is told', async () => {
    world = await openAlertWorld();
    expect(await say('my alerts')).toEqual([expect.stringContaining('No alert is set.')]);
    expect(await say('alert me below 500 sms')).toEqual([expect.stringContaining('fewer than 500 SMS are left. You have 1,000')]);
    await say('nionye sms zikifika 200');
    await world.set({ createdBy: 'boss', units: 300, alertType: 'chat', method: 'chat' });
    await say('english');
    expect(await say('my alerts')).toEqual(['chat Alerts on your SMS:\n• below 300, set up for you\n• below 200']);
    await world.spend(801);
    // One word of it in one chat: of the lowest.
    expect(world.told()).toEqual([expect.stringContaining('alert below 200')]);
    const [wallet] = await ownWallets();
    expect(await tap(`unalert=${wallet?.key ?? ''}:-:0`)).toEqual([expect.stringContaining('no more alert below 200')]);
    expect(await say('my alerts')).toEqual([expect.not.stringContaining('below 200')]);
  });

  it('after "stop alerts" the list says that they are off, and how to get them again', async () => {
    world = await openAlertWorld();
    await say('alert me below 500 sms');
    await say('stop alerts');
    expect(await say('my alerts')).toEqual([expect.stringMatching(/below 500\n\nAlerts are switched off.*write: start/)]);
    await say('start');
    expect(await say('my alerts')).toEqual([expect.not.stringContaining('switched off')]);
  });

  it('of a person with several wallets the list, its buttons and the alert name the wallet', async () => {
    world = await openAlertWorld();
    await say('alert me below 500 sms');
    const owner = { appId: 'acme', userId: 'u1' };
    await commit(world.bench.store, message(achieng), [
      { kind: 'link_wallet', owner, customerId: achieng.customerId, linkedBy: 'x' },
    ]);
    const listed = await say('my alerts');
    expect(listed).toEqual(['chat Alerts on your SMS:\n• 0722 000 001: below 500']);
    await world.spend(600);
    const alert = world.told();
    expect(alert).toEqual([expect.stringContaining('400 left (alert below 500).\n\nWallet: 0722 000 001')]);
    const own = (await ownWallets()).find(({ alerts }) => alerts.length > 0);
    expect(await tap(`unalert=${own?.key ?? ''}:-:0`)).toEqual([expect.stringContaining('this wallet: 0722 000 001')]);
  });

  it('who is low already is told so in the answer, and then once a day', async () => {
    world = await openAlertWorld(300);
    expect(await say('alert me below 500 sms')).toEqual([expect.stringContaining('below 500 already')]);
    await world.spend(10);
    expect(world.told()).toEqual([]);
    await world.bench.pass(DAY_MS);
    expect(world.told()).toEqual([expect.stringContaining('still low: 290 left')]);
  });

  it('the tap on an alert begins to buy so much for that wallet', async () => {
    world = await openAlertWorld();
    await world.set({ alertType: 'chat', method: 'chat' });
    await world.spend(600);
    const [alert] = world.bench.sent.flatMap((one) => (one.kind === 'text' ? one.buttons : []));
    world.told();
    expect(alert?.label).toBe('Buy SMS for KES 1,300');
    const [answer = ''] = await tap(alert?.id ?? '');
    expect(answer).toContain('SMS: 1,625');
    expect(answer).toContain('KES 1,300');
  });

  async function ownWallets() {
    const { store } = world.bench;
    const event = message(achieng);
    const [view] = await store.load([event], new Map([[event.id, { wallets: true }]]));
    return view?.smsWallets ?? [];
  }
});

function states(): string[] {
  return world.bench.store.db.prepare<[], string>("SELECT way || ' ' || state FROM alert_send ORDER BY id").pluck().all();
}

it('whatever is bought, spent and set, nobody is told more often than the balance fell from well above', async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('buy' as const), units: fc.integer({ min: 1, max: 400 }) }),
    fc.record({ kind: fc.constant('spend' as const), units: fc.integer({ min: 1, max: 400 }) }),
    fc.record({ kind: fc.constant('set' as const), units: fc.constant(500) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const one = await openAlertWorld(600);
      world = one;
      try {
        await one.set();
        let low = false;
        let expected = 0;
        for (const { kind, units } of steps) {
          const before = await one.balance();
          // No more often than the owner may be told.
          await one.bench.pass(16 * MINUTE_MS);
          if (kind === 'set') await one.set();
          else if (kind === 'buy') await one.buy(units);
          else if (units <= before) await one.spend(units);
          const after = await one.balance();
          if (after < 500 && !low) {
            expected += 1;
            low = true;
          }
          if (after > 550) low = false;
        }
        expect(one.told().filter((told) => told.startsWith('chat'))).toHaveLength(expected);
      } finally {
        await one.close();
      }
    }),
    { numRuns: 15 },
  );
  world = await openAlertWorld();
  expect(world.bench.clock.now()).toBe(NOW);
});
