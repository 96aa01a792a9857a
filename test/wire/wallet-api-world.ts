/** The API of the SMS wallet over a real server and a real store, and a client that knows only the specification. */

import type { Limits } from '../../src/domain/limits.ts';
import { createApi } from '../../src/http/api/api.ts';
import { ManualClock } from '../../src/lib/clock.ts';
import { digestOf } from '../../src/lib/ids.ts';
import { silentLog } from '../../src/lib/log.ts';
import { API_SCOPES, type ApiScope } from '../../src/ports/api-keys.ts';
import { createTurnRunner, type TurnRunner } from '../../src/services/turn-runner.ts';
import { thresholdDesk } from '../../src/services/threshold-desk.ts';
import { walletDesk, type WalletDesk } from '../../src/services/wallet-desk.ts';
import { needsOf } from '../../src/services/needs-of.ts';
import { FLOWS } from '../../src/wiring.ts';
import { openSqliteStore, type SqliteStore } from '../../src/store/sqlite/open.ts';
import { rulesOf } from '../support/decisions.ts';
import { startHttp } from './http-world.ts';

export const SHOPS_CONTACT = '0700 000 000';
export const NOW = Date.UTC(2026, 10, 23, 9);

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: Record<string, unknown>;
  readonly text: string;
  readonly headers: Headers;
}

export interface ApiWorld {
  readonly url: string;
  readonly store: SqliteStore;
  readonly clock: ManualClock;
  readonly desk: WalletDesk;
  readonly runner: Pick<TurnRunner, 'submit'>;
  /** Makes a key that may do this. */
  key(scopes?: readonly ApiScope[], appId?: string | null): Promise<string>;
  get(path: string, key?: string): Promise<Answer>;
  post(path: string, body: unknown, key?: string, headers?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
}

/** `limits`: in place of the usual ones. */
export async function openApiWorld(limits: Partial<Limits> = {}, startAt = NOW): Promise<ApiWorld> {
  const clock = new ManualClock(startAt);
  const store = await openSqliteStore({ path: ':memory:', clock, log: silentLog, needsOf: (session) => needsOf(session, FLOWS) });
  const usual = rulesOf();
  const business = { ...usual.business, supportContact: SHOPS_CONTACT, limits: { ...usual.business.limits, ...limits } };
  const runner = createTurnRunner({ store, rules: { ...usual, business }, log: silentLog, committed: () => undefined });
  const { wallets, apiKeys } = store;
  const desk = walletDesk(wallets, runner, clock);
  const thresholds = thresholdDesk(wallets, runner, clock, SHOPS_CONTACT);
  const api = createApi({ desk, thresholds, wallets, keys: apiKeys, clock, log: silentLog, version: '0' });
  const { url } = await startHttp({ routes: [api] });
  let keys = 0;

  const send = async (path: string, init: RequestInit, key: string | undefined): Promise<Answer> => {
    const headers = new Headers(init.headers);
    if (key !== undefined) headers.set('authorization', `Bearer ${key}`);
    const response = await fetch(`${url}${path}`, { ...init, headers });
    const text = await response.text();
    const type = response.headers.get('content-type') ?? '';
    const body = type.includes('json') ? (JSON.parse(text) as Record<string, unknown>) : {};
    return { status: response.status, type, body, text, headers: response.headers };
  };
  return {
    url,
    store,
    clock,
    desk,
    runner,
    async key(scopes = API_SCOPES, appId = null) {
      keys += 1;
      const key = `jaza_${digestOf(`key ${keys}`)}`;
      await apiKeys.create({ name: `program-${keys}`, appId, scopes, createdAt: NOW }, digestOf(key));
      return key;
    },
    get: (path, key) => send(path, {}, key),
    post: (path, body, key, headers = {}) =>
      send(
        path,
        {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: typeof body === 'string' ? body : JSON.stringify(body),
        },
        key,
      ),
    close: () => store.close(),
  };
}

/** As the specification lists its fields; another transactionId is of another payment. */
export function topUp(more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    userId: 'shop-1045',
    purchaseAmount: 400,
    paymentMethod: 'mpesa',
    paymentReference: typeof more['transactionId'] === 'string' ? `SKJ-${more['transactionId']}` : 'SKJ4X8Y2ZQ',
    paymentStatus: 'success',
    transactionId: 'tx-1',
    topupDate: '2026-11-23T12:00:00+03:00',
    ...more,
  };
}
