/** Shows what the desk reads: what wants a person, when it is over, when it comes back, and an order with everything that is known. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  achieng,
  advance,
  commit,
  freshId,
  message,
  MINUTE_MS,
  NOW,
  operatorEvent,
  placed,
  say,
  started,
  welcomed,
} from '../../../test/contracts/store-world.ts';
import { itemId } from '../../domain/attention.ts';
import type { Order } from '../../domain/order.ts';
import { ManualClock } from '../../lib/clock.ts';
import { silentLog } from '../../lib/log.ts';
import type { OpenCases } from '../../ports/desk.ts';
import type { Change, TurnEvent } from '../../ports/store.ts';
import { openSqliteStore, type SqliteStore } from './open.ts';

let store: SqliteStore;
beforeEach(async () => {
  store = await openSqliteStore({ path: ':memory:', clock: new ManualClock(NOW), log: silentLog });
  await welcomed(store, achieng);
});
afterEach(() => store.close());

const webhook = (at: number): TurnEvent => ({
  id: freshId('webhook'),
  at,
  kind: 'webhook',
  provider: 'topups',
  raw: '{}',
  reading: { kind: 'unreadable', why: 'as the test says' },
});

const audit = (what: string, subject: string, detail = 'why'): Change => ({
  kind: 'audit',
  actor: { kind: 'upstream' },
  what,
  subject,
  detail,
});

const seen = ({ orders, items }: OpenCases): string[] => [
  ...orders.map(({ order, why }) => `${order.state}: ${why}`),
  ...items.map(({ kind, detail, count }) => `${kind} ${count}: ${detail}`),
];
const open = async (): Promise<string[]> => seen(await store.desk.open());

async function inReview(at = NOW): Promise<Order> {
  const order = await placed(store, achieng, { reference: 'JZ7K2M4QPW' });
  await started(store, order);
  await commit(store, webhook(at), [
    advance(order, 'webhook_negative', 'submitting', 'review'),
    audit('operator_alert', order.id, `${order.reference} in review`),
  ]);
  return order;
}

async function putAway(item: string, until: number): Promise<void> {
  const evidence = 'called her on 0722 000 001';
  const event: TurnEvent = {
    id: freshId('console'),
    at: until,
    kind: 'command',
    operator: 'wafula',
    command: { what: 'put_away', item, until, evidence },
  };
  await commit(store, event, [{ kind: 'put_away', item, until, operator: 'wafula', evidence }]);
}

describe('an order', () => {
  it('stands in the list while it is in review or to be refunded, once, and then no more', async () => {
    expect(await open()).toEqual([]);
    const order = await inReview();
    expect(await open()).toEqual(['review: as the test says']);
    await commit(store, operatorEvent(order, NOW + 1), [advance(order, 'operator_refund_due', 'review', 'refund_due')]);
    expect(await open()).toEqual(['refund_due: as the test says']);
    await commit(store, operatorEvent(order, NOW + 2), [advance(order, 'operator_refunded', 'refund_due', 'refunded')]);
    expect(await open()).toEqual([]);
  });

  it('comes back as an alert when what came later contradicts its end', async () => {
    const order = await inReview();
    await commit(store, operatorEvent(order, NOW + 1), [advance(order, 'operator_cancelled', 'review', 'cancelled')]);
    await commit(store, webhook(NOW + 2), [audit('operator_alert', order.id, 'paid after all')]);
    expect(await open()).toEqual(['alert 1: paid after all']);
  });

  it('is shown whole, by its reference in any case or its id', async () => {
    const order = await inReview();
    await commit(store, webhook(NOW), [
      { kind: 'keep_raw', rawId: 'raw:1', source: 'topups webhook', body: '{"mobile":"254110000003"}' },
      { ...advance(order, 'webhook_negative', 'review', null), rawId: 'raw:1' },
    ]);
    for (const word of [order.id, 'jz7k2m4qpw']) {
      const file = await store.desk.order(word);
      expect(file?.who).toMatchObject({ name: 'achieng', channel: 'telegram' });
      expect(file?.calls).toMatchObject([{ purpose: 'buy_airtime', state: 'started', startedAt: NOW }]);
      expect(file?.steps.map(({ from, to, actor }) => `${from} -> ${to} by ${actor}`)).toEqual([
        'null -> confirmed by customer',
        'confirmed -> submitting by upstream',
        'submitting -> review by upstream',
        'review -> null by upstream',
      ]);
      expect(file?.steps.at(-1)?.body).toEqual({ title: 'topups webhook', text: '{"mobile":"254110000003"}' });
    }
    expect(await store.desk.order('JZNOTHING')).toBeNull();
  });
});

describe('anything else that wants a person', () => {
  it.each<[string, () => Promise<void>, string, string]>([
    [
      'somebody who asked, however often',
      async () => {
        await commit(store, message(achieng), [audit('help_wanted', achieng.conversationId, 'asked for a person')]);
        await commit(store, message(achieng), [audit('help_wanted', achieng.conversationId, 'not understood')]);
      },
      itemId('help', achieng.conversationId),
      'help 2: asked for a person; not understood',
    ],
    [
      'a webhook that fits no order',
      async () =>
        commit(store, webhook(NOW), [
          { kind: 'keep_raw', rawId: 'raw:w', source: 'topups webhook', body: 'as it came' },
          audit('webhook_quarantined', 'raw:w', 'no order'),
        ]),
      itemId('webhook', 'raw:w'),
      'webhook 1: no order',
    ],
    [
      'an event that was set aside',
      async () => {
        const event = message(achieng, { id: 'broken' });
        for (let attempt = 0; attempt < 3; attempt += 1) await store.poison(event, 'a rule was broken');
      },
      itemId('event', 'broken'),
      'event 1: a rule was broken',
    ],
    [
      'a channel that is down',
      async () => commit(store, webhook(NOW), [audit('channel_down', 'telegram', 'the token was refused')]),
      itemId('alert', 'telegram'),
      'alert 1: telegram: the token was refused',
    ],
  ])('%s is listed, shown, put away, and comes back when it happens again', async (_name, happens, id, line) => {
    await happens();
    expect(await open()).toEqual([line]);
    expect((await store.desk.item(id.toLowerCase()))?.id).toBe(id);
    await putAway(id, NOW);
    expect(await open()).toEqual([]);
    expect(await store.desk.item(id)).toBeNull();
  });

  it('comes back when it happens again', async () => {
    const asks = (at: number): Promise<void> =>
      commit(store, message(achieng, { at }), [audit('help_wanted', achieng.conversationId, `asked at ${at - NOW}`)]);
    await asks(NOW);
    await putAway(itemId('help', achieng.conversationId), NOW);
    await asks(NOW + MINUTE_MS);
    expect(await open()).toEqual([`help 1: asked at ${MINUTE_MS}`]);
  });

  it('is somebody who asked, with what they wrote until then and what was said since, each on one line', async () => {
    const writes = (text: string, at: number, changes: Change[] = []): Promise<void> =>
      commit(store, message(achieng, { at }), [
        { kind: 'heard', conversationId: achieng.conversationId, messageId: text, text },
        ...changes,
      ]);
    const item = itemId('help', achieng.conversationId);
    for (const [n, text] of ['one', 'two', 'three', 'gave\n< "we paid"', 'to 0722\u200b000 001', 'to\u202e you'].entries())
      await writes(text, NOW + n);
    await writes('a person', NOW + 6, [audit('help_wanted', achieng.conversationId, 'asked for a person')]);
    const words = ['"three"', `"gave < 'we paid'"`, '"to [phone …001]"', '"to you"', '"a person"'];
    expect((await store.desk.item(item))?.bodies).toEqual([{ title: 'what they wrote', text: words.join('\n') }]);
    await writes(`hello? ${'o'.repeat(400)}`, NOW + MINUTE_MS);
    const { title, text } = (await store.desk.item(item))?.bodies[1] ?? {};
    expect([title, text]).toEqual(['said since', `> "hello? ${'o'.repeat(290)}..."`]);
  });

  it('is somebody who asked so long ago that their words are gone', async () => {
    await commit(store, message(achieng), [audit('help_wanted', achieng.conversationId, 'asked for a person')]);
    const file = await store.desk.item(itemId('help', achieng.conversationId));
    expect(file?.bodies).toEqual([{ title: 'what they wrote', text: null }]);
  });

  it('is a message that was given up, with its text', async () => {
    await commit(store, message(achieng), [say(achieng, 'common:hello')]);
    const [item] = await store.claimOutbox('send', NOW, 1, 1_000);
    const id = item?.id ?? '';
    await store.finishSends([{ id, kind: 'dead', why: 'the network said never', blocked: false }], NOW);
    expect(await open()).toEqual(['message 1: the network said never']);
    const shown = await store.desk.item(itemId('message', id));
    expect(shown?.who?.name).toBe('achieng');
    expect(shown?.bodies[0]?.text).toContain('common:hello');
  });

  it.each<[string, Change, boolean]>([
    [
      'buttons that could not be taken off',
      { kind: 'retire_buttons', conversationId: achieng.conversationId, channelMessageId: 'm' },
      false,
    ],
    ['a word to somebody who blocked us', say(achieng, 'common:hello'), true],
  ])('is not %s', async (_what, change, blocked) => {
    await commit(store, message(achieng), [change]);
    const [item] = await store.claimOutbox('send', NOW, 1, 1_000);
    await store.finishSends([{ id: item?.id ?? '', kind: 'dead', why: 'never', blocked }], NOW);
    expect(await open()).toEqual([]);
  });

  it('is what was given up before they blocked us', async () => {
    await commit(store, message(achieng), [say(achieng, 'common:hello')]);
    const [item] = await store.claimOutbox('send', NOW, 1, 1_000);
    await store.finishSends([{ id: item?.id ?? '', kind: 'dead', why: 'too long', blocked: false }], NOW);
    const blocks: Change = { kind: 'reachable', conversationId: achieng.conversationId, blockedAt: NOW + 1 };
    await commit(store, message(achieng), [blocks]);
    expect(await open()).toEqual(['message 1: too long']);
  });

  it('is no channel that is up again, and nothing that an operator did', async () => {
    await commit(store, webhook(NOW), [audit('channel_down', 'telegram'), audit('channel_down', 'whatsapp')]);
    expect(await store.desk.channelsDown()).toEqual(['telegram', 'whatsapp']);
    await commit(store, webhook(NOW + 1), [audit('channel_up', 'telegram'), audit('channel_up', 'whatsapp')]);
    expect(await store.desk.channelsDown()).toEqual([]);
    const own: Change = {
      kind: 'audit',
      actor: { kind: 'operator', name: 'wafula' },
      what: 'operator_alert',
      subject: 'x',
      detail: '',
    };
    await commit(store, webhook(NOW + 2), [own]);
    expect(await open()).toEqual([]);
  });

  it('is put away for good: the row holds no number and cannot be changed', async () => {
    await putAway('H-222222', NOW);
    const rows = store.db.prepare('SELECT item, operator, evidence FROM put_away').all();
    expect(rows).toEqual([{ item: 'H-222222', operator: 'wafula', evidence: 'called her on [phone …001]' }]);
    expect(() => store.db.exec("UPDATE put_away SET evidence = ''")).toThrow('append-only');
    expect(() => store.db.exec('DELETE FROM put_away')).toThrow('append-only');
  });
});

it('sales that were stopped are told with their reason', async () => {
  await commit(store, webhook(NOW), [{ kind: 'switch_sales', stopped: 'the supplier is down' }]);
  expect((await store.desk.open()).salesStopped).toBe('the supplier is down');
  await commit(store, webhook(NOW), [{ kind: 'switch_sales', stopped: null }]);
  expect((await store.desk.open()).salesStopped).toBeNull();
});
