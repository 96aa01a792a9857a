/** Owns a shop that takes M-Pesa as tests meet it: the real client, and the simulated Daraja over HTTP on a clock that is told. */

import { kes } from '../../src/domain/money.ts';
import { msisdn } from '../../src/domain/msisdn.ts';
import { ManualClock } from '../../src/lib/clock.ts';
import { silentLog } from '../../src/lib/log.ts';
import type { CallbackReading, PaymentProvider, PaymentRequest } from '../../src/ports/payment-provider.ts';
import { createDaraja, type DarajaOptions } from '../../src/providers/daraja/client.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts';

export const PAYER = msisdn('254722002000');
export const PAYMENT: PaymentRequest = { reference: 'JZ7K2M4QPW', payer: PAYER, amountKes: kes(100) };
export const MERCHANT = {
  consumerKey: 'key-of-the-shop',
  consumerSecret: 'secret-of-the-shop',
  shortcode: '174379',
  passkey: 'passkey-of-the-shop',
};
export const callbackAddress = (reference: string): string => `https://duka.example/called/back/${reference}`;

export interface DarajaShop {
  readonly provider: PaymentProvider;
  readonly sandbox: Sandbox;
  readonly baseUrl: string;
  readonly clock: ManualClock;
  /** Callbacks as soon as they come, with the reference of their address. */
  readonly received: { readonly url: string; readonly reading: CallbackReading }[];
}

const open: Sandbox[] = [];

/** For `afterEach`. */
export async function closeShops(): Promise<void> {
  for (const sandbox of open.splice(0)) await sandbox.close();
}

export async function openShop(more: Partial<DarajaOptions> = {}, simulated: Partial<SandboxOptions> = {}): Promise<DarajaShop> {
  const received: DarajaShop['received'] = [];
  const clock = new ManualClock(Date.parse('2026-11-22T09:45:35Z'));
  const sendCallback = async (url: string, raw: string): Promise<void> =>
    void received.push({ url, reading: provider.parseCallback(raw) });
  const options = { clock, log: silentLog, token: 'airtime', seed: 'contract', businessName: 'Demo Limited', sendWebhook: null };
  const sandbox = createSandbox({ ...options, mpesa: { merchant: MERCHANT, sendCallback }, ...simulated });
  open.push(sandbox);
  const baseUrl = await sandbox.listen(0);
  const shop = { ...MERCHANT, till: null, callbackAddress, timeoutMs: 5000, clock };
  const provider = createDaraja({ baseUrl, ...shop, ...more });
  return { provider, sandbox, baseUrl, clock, received };
}

/** Asks for the payment, and gives back what it is asked about by. */
export async function requested({ provider }: DarajaShop, payment: PaymentRequest = PAYMENT): Promise<string> {
  const { answer } = await provider.request(payment);
  if (answer.kind !== 'accepted') throw new Error(`not accepted: ${JSON.stringify(answer)}`);
  return answer.upstreamReference;
}
