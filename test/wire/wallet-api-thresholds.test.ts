/** Thresholds over the API, as another program meets them: set, changed, seen, removed, and everything that is refused with nothing changed. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commit, message, person, phones, welcome } from '../contracts/store-world.ts';
import { stopHttp } from './http-world.ts';
import { NOW, openApiWorld, SHOPS_CONTACT, topUp, type ApiWorld } from './wallet-api-world.ts';

let api: ApiWorld;
let key: string;
beforeEach(async () => {
  api = await openApiWorld();
  key = await api.key();
  await api.post('/api/sms-wallet/topup', topUp(), key);
});
afterEach(async () => {
  await stopHttp();
  await api.close();
});

const SET = '/api/sms-wallet/set-threshold';
const REMOVE = '/api/sms-wallet/remove-threshold';
const LIST = '/api/sms-wallet/thresholds?userId=shop-1045';

/** As the specification lists its fields, and the addresses that it leaves out. */
function threshold(more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    userId: 'shop-1045',
    thresholdAmount: 100,
    alertType: 'sms',
    notificationMethod: 'sms',
    alertMessage: 'Only {balance} SMS left',
    createdBy: 'admin-1',
    recipients: { mobile: ['0722 000 001'] },
    ...more,
  };
}

function rows(table: string): unknown {
  return api.store.db.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
}

/** Of one whose owner nobody knows. */
describe('with nothing but the fields of the specification', () => {
  const bare = (): Record<string, unknown> => threshold({ recipients: undefined });

  it('is set, and says that nobody can be told yet and what to do about it', async () => {
    const { status, body } = await api.post(SET, bare(), key);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'success',
      thresholdAmount: 100,
      recipients: { email: null, mobile: null, chat: null },
    });
    expect(body['message']).toMatch(
      /^An alert goes out below 100 SMS, but nobody can be told yet: .* Name recipients .*jaza wallet link/,
    );
    expect((await api.post(SET, threshold(), key)).body['message']).toBe('An alert goes out below 100 SMS.');
  });

  it('is told to the owner once they are known, with the daily look, also where it was crossed before', async () => {
    await api.post(SET, bare(), key);
    await api.post('/api/sms-wallet/debit', { userId: 'shop-1045', units: 450, idempotencyKey: 'd1', reason: 'campaign' }, key);
    const told = (): unknown[] => api.store.db.prepare('SELECT way, address, state FROM alert_send').all();
    expect(told()).toEqual([]);
    await commit(api.store, message(person('mum')), [
      welcome(person('mum')),
      {
        kind: 'link_wallet',
        owner: { appId: null, userId: 'shop-1045' },
        customerId: person('mum').customerId,
        linkedBy: 'njeri',
      },
    ]);
    expect(told()).toEqual([]);
    const [due] = await api.store.dueTimers(NOW + 24 * 60 * 60_000, 10);
    if (due === undefined) throw new Error('nobody looks at the threshold again');
    await api.runner.submit([{ kind: 'timer', id: 'look-1', at: NOW + 24 * 60 * 60_000, ...due }]);
    expect(told()).toEqual([{ way: 'chat', address: 'telegram:chat-mum', state: 'waiting' }]);
  });
});

describe('a threshold', () => {
  it('that is set again with the same number is what was said last: words, ways, addresses, quiet hours', async () => {
    await api.post(SET, threshold(), key);
    const anew = {
      alertType: 'both',
      notificationMethod: 'email',
      alertMessage: '{balance} left, {user}',
      recipients: { mobile: ['0733 000 002'], email: ['duka@example.com'] },
      quietHours: { from: '21:00', to: '06:00' },
    };
    await api.post(SET, threshold(anew), key);
    const { body } = await api.get(LIST, key);
    expect(body['thresholds']).toMatchObject([
      {
        ...anew,
        thresholdAmount: 100,
        recipients: { mobile: ['254733000002'], email: ['duka@example.com'] },
      },
    ]);
  });

  it('is set, changed, seen and removed; each creator has one', async () => {
    expect(await api.post(SET, threshold(), key)).toMatchObject({
      status: 200,
      body: {
        status: 'success',
        userId: 'shop-1045',
        thresholdAmount: 100,
        alertType: 'sms',
        notificationMethod: 'sms',
        alertMessage: 'Only {balance} SMS left',
        createdBy: 'admin-1',
        recipients: { email: null, mobile: ['254722000001'], chat: null },
        quietHours: null,
        lastAlert: null,
        message: 'An alert goes out below 100 SMS.',
      },
    });
    await api.post(SET, threshold({ createdBy: 'admin-2' }), key);
    await api.post(SET, threshold({ thresholdAmount: 200, quietHours: { from: '21:30', to: '06:05' } }), key);
    expect((await api.get(LIST, key)).body['thresholds']).toMatchObject([
      { createdBy: 'admin-1', thresholdAmount: 200, quietHours: { from: '21:30', to: '06:05' } },
      { createdBy: 'admin-2', thresholdAmount: 100 },
    ]);
    const gone = await api.post(REMOVE, { userId: 'shop-1045', createdBy: 'admin-2' }, key);
    expect(gone).toMatchObject({ status: 200, body: { createdBy: 'admin-2' } });
    expect((await api.get(LIST, key)).body['thresholds']).toHaveLength(1);
  });

  it('is low already: told at once, and seen as told', async () => {
    const answer = await api.post(SET, threshold({ thresholdAmount: 5_000 }), key);
    expect(answer.body['lastAlert']).toBe('2026-11-23T09:00:00.000Z');
    expect(rows('alert')).toBe(1);
    await api.post(SET, threshold({ thresholdAmount: 5_000 }), key);
    expect(rows('alert')).toBe(1);
  });

  it('of an app is reached by that app’s key alone', async () => {
    const acme = await api.key(undefined, 'acme');
    expect(await api.post(SET, threshold(), acme)).toMatchObject({ status: 404, body: { code: 'unknown_user' } });
    expect((await api.get(`${LIST}&appId=other`, acme)).status).toBe(403);
  });
});

describe('is refused, with nothing changed', () => {
  afterEach(() => expect(rows('threshold')).toBe(0));

  it.each(Object.keys(threshold()).filter((field) => field !== 'recipients'))('without %s', async (field) => {
    const { [field]: _left, ...rest } = threshold();
    const { status, body } = await api.post(SET, rest, key);
    expect({ status, code: body['code'] }).toEqual({ status: 400, code: 'invalid_request' });
    expect(body['errors']).toMatchObject([{ field }]);
  });

  it.each<[string, Record<string, unknown>]>([
    ['thresholdAmount', { thresholdAmount: 0 }],
    ['thresholdAmount', { thresholdAmount: -5 }],
    ['thresholdAmount', { thresholdAmount: 0.5 }],
    ['thresholdAmount', { thresholdAmount: 1e12 }],
    ['thresholdAmount', { thresholdAmount: '100' }],
    ['alertType', { alertType: 'pigeon' }],
    ['notificationMethod', { notificationMethod: 'both' }],
    ['alertMessage', { alertMessage: '   ' }],
    ['alertMessage', { alertMessage: 'x'.repeat(460) }],
    ['alertMessage', { alertMessage: 'x'.repeat(60_000) }],
    ['alertMessage', { alertMessage: '\u001b[31mred' }],
    ['alertMessage', { alertMessage: 'a\u202eb' }],
    ['alertMessage', { alertMessage: 7 }],
    ['alertMessage', { alertMessage: 'Only {balances} left' }],
    ['createdBy', { createdBy: '' }],
    ['recipients.mobile.0', { recipients: { mobile: ['12'] } }],
    ['recipients.mobile.0', { recipients: { mobile: ['+14155550100'] } }],
    ['recipients.mobile', { recipients: { mobile: '0722000001' } }],
    ['recipients.mobile', { recipients: { mobile: ['0722000001', '254722000001'] } }],
    ['recipients.email.0', { recipients: { email: ['nobody'] } }],
    ['recipients.email.0', { recipients: { email: ['a@example.com\r\nBcc: b@example.com'] } }],
    ['recipients.email', { recipients: { email: Array.from({ length: 11 }, (_, at) => `a${at}@example.com`) } }],
    ['recipients.chat.0', { recipients: { chat: ['signal:1'] } }],
    ['recipients.chat.0', { recipients: { chat: ['telegram:'] } }],
    ['recipients', { recipients: { pigeon: [] } }],
    ['quietHours.from', { quietHours: { from: '9', to: '07:00' } }],
    ['quietHours.to', { quietHours: { from: '21:00', to: '24:00' } }],
  ])('with a wrong %s: %j', async (field, wrong) => {
    const { status, body } = await api.post(SET, threshold(wrong), key);
    expect(status).toBe(400);
    expect(body['errors']).toMatchObject([{ field }]);
  });

  it.each<[string, Record<string, unknown>, number, string]>([
    ['of somebody who has no wallet', { userId: 'nobody' }, 404, 'unknown_user'],
    ['that nobody may be told of', { recipients: { mobile: [], email: [], chat: [] } }, 422, 'no_recipient'],
  ])('%s', async (_case, wrong, status, code) => {
    expect(await api.post(SET, threshold(wrong), key)).toMatchObject({ status, body: { code } });
  });

  it('with a word in braces that is none of those that are filled in, which it names', async () => {
    const { body } = await api.post(SET, threshold({ alertMessage: 'Only {balances} left' }), key);
    expect(body['detail']).toBe('alertMessage: may name in braces only {balance}, {threshold}, {user}, {days}');
  });

  it('by an app for a chat of somebody else, which the shop’s own key may name', async () => {
    await commit(api.store, message(person('boss')), [welcome(person('boss'))]);
    const acme = await api.key(undefined, 'acme');
    await api.post('/api/sms-wallet/topup', topUp(), acme);
    for (const chat of ['telegram:chat-boss', 'telegram:nobody']) {
      const refused = await api.post(SET, threshold({ recipients: { chat: [chat] } }), acme);
      expect(refused).toMatchObject({ status: 422, body: { code: 'unknown_recipient' } });
      expect(refused.body['detail']).toContain(`${chat} is not known as theirs`);
    }
    // Nor does that key learn who writes to us: the answer is the same, whether anybody does or not, or wants no alerts.
    let name = 0;
    const set = async (chat: string, thresholdAmount = 100): Promise<[number, string]> => {
      name += 1;
      const asked = threshold({ thresholdAmount, createdBy: `admin-${name}`, recipients: { chat: [chat] } });
      const { status, body } = await api.post(SET, asked, key);
      const { body: listed } = await api.get(LIST, key);
      const shown = (listed['thresholds'] as Record<string, unknown>[]).find(({ createdBy }) => createdBy === `admin-${name}`);
      await api.post(REMOVE, { userId: 'shop-1045', createdBy: `admin-${name}` }, key);
      return [status, JSON.stringify([body, shown]).replaceAll(chat, '').replaceAll(`admin-${name}`, '')];
    };
    const known = await set('telegram:chat-boss');
    expect([known[0], await set('telegram:nobody')]).toEqual([200, known]);
    // Also where it is told at once, because the balance is low already.
    const told = await set('telegram:chat-boss', 1_000);
    expect(api.store.db.prepare("SELECT state FROM alert_send WHERE way = 'chat'").pluck().all()).toEqual(['waiting']);
    expect([told[0], await set('telegram:nobody', 1_000)]).toEqual([200, told]);
    await commit(api.store, message(person('boss')), [
      { kind: 'stop_alerts', customerId: person('boss').customerId, stopped: true },
    ]);
    expect(await set('telegram:chat-boss')).toEqual(known);
  });

  it('with a text that leads somewhere, for anybody but the user’s own addresses, whoever these belong to', async () => {
    await commit(api.store, message(person('mum')), [welcome(person('mum'))]);
    const alertMessage = 'You won! Call 0711 000 111 or see evil.example';
    for (const recipients of [
      { mobile: ['0722 000 001'] },
      { email: ['a@example.com'] },
      { chat: ['telegram:chat-mum'] },
      { chat: ['telegram:nobody'] },
    ]) {
      const refused = await api.post(SET, threshold({ alertMessage, recipients }), key);
      expect(refused).toMatchObject({ status: 422, body: { code: 'text_not_for_others' } });
      expect(refused.body['detail']).toContain('Nothing was changed.');
    }
    expect(rows('threshold')).toBe(0);
    expect((await api.post(SET, threshold({ alertMessage, recipients: undefined }), key)).status).toBe(200);
    const shops = `Call ${SHOPS_CONTACT}, {balance} left`;
    expect((await api.post(SET, threshold({ alertMessage: shops }), key)).body['alertMessage']).toBe(shops);
    await api.post(REMOVE, { userId: 'shop-1045', createdBy: 'admin-1' }, key);
  });

  it('by a key that may not', async () => {
    const reader = await api.key(['wallet:read']);
    expect(await api.post(SET, threshold(), reader)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect((await api.get(LIST, reader)).status).toBe(403);
    expect((await api.post(REMOVE, { userId: 'shop-1045', createdBy: 'a' }, reader)).status).toBe(403);
  });

  it('whose only number wants nothing from us', async () => {
    await commit(api.store, message(person('mum')), [{ kind: 'stop_prompts', phone: phones.achieng, stopped: true }]);
    expect(await api.post(SET, threshold(), key)).toMatchObject({ status: 422, body: { code: 'no_recipient' } });
  });

  it('as what the user sets in the chat: it is theirs alone to change and to remove', async () => {
    const refused = { status: 422, body: { code: 'reserved_creator' } };
    expect(await api.post(SET, threshold({ createdBy: 'chat' }), key)).toMatchObject(refused);
    expect(await api.post(SET, threshold({ createdBy: ' chat ' }), key)).toMatchObject(refused);
    expect(await api.post(REMOVE, { userId: 'shop-1045', createdBy: 'chat' }, key)).toMatchObject(refused);
  });

  it('when there is none to remove', async () => {
    expect(await api.post(REMOVE, { userId: 'shop-1045', createdBy: 'admin-1' }, key)).toMatchObject({
      status: 404,
      body: { code: 'unknown_threshold' },
    });
  });
});

it('a wallet has twenty at most', async () => {
  for (let at = 0; at < 20; at += 1) await api.post(SET, threshold({ createdBy: `admin-${at}` }), key);
  expect(await api.post(SET, threshold({ createdBy: 'one-more' }), key)).toMatchObject({
    status: 409,
    body: { code: 'too_many_thresholds' },
  });
  expect((await api.post(SET, threshold({ createdBy: 'admin-3', thresholdAmount: 7 }), key)).status).toBe(200);
  expect(rows('threshold')).toBe(20);
});
