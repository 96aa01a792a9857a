/** Owns the contract of operators: who hears, codes that work once, wrong ones that are counted, the switch of sales, the console's answers. */

import { expect, type TestAPI } from 'vitest';
import type { Invite } from '../../src/ports/desk.ts';
import type { Change, Store, TurnEvent } from '../../src/ports/store.ts';
import {
  NOW,
  achieng,
  baraka,
  commit,
  endOf,
  freshId,
  known,
  message,
  turn,
  welcomed,
  type OpenStore,
  type Person,
} from './store-world.ts';

const invite: Invite = { id: 'inv-1', name: 'Njeri', hash: 'a'.repeat(64), expiresAt: NOW + 1_000 };

const command = (id = freshId('console')): TurnEvent => ({
  id,
  at: NOW,
  kind: 'command',
  operator: 'wafula',
  command: { what: 'resume_sales' },
});

const code = (who: Person, at = NOW): ReturnType<typeof message> => message(who, { at, text: 'operator 7K2M-4QPW' });

const join = (who: Person, operatorId = `op-${who.name}`): Change => ({
  kind: 'join_operator',
  operatorId,
  invite,
  conversationId: who.conversationId,
});

export function operatorsContract(it: TestAPI, world: () => OpenStore): void {
  const store = (): Store => world().store;

  it('knows invites that are neither used nor expired, only for a message that may be a code', async () => {
    await welcomed(store(), achieng);
    await commit(store(), command(), [{ kind: 'invite_operator', invite }]);
    expect((await known(store(), message(achieng))).joining).toBeNull();
    expect((await known(store(), code(baraka))).joining).toEqual({ invites: [invite], wrong: 0, lastWrongAt: null });
    expect((await known(store(), code(achieng, NOW + 1_000))).joining?.invites).toEqual([]);
    await commit(store(), message(achieng), [join(achieng)]);
    expect((await known(store(), code(achieng))).joining?.invites).toEqual([]);
  });

  it('lets a code be used once: whoever is second decides again', async () => {
    await welcomed(store(), achieng, baraka);
    await commit(store(), command(), [{ kind: 'invite_operator', invite }]);
    const outcomes = await store().commit([turn(message(achieng), [join(achieng)]), turn(message(baraka), [join(baraka)])]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['committed', 'stale']);
    expect((await known(store(), command())).operators.map(({ id }) => id)).toEqual(['op-achieng']);
  });

  it('tells every event who hears, in which language, and who blocked us', async () => {
    await welcomed(store(), achieng);
    await commit(store(), command(), [{ kind: 'invite_operator', invite }]);
    await commit(store(), message(achieng), [join(achieng)]);
    const chat = { id: 'op-achieng', name: 'Njeri', conversationId: achieng.conversationId, channel: 'telegram', language: 'en' };
    expect((await known(store(), message(baraka))).operators).toEqual([{ ...chat, addedAt: NOW, reachable: true }]);
    await commit(store(), message(achieng), [{ kind: 'reachable', conversationId: achieng.conversationId, blockedAt: NOW }]);
    expect((await known(store(), message(baraka))).operators).toMatchObject([{ reachable: false }]);
    await commit(store(), command(), [{ kind: 'remove_operator', operatorId: 'op-achieng' }]);
    expect((await known(store(), message(baraka))).operators).toEqual([]);
  });

  it('counts wrong codes of a chat until one is right', async () => {
    await welcomed(store(), achieng, baraka);
    await commit(store(), command(), [{ kind: 'invite_operator', invite }]);
    for (const count of [1, 2])
      await commit(store(), message(achieng, { at: NOW + count }), [
        { kind: 'wrong_code', conversationId: achieng.conversationId, count },
      ]);
    expect((await known(store(), code(achieng))).joining).toMatchObject({ wrong: 2, lastWrongAt: NOW + 2 });
    expect((await known(store(), code(baraka))).joining).toMatchObject({ wrong: 0, lastWrongAt: null });
    await commit(store(), message(achieng), [join(achieng)]);
    expect((await known(store(), code(achieng))).joining).toMatchObject({ wrong: 0 });
  });

  it('stops sales for whoever is deciding at that moment', async () => {
    await welcomed(store(), achieng);
    const event = message(achieng);
    const before = await known(store(), event);
    await commit(store(), command(), [{ kind: 'switch_sales', stopped: 'the supplier is down' }]);
    const read = { 'switch:sales': before.versions['switch:sales'] ?? 0 };
    expect(await endOf(store(), turn(event, [], { read }))).toBe('stale');
    expect((await known(store(), event)).salesStopped).toBe('the supplier is down');
    await commit(store(), command(), [{ kind: 'switch_sales', stopped: null }]);
    expect((await known(store(), event)).salesStopped).toBeNull();
  });

  it('keeps a command of another process until it is turned, once', async () => {
    const event = command('console:1');
    await store().record([event]);
    expect(await store().recorded(10)).toEqual([event]);
    await commit(store(), event, [{ kind: 'answer_console', outcome: 'done', detail: '' }]);
    expect(await store().recorded(10)).toEqual([]);
    expect(await endOf(store(), turn(event, [{ kind: 'answer_console', outcome: 'done', detail: '' }]))).toBe('duplicate');
  });
}
