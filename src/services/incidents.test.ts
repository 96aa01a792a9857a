/** Shows that what was given up calls a person once an hour for one reason, and that no lost alert of an operator stands in its way. */

import { afterEach, beforeEach, expect, it } from 'vitest';
import { achieng, baraka, commit, freshId, MINUTE_MS, NOW, welcomed, type Person } from '../../test/contracts/store-world.ts';
import { breathe, openBench, type Bench } from '../../test/support/workers-bench.ts';
import type { OutboxItem } from '../ports/outbox.ts';
import type { TurnEvent } from '../ports/store.ts';
import { createIncidents, type Incidents } from './incidents.ts';

let bench: Bench;
let incidents: Incidents;
beforeEach(async () => {
  bench = await openBench();
  incidents = createIncidents(bench.store, bench.runner, bench.clock);
  await welcomed(bench.store, achieng, baraka);
});
afterEach(() => bench.close());

async function gaveUp(who: Person, id: string, why = 'chat not found', code: string | null = null): Promise<void> {
  const conversation = { id: who.conversationId, address: who.address };
  const work: OutboxItem['work'] = { kind: 'say', conversation, reply: { parts: [], choices: [] }, language: 'en' };
  incidents.gaveUp({ id, lane: id, attempts: 1, turn: 't', order: null, work }, why, code);
  await breathe();
}

const told = (): unknown[] =>
  bench.store.db.prepare("SELECT subject FROM audit WHERE what = 'message_given_up' ORDER BY id").pluck().all();

it('a message that was given up calls a person once an hour for one reason', async () => {
  await gaveUp(achieng, 'a-1');
  await gaveUp(baraka, 'b-1');
  await gaveUp(baraka, 'b-2', 'too long');
  bench.clock.advanceTo(NOW + 60 * MINUTE_MS);
  await gaveUp(baraka, 'b-3');
  expect(told()).toEqual(['a-1', 'b-2', 'b-3']);
});

it('a reason with a code is one reason, whatever words come with it', async () => {
  await gaveUp(baraka, 'b-1', 'code 1003: 254700000001', '1003');
  await gaveUp(baraka, 'b-2', 'code 1003: 254700000002', '1003');
  await gaveUp(baraka, 'b-3', 'code 1004: low credits', '1004');
  expect(told()).toEqual(['b-1', 'b-3']);
});

it('all reasons together call a person ten times an hour', async () => {
  for (let n = 1; n <= 30; n += 1) await gaveUp(baraka, `b-${n}`, `no chat ${n}`);
  expect(told()).toHaveLength(10);
  bench.clock.advanceTo(NOW + 60 * MINUTE_MS);
  await gaveUp(baraka, 'b-31', 'no chat 31');
  expect(told()).toHaveLength(11);
});

it('an alert that died on its way to an operator is told to nobody, and keeps no customer’s message from being told', async () => {
  const invite = { id: 'inv-1', name: 'Njeri', hash: 'h'.repeat(64), expiresAt: NOW + MINUTE_MS };
  const event = (): TurnEvent => {
    return { kind: 'incident', id: freshId('n'), at: NOW, what: 'channel_up', subject: 'x', detail: '', conversationId: null };
  };
  await commit(bench.store, event(), [{ kind: 'invite_operator', invite }]);
  const { conversationId } = baraka;
  await commit(bench.store, event(), [{ kind: 'join_operator', operatorId: 'op-1', invite, conversationId }]);
  await gaveUp(baraka, 'b-1');
  await gaveUp(achieng, 'a-1');
  expect(told()).toEqual(['a-1']);
});

it('a database that cannot be read loses the call and nothing else', async () => {
  incidents = createIncidents({ load: () => Promise.reject(new Error('disk I/O error')) }, bench.runner, bench.clock);
  await gaveUp(achieng, 'a-1');
  expect(told()).toEqual([]);
});
