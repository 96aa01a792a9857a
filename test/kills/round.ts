/**
 * Owns a round: one database, one crowd of people, one upstream, and the program killed again and again. Then a life in peace, one
 * with the clock a quarter of an hour ahead, in which whatever nobody heard of any more must come before a person, and the checks.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { elapsed, sleep, systemClock } from '../../src/lib/clock.ts';
import { freePort } from '../support/free-port.ts';
import { startFakeBotApi, type FakeBotApi } from '../wire/fake-bot-api.ts';
import { violations, type OrderRow } from './check.ts';
import { BREAKER_WAIT_SECONDS, createCrowd, type Crowd } from './people.ts';
import { openKillsPayments, SHOP, type PaymentsUpstream } from './payments.ts';
import { planRound, type Moment, type UpstreamPlan } from './plan.ts';
import { databaseIn, startProgram, type Life } from './program.ts';
import { openKillsUpstream, type Upstream } from './upstream.ts';
import { claimOf, isPlaced, referenceIn } from './words.ts';

export interface RoundOptions {
  readonly seed: number;
  readonly kills: number;
  readonly peoplePerLife: number;
}

export interface RoundReport {
  readonly seed: number;
  readonly violations: readonly string[];
  /** Kills by what was under way; `of old age` where the moment did not come. */
  readonly kills: Readonly<Record<string, number>>;
  readonly states: Readonly<Record<string, number>>;
  readonly people: number;
  /** Of them, whom the breaker had wait. */
  readonly waited: number;
  readonly calls: number;
  /** Pushes to M-Pesa that broke off before they could be read: they are among no calls. */
  readonly unreadPushes: number;
  readonly tookMs: number;
}

/** Shared hopes for a busy machine: peace comes within seconds on a quiet one. */
const PEACE_MS = 180_000;
const LOOK_MS = 200;
const QUARTER_OF_AN_HOUR_MS = 15 * 60_000;
const SECRET = 'wB3kQ9xT2mN7pL5vR8sYcA';

const NO_PLAN: UpstreamPlan = {
  answer: 'refuse',
  answerAfterMs: 0,
  payer: 'ignores',
  webhook: 'never',
  webhookAfterMs: 0,
};

export async function playRound(options: RoundOptions): Promise<RoundReport> {
  const from = elapsed();
  const folder = mkdtempSync(join(tmpdir(), 'jaza-kills-'));
  const [api, port] = await Promise.all([startFakeBotApi(), freePort()]);
  const lives = planRound(options.seed, options.kills, options.peoplePerLife);
  const plans = new Map(lives.flatMap(({ people }) => people.map((person) => [person.own, person.upstream] as const)));
  const scene: Scene = { life: null, troubles: [], kills: {} };
  const reached = (moment: Moment): void => scene.life?.reached(moment);
  const upstream = await openKillsUpstream({
    webhookUrl: `http://127.0.0.1:${port}/webhooks/topups/${SECRET}`,
    planFor: (payer) => plans.get(payer) ?? NO_PLAN,
    reached,
  });
  const payments = await openKillsPayments({ planFor: (payer) => plans.get(payer) ?? NO_PLAN, reached });
  const crowd = createCrowd({
    api,
    heard: ({ reference, text }) => {
      const { ended } = upstream.purchases.get(reference) ?? payments.payments.get(reference) ?? {};
      if (claimOf(text) === 'delivered' && ended !== 'delivered')
        scene.troubles.push(`${reference}: was told to be delivered before it was`);
    },
  });
  watchBotApi(api, reached);
  const start = (clockAheadMs = 0): Life =>
    (scene.life = startProgram({ folder, clockAheadMs, env: environment(api, { upstream, payments }, port) }));
  try {
    for (const plan of lives) {
      crowd.arrive(plan.people);
      const how = await start().killed(plan);
      const key = how === 'of old age' ? how : plan.moment;
      scene.kills[key] = (scene.kills[key] ?? 0) + 1;
    }
    await peace(start(), { api, upstream, payments, crowd }, scene);
    await reckoning(start(QUARTER_OF_AN_HOUR_MS), { api, crowd, folder }, scene);
    const orders = readDatabase(folder, scene.troubles);
    const people = crowd.customers.map(({ plan, heard }) => ({ plan, heard }));
    const purchases = [...upstream.purchases.values(), ...payments.payments.values()];
    return {
      seed: options.seed,
      violations: [...scene.troubles, ...violations({ people, purchases, orders })],
      kills: scene.kills,
      states: countOf(orders.map(({ state, units }) => (units === null ? state : `SMS ${state}`))),
      people: people.length,
      waited: crowd.customers.filter(({ waited }) => waited()).length,
      calls: purchases.reduce((sum, { requests }) => sum + requests, 0),
      unreadPushes: payments.unread(),
      tookMs: elapsed() - from,
    };
  } finally {
    await scene.life?.ended();
    await Promise.all([upstream.close(), payments.close(), api.close()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Scene {
  life: Life | null;
  readonly troubles: string[];
  readonly kills: Record<string, number>;
}

function environment(
  api: FakeBotApi,
  { upstream, payments }: Pick<Parts, 'upstream' | 'payments'>,
  port: number,
): Record<string, string> {
  return {
    TELEGRAM_BOT_TOKEN: api.token,
    TELEGRAM_API_ROOT: api.url,
    TOPUPS_API_TOKEN: 'token',
    TOPUPS_BASE_URL: upstream.url,
    TOPUPS_TIMEOUT_MS: '1000',
    TOPUPS_WEBHOOK_SECRET: SECRET,
    ...SHOP,
    DARAJA_BASE_URL: payments.url,
    // A question that is not answered in time is asked again at twenty minutes, which no life here sees.
    DARAJA_TIMEOUT_MS: '3000',
    DARAJA_CALLBACK_SECRET: SECRET,
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    BREAKER_WAIT_SECONDS: String(BREAKER_WAIT_SECONDS),
    HTTP_PORT: String(port),
    WEB_CHAT: 'off',
  };
}

/** Moments that show in what the program asks of Telegram; each call is seen before it is answered. */
function watchBotApi(api: FakeBotApi, reached: (moment: Moment) => void): void {
  let seen = 0;
  let offset = 0;
  api.watch(() => {
    while (seen < api.calls.length) {
      const call = api.calls[seen];
      seen += 1;
      const confirmed = call?.method === 'getUpdates' ? Number(call.params['offset'] ?? 0) : 0;
      if (confirmed > offset) reached('received');
      offset = Math.max(offset, confirmed);
      if (call?.method === 'answerCallbackQuery') reached('yes');
      if (call?.method !== 'sendMessage') continue;
      if (isPlaced(String(call.params['text']))) reached('placed');
      reached('send');
    }
  });
}

/** What somebody wrote before a kill may be answered after it, when their order has had its news. */
function lastOfOrder(heard: readonly string[]): string | undefined {
  return heard.findLast((text) => referenceIn(text) !== null);
}

interface Parts {
  readonly api: FakeBotApi;
  readonly upstream: Upstream;
  readonly payments: PaymentsUpstream;
  readonly crowd: Crowd;
}

/** Until everybody has an order and its call is over, every update was taken, and every webhook that is repeated was taken. */
async function peace(life: Life, { api, upstream, payments, crowd }: Parts, scene: Scene): Promise<void> {
  const isCalled = (heard: readonly string[]): boolean => {
    const last = lastOfOrder(heard);
    return last !== undefined && !isPlaced(last);
  };
  await inTime(scene, life, 'everybody to hear of an order that was called', async () => {
    const waiting = (): Crowd['customers'] => crowd.customers.filter(({ heard }) => !isCalled(heard));
    await api
      .until(() => waiting().length === 0, 'news of an order for everybody', PEACE_MS)
      .catch((error: unknown) => {
        const heard = waiting().map((one) => JSON.stringify([one.plan.id, one.plan.upstream, ...one.heard.slice(-6)]));
        throw new Error([String(error), ...heard].join('\n'));
      });
    await api.until(() => api.pending.length === 0, 'all updates to be taken', PEACE_MS);
    await upstream.settled();
    await payments.settled();
  });
  await ends(life, scene);
}

/** Until everybody's last word is an end, or that a person looks at it. */
async function reckoning(
  life: Life,
  { api, crowd, folder }: Pick<Parts, 'api' | 'crowd'> & { readonly folder: string },
  scene: Scene,
): Promise<void> {
  const hasEnd = (heard: readonly string[]): boolean => claimOf(lastOfOrder(heard) ?? '') !== 'under_way';
  await inTime(scene, life, 'everybody to hear an end', async () => {
    await api.until(() => crowd.customers.every(({ heard }) => hasEnd(heard)), 'an end for everybody', PEACE_MS);
    // A payment is asked about once more: what it brings is an end that comes after review.
    for (let looks = 0; !isAtRest(folder); looks += 1) {
      if (looks * LOOK_MS > PEACE_MS) throw new Error('something is still due in the database');
      await sleep(LOOK_MS);
    }
  });
  await ends(life, scene);
}

async function inTime(scene: Scene, life: Life, what: string, wait: () => Promise<void>): Promise<void> {
  try {
    await wait();
  } catch (error) {
    scene.troubles.push(`waiting for ${what}: ${String(error)}\n${life.log().slice(-2_000)}`);
  }
}

async function ends(life: Life, scene: Scene): Promise<void> {
  const code = await life.stopped();
  if (code !== 0) scene.troubles.push(`SIGTERM ended with ${String(code)}:\n${life.log().slice(-2_000)}`);
}

/** Nothing is due any more, nor out. */
function isAtRest(folder: string): boolean {
  const db = new Database(databaseIn(folder), { readonly: true });
  try {
    const due = db
      .prepare<[number], number>(
        `SELECT (SELECT count(*) FROM outbox WHERE dead_at IS NULL) + (SELECT count(*) FROM timer WHERE due_at <= ?)
           + (SELECT count(*) FROM call WHERE state <> 'answered')`,
      )
      .pluck();
    return due.get(systemClock.now() + QUARTER_OF_AN_HOUR_MS) === 0;
  } finally {
    db.close();
  }
}

/** The orders, and what is wrong with the file itself. */
function readDatabase(folder: string, troubles: string[]): readonly OrderRow[] {
  const db = new Database(databaseIn(folder), { readonly: true });
  try {
    const integrity = db.pragma('integrity_check', { simple: true });
    if (integrity !== 'ok') troubles.push(`the database is damaged: ${String(integrity)}`);
    if (db.prepare('PRAGMA foreign_key_check').all().length > 0) troubles.push('the database has rows that point nowhere');
    const left: readonly [string, string][] = [
      ['calls still to be made', "SELECT count(*) FROM outbox WHERE worker = 'call'"],
      ['events written down and never turned', 'SELECT count(*) FROM recorded'],
      ['events that broke', 'SELECT count(*) FROM poison'],
      ['calls without an end', "SELECT count(*) FROM call WHERE state != 'answered'"],
    ];
    for (const [what, sql] of left) {
      const count = Number(db.prepare(sql).pluck().get());
      if (count > 0) troubles.push(`${count} ${what}`);
    }
    return db
      .prepare<[], OrderRow>(
        `SELECT o.ref AS reference, o.state, payer.msisdn AS payer, recipient.msisdn AS recipient, o.amount_minor / 100 AS amountKes,
           o.sms_units AS units, (SELECT count(*) FROM journal j WHERE j.order_id = o.id) AS fills,
           (SELECT coalesce(sum(t.amount), 0) / 100 FROM journal j JOIN transfer t ON t.journal_id = j.id
            WHERE j.order_id = o.id AND t.credit_account LIKE 'wallet:%:SMS') AS filled
         FROM orders o JOIN phone payer ON payer.id = o.payer_phone LEFT JOIN phone recipient ON recipient.id = o.recipient_phone`,
      )
      .all();
  } finally {
    db.close();
  }
}

function countOf(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
