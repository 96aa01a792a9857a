/** Owns the simulated upstream as tests meet it: set up on a clock of its own, asked directly, closed afterwards. */

import { msisdn } from '../../src/domain/msisdn.ts';
import { ManualClock } from '../../src/lib/clock.ts';
import { silentLog } from '../../src/lib/log.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts';

export const TOKEN = 'a12f4f9a99be83f1e631e379834864e7';
export const JANE = msisdn('254722000000');
export const JOE = msisdn('254722002000');

/** The request of the specification. */
export const FIELDS = {
  country: 'KE',
  network: 'Safaricom',
  name: 'Jane Wanjiku',
  mobile: '254722000000',
  email: 'jane.wanjiku@example.com',
  currency: 'KES',
  amount: '100',
  note: 'PAY0000001',
  payment_network: 'M-Pesa',
  payment_name: 'Joe Omondi',
  payment_mobile: '254722002000',
  payment_email: 'joe.omondi@example.com',
};

const open: Sandbox[] = [];

/** For `afterEach`. */
export async function closeAll(): Promise<void> {
  for (const sandbox of open.splice(0)) await sandbox.close();
}

/** A sandbox of its own, at the instant of the specification's example; `sent` collects its webhooks. */
export function start(more: Partial<SandboxOptions> = {}): {
  sandbox: Sandbox;
  clock: ManualClock;
  sent: { raw: string; type: string }[];
} {
  const sent: { raw: string; type: string }[] = [];
  const sendWebhook = async (raw: string, type: string): Promise<void> => void sent.push({ raw, type });
  const clock = new ManualClock(Date.parse('2022-09-24T06:45:35Z'));
  const options = { clock, log: silentLog, token: TOKEN, seed: 'test', businessName: 'Demo Limited', sendWebhook, ...more };
  const sandbox = createSandbox(options);
  open.push(sandbox);
  return { sandbox, clock, sent };
}

export const xml = (fields: object): string =>
  `<?xml version="1.0"?><xml>${Object.entries(fields)
    .map(([name, value]) => `<${name}>${String(value)}</${name}>`)
    .join('')}</xml>`;

/** Sends to the API without a server in between. */
export async function ask(
  sandbox: Sandbox,
  body: string | object,
  headers: Record<string, string> = {},
  method = 'POST',
): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const request = new Request('http://127.0.0.1/api/buy_airtime', {
    method,
    headers: { Authorization: `Bearer ${TOKEN}`, ...headers },
    ...(method === 'GET' ? {} : { body: text }),
  });
  const response = await sandbox.routes(request);
  if (response === null) throw new Error('not served');
  return response;
}

export interface Said {
  readonly status: { readonly type: string; readonly code: string; readonly message: string };
  readonly data: { readonly errors: string[]; readonly transaction?: Record<string, string> };
}

export async function said(
  sandbox: Sandbox,
  body: string | object,
  headers: Record<string, string> = {},
  method = 'POST',
): Promise<Said> {
  return (await (await ask(sandbox, body, headers, method)).json()) as Said;
}
