/**
 * Whatever is posted to the webhook's address: nothing is lost, nothing is bought, nothing breaks. The whole core behind real HTTP;
 * bodies that are damaged, huge, forged, or true.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { serveHttp, type Serving } from '../../src/cli/serve.ts';
import { openWorld, type ChatWorld } from '../support/chat-world.ts';
import { openUpstream, type RecordingUpstream } from './recording-upstream.ts';
import { msisdn } from '../../src/domain/msisdn.ts';

const SECRET = 'wB3kQ9xT2mN7pL5vR8sYcA';
const RECIPIENT = '254733000002';
let folder: string;
let world: ChatWorld;
let upstream: RecordingUpstream;
let serving: Serving;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jaza-webhooks-'));
  upstream = await openUpstream();
  const env = { TOPUPS_API_TOKEN: 'token', TOPUPS_BASE_URL: upstream.url, TOPUPS_WEBHOOK_SECRET: SECRET, HTTP_PORT: '0' };
  world = await openWorld({ database: join(folder, 'jaza.db'), env });
  serving = await serveHttp(world.core, []);
});
afterAll(async () => {
  await serving.close();
  await world.close();
  await upstream.close();
  rmSync(folder, { recursive: true });
});

async function post(body: string | Uint8Array, type = 'application/json', secret = SECRET): Promise<number> {
  const headers = { 'content-type': type };
  const answer = await fetch(`${serving.url}/webhooks/topups/${secret}`, { method: 'POST', headers, body });
  await answer.arrayBuffer();
  await world.settle();
  return answer.status;
}

const db = () => world.core.store.db;
const states = (): unknown[] => db().prepare('SELECT state FROM orders ORDER BY created_at, rowid').pluck().all();
const count = (sql: string): number => Number(db().prepare(sql).pluck().get());
const kept = (): number => count("SELECT count(*) FROM raw WHERE source = 'topups webhook'");
const quarantined = (): number => count("SELECT count(*) FROM audit WHERE what = 'webhook_quarantined'");

/** An order that waits for its payment: its reference, and the upstream's. */
async function ordered(): Promise<{ note: string; reference: string }> {
  await world.hear({ ownPhone: msisdn('254722000001'), content: { kind: 'text', text: 'buy 100 for 0733000002' } });
  const before = upstream.posts.length;
  await world.hear({ content: { kind: 'text', text: 'yes' } });
  await vi.waitFor(() => expect(upstream.posts).toHaveLength(before + 1));
  await world.settle();
  return { note: upstream.posts.at(-1)?.fields['note'] ?? '', reference: `REF${upstream.posts.length}` };
}

function bodyOf(more: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ amount: '100', mobile: RECIPIENT, status: 'Success', ...more });
}

describe('the webhook’s address', () => {
  it('keeps what it cannot believe, changes nothing by it, and still believes the truth', async () => {
    const order = await ordered();
    const forged = [
      '',
      'x',
      '{',
      '[]',
      'null',
      '{"status":"Success"}',
      '<xml><status>Success</status>',
      'status=Success&amount=100',
      '\u0000\u0001\u0002',
      '{"__proto__":{"status":"Success"}}',
      bodyOf({ note: 'JZAAAAAAAA' }),
      bodyOf({ ...order, amount: '1000' }),
      bodyOf({ ...order, amount: '100.01' }),
      bodyOf({ ...order, amount: undefined }),
      bodyOf({ ...order, mobile: '254722000001' }),
      bodyOf({ ...order, mobile: undefined }),
      bodyOf({ ...order, reference: 'REF999' }),
      bodyOf({ note: order.note.slice(0, -1), reference: '' }),
      `${bodyOf(order)}${bodyOf(order)}`,
    ];
    for (const body of forged) expect([body, await post(body)]).toEqual([body, 200]);
    expect(states()).toEqual(['awaiting_payment']);
    expect([kept(), quarantined()]).toEqual([forged.length, forged.length]);

    expect(await post(bodyOf(order))).toBe(200);
    expect(states()).toEqual(['delivered']);
    expect(await post(bodyOf(order))).toBe(200);
    expect(await post(bodyOf({ ...order, status: 'Failed' }))).toBe(200);
    expect(states()).toEqual(['delivered']);
    expect(count("SELECT count(*) FROM audit WHERE what = 'order_contradicted'")).toBe(1);
    expect(upstream.posts).toHaveLength(1);
  });

  it('refuses what is too long or under another secret, and keeps none of it', async () => {
    const before = kept();
    expect(await post('x'.repeat(64 * 1024 + 1))).toBe(413);
    expect(await post(bodyOf({ note: 'x' }), 'application/json', `${SECRET}x`)).toBe(404);
    expect(await post(bodyOf({ note: 'x' }), 'application/json', SECRET.slice(1))).toBe(404);
    expect(kept()).toBe(before);
  });

  it('survives whatever else is sent', async () => {
    const order = await ordered();
    const sample = bodyOf(order);
    const damaged = fc
      .tuple(fc.nat(sample.length - 1), fc.integer({ min: 1, max: 12 }), fc.string({ maxLength: 6 }))
      .map(([at, length, put]) => sample.slice(0, at) + put + sample.slice(at + length));
    const bodies = fc.oneof(damaged, fc.json(), fc.string(), fc.uint8Array({ maxLength: 200 }));
    const types = fc.constantFrom('application/json', 'text/xml', 'application/x-www-form-urlencoded', 'text/plain', 'image/png');
    await fc.assert(
      fc.asyncProperty(bodies, types, async (body, type) => {
        const before = [...states(), kept()];
        expect(await post(body, type)).toBe(200);
        const after = [...states(), kept()];
        // Only what still names the order, the amount and the mobile may be believed, and never twice.
        const names = [order.note, order.reference].some((name) => String(body).includes(name));
        const believable = names && ['100', RECIPIENT.slice(3)].every((word) => String(body).includes(word));
        if (!believable) expect(after.slice(0, -1)).toEqual(before.slice(0, -1));
        expect(after.at(-1)).toBe(Number(before.at(-1)) + 1);
      }),
      { numRuns: 150, seed: 254 },
    );
    expect(upstream.posts).toHaveLength(2);
    expect(count('SELECT count(*) FROM recorded')).toBe(0);
    expect(count('SELECT count(*) FROM poison')).toBe(0);
  }, 60_000);
});
