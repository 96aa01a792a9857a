/** Owns the contract of thresholds and alerts: what is known of them when a balance moves, and what becomes of notices that leave. */

import { expect, type TestAPI } from 'vitest';
import { OWN_ADDRESSES, type PlannedSend } from '../../src/domain/alert.ts';
import { exchange, walletAccount } from '../../src/domain/ledger.ts';
import type { NotifyEnd, NotifyWork, SetThreshold } from '../../src/ports/alert.ts';
import type { OutboxItem } from '../../src/ports/outbox.ts';
import type { Change, Store, TurnEvent } from '../../src/ports/store.ts';
import type { WalletRequest } from '../../src/ports/wallet.ts';
import { ALERT_FACTS as FACTS } from '../support/alert-facts.ts';
import { exchanged } from './store-ledger.ts';
import {
  achieng,
  commit,
  freshId,
  known,
  message,
  MINUTE_MS,
  NOW,
  phones,
  say,
  turn,
  welcomed,
  type OpenStore,
} from './store-world.ts';

const OWNER = { appId: null, userId: phones.achieng };
const WALLET = 'w-1';

const THRESHOLD: SetThreshold = {
  id: 't-1',
  createdBy: 'admin',
  units: 500,
  alertType: 'both',
  method: 'sms',
  message: 'Only {balance} left',
  quiet: { fromMinute: 1_260, toMinute: 420 },
  recipients: { ...OWN_ADDRESSES, email: ['a@example.com'] },
  armed: true,
  alertedAt: null,
  setAt: NOW,
  reminders: 0,
};

const SENDS: readonly PlannedSend[] = [
  { way: 'chat', address: 'telegram:chat-achieng', own: true, state: 'waiting' },
  { way: 'sms', address: phones.achieng, own: true, state: 'waiting' },
  { way: 'email', address: 'a@example.com', own: false, state: 'spare' },
];

const CEILING = { perAppPerHour: 9, perAppPerDay: 9, perDay: 9 };

function asking(request: WalletRequest): TurnEvent {
  const key = { kind: request.kind, appId: null, key: freshId('r'), sha256: 'x' };
  return { id: freshId('wallet'), at: NOW, kind: 'wallet', owner: OWNER, key, request, actor: { kind: 'clock' } };
}

const debit = (units: number): TurnEvent => asking({ kind: 'debit', units, reason: 'r' });

const raised: Extract<Change, { kind: 'raise_alert' }> = {
  kind: 'raise_alert',
  id: 'a-1',
  thresholdId: THRESHOLD.id,
  walletId: WALLET,
  facts: FACTS,
  language: 'en',
  sends: SENDS,
  ceiling: CEILING,
  heldFirst: false,
};

function notice(n: number, to: string = phones.achieng): NotifyWork {
  return {
    kind: 'notify',
    alert: { alertId: 'a-1', n },
    way: n === 1 ? 'sms' : 'email',
    to,
    subject: { key: 'alert:subject' },
    parts: [],
    language: 'en',
  };
}

export function alertsContract(it: TestAPI, world: () => OpenStore): void {
  const store = (): Store => world().store;
  const open = async (more: readonly Change[] = []): Promise<void> => {
    await welcomed(store(), achieng);
    const filled = exchanged({ debit: exchange('SMS'), credit: walletAccount(WALLET, 'SMS'), amount: 60_000 });
    await commit(store(), message(achieng), [
      { kind: 'open_wallet', wallet: { id: WALLET, owner: OWNER } },
      { kind: 'post', journal: filled },
      { kind: 'claim_phone', customerId: achieng.customerId, phone: phones.achieng, how: 'telegram' },
      { kind: 'set_threshold', walletId: WALLET, threshold: THRESHOLD },
      ...more,
    ]);
  };
  const about = async (event: TurnEvent) => (await known(store(), event)).wallet;
  const claim = (at = NOW): Promise<readonly OutboxItem[]> => store().claimOutbox('notify', at, 10, MINUTE_MS);
  const finish = (kind: NotifyEnd['kind'], id = '', dueAt = NOW): Promise<void> =>
    store().finishNotices([{ id, kind, dueAt, why: 'so' }], NOW);
  const failed = async () => (await store().dueTimers(NOW, 10)).map(({ timer }) => timer);
  const states = async () => {
    const timer = { kind: 'alert_failed', alertId: 'a-1', n: 0 } as const;
    const event: TurnEvent = { id: freshId('timer'), at: NOW, kind: 'timer', key: 'k', timer };
    return (await known(store(), event)).alert?.sends.map(({ state }) => state);
  };

  it('keeps a threshold as it was set, one for each creator', async () => {
    await open();
    expect((await about(debit(1)))?.thresholds).toEqual([THRESHOLD]);
    const changed = { ...THRESHOLD, units: 200, quiet: null, armed: false, alertedAt: NOW };
    await commit(store(), message(achieng), [{ kind: 'set_threshold', walletId: WALLET, threshold: changed }]);
    expect((await about(debit(1)))?.thresholds).toEqual([changed]);
    await commit(store(), message(achieng), [
      { kind: 'mark_threshold', thresholdId: THRESHOLD.id, armed: true, alertedAt: null },
    ]);
    expect((await about(debit(1)))?.thresholds).toMatchObject([{ armed: true, alertedAt: null }]);
    await commit(store(), message(achieng), [{ kind: 'remove_threshold', thresholdId: THRESHOLD.id }]);
    expect((await about(debit(1)))?.thresholds).toEqual([]);
  });

  it('looks up who could be told only where the balance may fall below an armed threshold', async () => {
    await open();
    expect((await about(debit(100)))?.alerting).toBeNull();
    const alerting = (await about(debit(101)))?.alerting;
    expect([...(alerting?.ownChats.keys() ?? [])]).toEqual(['telegram:chat-achieng']);
    expect(alerting).toMatchObject({ ownNumbers: [phones.achieng], stopped: new Set(), use: { units: 0, since: NOW } });
    expect((await about(asking({ kind: 'adjustment', units: -101, reason: 'r' })))?.alerting).not.toBeNull();
    await commit(store(), message(achieng), [
      { kind: 'mark_threshold', thresholdId: THRESHOLD.id, armed: false, alertedAt: NOW },
    ]);
    expect((await about(debit(101)))?.alerting).toBeNull();
  });

  it('knows who wants no alerts, in all their chats, and who wants them again', async () => {
    await open();
    const stop = (stopped: boolean): Promise<void> =>
      commit(store(), message(achieng), [{ kind: 'stop_alerts', customerId: achieng.customerId, stopped }]);
    await stop(true);
    const alerting = (await about(debit(200)))?.alerting;
    expect(alerting?.ownChats.get('telegram:chat-achieng')?.stopped).toBe(true);
    expect([...(alerting?.stopped ?? [])]).toEqual([`sms ${phones.achieng}`]);
    await stop(false);
    expect((await about(debit(200)))?.alerting?.stopped.size).toBe(0);
  });

  it('knows the threshold and its wallet when it is looked at again', async () => {
    await open();
    const timer = { kind: 'threshold_due', thresholdId: THRESHOLD.id } as const;
    const due: TurnEvent = { id: freshId('timer'), at: NOW, kind: 'timer', key: 'k', timer };
    expect(await about(due)).toMatchObject({ wallet: { id: WALLET }, thresholds: [THRESHOLD] });
    await commit(store(), message(achieng), [{ kind: 'remove_threshold', thresholdId: THRESHOLD.id }]);
    expect(await about(due)).toBeNull();
  });

  it('never tells a stranger twice in an hour, though two turns decided so side by side', async () => {
    await open();
    const told: Change = { ...raised, sends: [{ way: 'sms', address: phones.baraka, own: false, state: 'waiting' }] };
    await commit(store(), message(achieng), [told]);
    expect(await store().commit([turn(message(achieng), [{ ...told, id: 'a-2' }])])).toEqual([{ kind: 'stale' }]);
  });

  const outcome = async (change: Change) => (await store().commit([turn(message(achieng), [change])])).map(({ kind }) => kind);

  it('calls the operators once for what is held back, though two turns decided so side by side', async () => {
    await open();
    const held: PlannedSend = { way: 'email', address: 'b@example.com', own: false, state: 'skipped', held: true };
    const first = { ...raised, sends: [held], heldFirst: true };
    expect(await outcome(first)).toEqual(['committed']);
    expect(await outcome({ ...first, id: 'a-2' })).toEqual(['stale']);
    expect(await outcome({ ...first, id: 'a-2', heldFirst: false })).toEqual(['committed']);
  });

  it('lets no address stand in above the ceiling, though another wallet told others since it was looked at', async () => {
    await open([raised]);
    await commit(store(), message(achieng), [
      { ...raised, id: 'a-2', sends: [{ way: 'sms', address: phones.baraka, own: false, state: 'waiting' }] },
    ]);
    const instead = (perDay: number): Change => {
      return { kind: 'try_send', alert: { alertId: 'a-1', n: 2 }, ceiling: { ...CEILING, perDay } };
    };
    expect(await outcome(instead(1))).toEqual(['stale']);
    expect(await states()).toEqual(['waiting', 'waiting', 'spare']);
    expect(await outcome(instead(2))).toEqual(['committed']);
  });

  it('hands a notice to its worker alone, in order within an address', async () => {
    await open([raised, notice(1), notice(1), notice(2, 'a@example.com')]);
    for (const worker of ['send', 'call'] as const) expect(await store().claimOutbox(worker, NOW, 10, 1)).toEqual([]);
    expect(await store().nextDueAt()).toBe(NOW);
    const [first, mail] = await claim();
    expect([first?.work, mail?.work]).toEqual([
      { ...notice(1), turn: expect.any(String) as string },
      { ...notice(2, 'a@example.com'), turn: expect.any(String) as string },
    ]);
    expect(await claim()).toEqual([]);
    await finish('sent', first?.id);
    expect(await claim()).toHaveLength(1);
    expect(await states()).toEqual(['waiting', 'sent', 'spare']);
  });

  it('tries a notice again when it is due, and gives it up once', async () => {
    await open([raised, notice(1)]);
    const [item] = await claim();
    await finish('retry', item?.id, NOW + 5);
    expect(await claim()).toEqual([]);
    const [again] = await claim(NOW + 5);
    expect(again).toMatchObject({ id: item?.id, attempts: 1 });
    await finish('dead', item?.id);
    await finish('dead', item?.id);
    expect(await failed()).toEqual([{ kind: 'alert_failed', alertId: 'a-1', n: 1 }]);
    expect(await states()).toEqual(['waiting', 'failed', 'spare']);
    expect(await claim(NOW + MINUTE_MS)).toEqual([]);
  });

  it('never hands out again what may be gone: it is given up', async () => {
    await open([raised, notice(1)]);
    const [item] = await claim();
    await finish('retry', item?.id, NOW);
    expect(await claim()).toHaveLength(1);
    await store().takeOver();
    expect(await claim()).toEqual([]);
    expect(await failed()).toEqual([{ kind: 'alert_failed', alertId: 'a-1', n: 1 }]);
    await finish('sent', item?.id);
    expect(await states()).toEqual(['waiting', 'failed', 'spare']);
  });

  it.each([true, false])('finds another address for an alert that a chat did not take; blocked: %s', async (blocked) => {
    const alert: Change = { ...(say(achieng) as Extract<Change, { kind: 'say' }>), alert: { alertId: 'a-1', n: 0 } };
    await open([raised, alert, say(achieng)]);
    const [item] = await store().claimOutbox('send', NOW, 10, MINUTE_MS);
    await store().finishSends([{ id: item?.id ?? '', kind: 'dead', why: '403', blocked }], NOW);
    expect(await failed()).toEqual([{ kind: 'alert_failed', alertId: 'a-1', n: 0 }]);
    await commit(store(), message(achieng), [{ kind: 'try_send', alert: { alertId: 'a-1', n: 2 }, ceiling: CEILING }]);
    expect(await states()).toEqual(['failed', 'waiting', 'waiting']);
  });

  it('knows that a chat took an alert', async () => {
    const alert: Change = { ...(say(achieng) as Extract<Change, { kind: 'say' }>), alert: { alertId: 'a-1', n: 0 } };
    await open([raised, alert]);
    const [item] = await store().claimOutbox('send', NOW, 10, MINUTE_MS);
    await store().finishSends([{ id: item?.id ?? '', kind: 'sent', channelMessageId: '1', text: 'x' }], NOW);
    expect(await states()).toEqual(['sent', 'waiting', 'spare']);
  });
}
