/**
 * Owns which M-Pesa there is: the real one, the same client over the sandbox's HTTP contract, or none. It is loaded with the first
 * request, so that nobody waits for it at the start; callbacks come in by http/webhooks.ts, or straight from the sandbox.
 */

import type { DarajaConfig } from './config-daraja.ts';
import type { Config } from './config.ts';
import { callbackPath } from './http/callback-path.ts';
import type { Clock } from './lib/clock.ts';
import { lazily } from './lib/lazily.ts';
import { randomToken } from './lib/random.ts';
import type { PaymentProvider } from './ports/payment-provider.ts';
import { readCallback } from './providers/daraja/callback.ts';
import type { SimulatedMerchant } from './sandbox/daraja-api.ts';
import type { LazySandbox } from './sandbox/lazy-sandbox.ts';
import type { SendCallback } from './sandbox/webhooks.ts';

/** Resolves when the callback is durable. */
export type OnPaymentCallback = (reference: string, raw: string) => Promise<void>;

/** A name that exists nowhere (RFC 2606): the sandbox in this process hands callbacks over without it. */
const SIMULATED_CALLBACKS = 'https://simulated.invalid/';

/** `listens`: callbacks can reach this process. Null: M-Pesa is off. */
export function paymentsOf(
  { daraja, publicUrl }: Pick<Config, 'daraja' | 'publicUrl'>,
  clock: Clock,
  listens: boolean,
  sandbox: LazySandbox | null,
): PaymentProvider | null {
  if (daraja.kind === 'off') return null;
  if (daraja.kind === 'real') {
    const callbackAddress = listens ? callbackAddressOf(daraja, publicUrl) : null;
    return lazyPayments(async () => (await client()).createDaraja({ ...daraja, callbackAddress, clock }));
  }
  const merchant = sandbox?.merchant ?? null;
  if (sandbox === null || merchant === null) return null;
  return lazyPayments(async () => {
    const [{ createDaraja }, baseUrl] = await Promise.all([client(), sandbox.address()]);
    const callbackAddress = (reference: string): string => `${SIMULATED_CALLBACKS}${reference}`;
    return createDaraja({ ...daraja, ...merchant, baseUrl, till: null, callbackAddress, clock });
  });
}

/** Null: M-Pesa cannot call back. It calls none but https; only one that is spoken to without it, a simulated one, does. */
export function callbackAddressOf(
  { baseUrl, callbackSecret: secret }: Extract<DarajaConfig, { kind: 'real' }>,
  publicUrl: string | null,
): ((reference: string) => string) | null {
  if (publicUrl === null || secret === null) return null;
  const called = publicUrl.startsWith('https:') || baseUrl.startsWith('http:');
  if (!called) return null;
  return (reference) => `${publicUrl}${callbackPath(reference, secret)}`;
}

const client = (): Promise<typeof import('./providers/daraja/client.ts')> => import('./providers/daraja/client.ts');

/** The shop as the simulated M-Pesa knows it: nobody else on this machine can ask for payments there. */
export function simulatedMerchant(): SimulatedMerchant {
  return { consumerKey: 'SIMULATED', consumerSecret: randomToken(), shortcode: '174379', passkey: randomToken() };
}

/** The sandbox's way to `take` within this process: the reference is the last part of the address. */
export function callbackTo(take: OnPaymentCallback): SendCallback {
  return async (url, raw) => take(decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? ''), raw);
}

function lazyPayments(open: () => Promise<PaymentProvider>): PaymentProvider {
  const provider = lazily(open);
  return {
    name: 'daraja',
    async request(payment) {
      const daraja = await provider();
      return daraja.ok ? daraja.value.request(payment) : { answer: { kind: 'not_sent', why: daraja.error }, raw: null };
    },
    async status(upstreamReference) {
      const daraja = await provider();
      return daraja.ok ? daraja.value.status(upstreamReference) : { answer: { kind: 'unknown', why: daraja.error }, raw: null };
    },
    parseCallback: readCallback,
    async probe() {
      const daraja = await provider();
      return daraja.ok ? daraja.value.probe() : { reachable: false, why: daraja.error };
    },
  };
}
