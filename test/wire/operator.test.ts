/**
 * An operator on Telegram, over the fake Bot API with the whole core: in by a code, told of an order in review and of somebody who
 * needs a person, while another operator has blocked the bot. The code stands nowhere afterwards.
 */

import { afterEach, expect, it, vi } from 'vitest';
import { telegramChannel } from '../../src/cli/channels.ts';
import { parseConfig } from '../../src/config.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLog } from '../../src/lib/log.ts';
import { hashCode, makeCode } from '../../src/lib/one-time-code.ts';
import { openCore, type Core } from '../../src/main.ts';
import type { OperatorCommand } from '../../src/ports/desk.ts';
import { startFakeBotApi } from './fake-bot-api.ts';

// Several conversations, one after the other, on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

async function command(core: Core, id: string, given: OperatorCommand): Promise<void> {
  const event = { id, at: systemClock.now(), kind: 'command', operator: 'wafula', command: given } as const;
  expect(await core.runner.submitRecorded([event])).toEqual(['committed']);
}

async function invited(core: Core, name: string): Promise<string> {
  const code = makeCode();
  const id = `inv-${name}`;
  const expiresAt = systemClock.now() + 60_000;
  await command(core, `console:${name}`, { what: 'invite', invite: { id, name, hash: hashCode(id, code), expiresAt } });
  return code;
}

it('hears of everything that needs a person, once, whatever became of another operator', async () => {
  const api = await startFakeBotApi();
  cleanUp.push(() => api.close());
  const config = parseConfig({
    DATABASE_URL: 'sqlite::memory:',
    SANDBOX: 'on',
    TELEGRAM_BOT_TOKEN: api.token,
    TELEGRAM_API_ROOT: api.url,
  });
  if (!config.ok || config.value.telegram === null) throw new Error('the configuration is wrong');
  const log: string[] = [];
  const opened = await openCore({
    config: config.value,
    log: createLog('debug', (line) => void log.push(line)),
    listens: true,
    everyChannel: true,
    clock: () => systemClock,
  });
  if (!opened.ok) throw new Error(opened.error);
  const core = opened.value;
  cleanUp.push(() => core.close());
  await core.open(await telegramChannel(core, config.value.telegram));
  await core.rescue();

  const njeri = api.person({ id: 11, name: 'Njeri', languageCode: 'sw' });
  const otieno = api.person({ id: 12, name: 'Otieno', languageCode: 'en' });
  const codes = [await invited(core, 'Njeri'), await invited(core, 'Otieno')];
  njeri.writes(`operator ${codes[0] ?? ''}`);
  await njeri.hears('Sasa wewe ni mwendeshaji', 20_000);
  otieno.writes(`/operator ${codes[1] ?? ''}`);
  await otieno.hears('You are an operator now', 20_000);
  otieno.blocks();

  const amina = api.person({ id: 7, name: 'Amina', languageCode: 'en', phone: '254722000001' });
  amina.writes('talk to a person');
  await amina.hears(undefined, 20_000);
  const asked = await njeri.hears('Kuna mtu anakuhitaji', 20_000);
  expect(asked.text).toContain('Amina, telegram');
  expect(asked.text).toContain('npx jaza review show H-');

  await core.onWebhook?.('{"note":"JZNOTHING","amount":"100","mobile":"254733000002","status":"Success"}', 'application/json');
  const quarantined = await njeri.hears('haulingani na oda yoyote', 20_000);
  expect(quarantined.text).not.toContain('254733000002');
  await core.driver.drain();
  expect(njeri.unheard()).toEqual([]);
  expect((await core.store.desk.operators()).map(({ name, reachable }) => [name, reachable])).toEqual([
    ['Njeri', true],
    ['Otieno', false],
  ]);

  const [first] = await core.store.desk.operators();
  await command(core, 'console:remove', { what: 'remove_operator', operatorId: first?.id ?? '' });
  await njeri.hears('si mwendeshaji tena', 20_000);
  amina.writes('talk to a person');
  await amina.hears(undefined, 20_000);
  await core.driver.drain();
  expect(njeri.unheard()).toEqual([]);

  const kept = core.store.db.prepare<[], string>("SELECT group_concat(text, ' ') FROM message").pluck().get() ?? '';
  expect(kept).toContain('operator ****-****');
  for (const code of codes) expect(`${kept} ${log.join('\n')}`).not.toContain(code);
});
