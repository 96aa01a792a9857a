/**
 * Owns the upstream of a round: the one place that knows what truly happened to each purchase. It counts every request of which a
 * byte came, whole or broken off, lets payers approve or decline as planned, and sends real webhooks, to a shop that may be dead.
 */

import { setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sleep } from '../../src/lib/clock.ts';
import { singlePost } from '../../src/lib/single-post.ts';
import type { Moment, UpstreamPlan } from './plan.ts';

export interface Purchase {
  /** Our order's reference, as the upstream got it. */
  readonly note: string;
  readonly fields: Readonly<Record<string, string>>;
  /** Requests of which at least one byte came. */
  requests: number;
  /** How it truly ended; null: nobody paid and nobody refused. */
  ended: 'delivered' | 'cancelled' | 'refused' | null;
  /** A webhook was answered with 2xx: the shop has promised to know it. */
  webhookTaken: boolean;
}

export interface Upstream {
  readonly url: string;
  readonly purchases: ReadonlyMap<string, Purchase>;
  /** Requests that broke off before they could be read. */
  readonly unread: () => number;
  /** Resolves when every webhook that is repeated until it is taken was taken. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export interface UpstreamOptions {
  readonly webhookUrl: string;
  readonly planFor: (payer: string) => UpstreamPlan;
  readonly reached: (moment: Moment) => void;
}

const REPEAT_AFTER_MS = 150;

export async function openKillsUpstream(options: UpstreamOptions): Promise<Upstream> {
  const purchases = new Map<string, Purchase>();
  const webhooks = new Set<Promise<void>>();
  const closing = new AbortController();
  setMaxListeners(0, closing.signal);
  let unread = 0;
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const fields = readFields(body);
      if (fields !== null) return serve(fields, response);
      unread += 1;
      // Nobody can act on half a request; that a byte of it came counts all the same.
      const note = /"note":"(\w+)"/.exec(body)?.[1];
      if (note !== undefined) purchaseOf(note, {}).requests += 1;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  function purchaseOf(note: string, fields: Purchase['fields']): Purchase {
    const purchase = purchases.get(note) ?? { note, fields, requests: 0, ended: null, webhookTaken: false };
    purchases.set(note, purchase);
    return purchase;
  }

  function serve(fields: Purchase['fields'], response: ServerResponse): void {
    const plan = options.planFor(fields['payment_mobile'] ?? '');
    const purchase = purchaseOf(fields['note'] ?? '', fields);
    purchase.requests += 1;
    if (plan.answer === 'refuse') purchase.ended = 'refused';
    options.reached('call');
    void answer(purchase, plan, response);
    if (plan.answer === 'refuse' || plan.payer === 'ignores') return;
    const following = follow(purchase, plan);
    webhooks.add(following);
    void following.then(() => webhooks.delete(following));
  }

  async function answer(purchase: Purchase, plan: UpstreamPlan, response: ServerResponse): Promise<void> {
    if (plan.answer === 'hold') return;
    await sleep(plan.answerAfterMs, closing.signal);
    if (plan.answer === 'drop') return void response.destroy();
    const code = plan.answer === 'refuse' ? '5000' : '0000';
    const body = plan.answer === 'lost' ? '<h1>Internal Server Error</h1>' : documentOf(purchase, code, 'Requested');
    response.writeHead(plan.answer === 'lost' ? 500 : 200, { 'content-type': 'application/json' }).end(body);
    options.reached('answer');
  }

  /** The payer decides; the shop is told as planned. */
  async function follow(purchase: Purchase, plan: UpstreamPlan): Promise<void> {
    await sleep(plan.webhookAfterMs, closing.signal);
    const approved = plan.payer === 'approves';
    purchase.ended = approved ? 'delivered' : 'cancelled';
    const body = approved ? documentOf(purchase, '0000', 'Success') : documentOf(purchase, '8000', 'Cancelled');
    const send = (): Promise<boolean> => post(options.webhookUrl, body);
    const taken = (): void => void (purchase.webhookTaken = true);
    await repeated(plan.webhook, send, { signal: closing.signal, reached: options.reached, taken });
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    purchases,
    unread: () => unread,
    settled: async () => {
      while (webhooks.size > 0) await Promise.all(webhooks);
    },
    close: async () => {
      closing.abort();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Sends a webhook as often as it is planned. */
export async function repeated(
  webhook: UpstreamPlan['webhook'],
  send: () => Promise<boolean>,
  on: { readonly signal: AbortSignal; readonly reached: UpstreamOptions['reached']; readonly taken: () => void },
): Promise<void> {
  const times = { never: 0, once: 1, twice: 2, again: Infinity }[webhook];
  for (let sent = 0; sent < times && !on.signal.aborted; sent += 1) {
    on.reached('webhook');
    const taken = await send();
    if (taken) {
      on.taken();
      on.reached('taken');
    }
    if (taken && webhook === 'again') return;
    if (!taken) await sleep(REPEAT_AFTER_MS, on.signal);
  }
}

export async function post(url: string, body: string): Promise<boolean> {
  const outcome = await singlePost({ url, headers: { 'content-type': 'application/json' }, body, timeoutMs: 10_000 });
  return outcome.kind === 'answered' && outcome.status >= 200 && outcome.status <= 299;
}

/** What came of it, also when it broke off in the middle. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  try {
    for await (const chunk of request) body += (chunk as Buffer).toString('utf8');
  } catch {
    // The other side is dead: what it sent before counts.
  }
  return body;
}

/** Null: it broke off, so nobody can act on it. */
export function readFields(body: string): Purchase['fields'] | null {
  try {
    return Object.fromEntries(Object.entries(JSON.parse(body) as object).map(([key, value]) => [key, String(value)]));
  } catch {
    return null;
  }
}

/** In the layout of the answers of airtime-api.txt. */
function documentOf({ note, fields }: Purchase, code: string, status: string): string {
  return JSON.stringify({
    status: { type: code === '0000' ? 'SUCCESS' : 'FAIL', code, message: status },
    data: {
      errors: [],
      recipient: { mobile: fields['mobile'] },
      payment: { network: fields['payment_network'], mobile: fields['payment_mobile'] },
      transaction: { type: 'Airtime', reference: `UP${note}`, status, currency: 'KES', amount: fields['amount'], note, code: '' },
    },
  });
}
