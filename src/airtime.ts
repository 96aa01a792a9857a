/**
 * Owns which airtime provider there is: the real one, the same client over the sandbox's HTTP contract, or none. It is loaded with the
 * first call or webhook, so that nobody waits for it at the start.
 */

import type { Config } from './config.ts';
import { lazily } from './lib/lazily.ts';
import type { AirtimeProvider } from './ports/airtime-provider.ts';
import type { LazySandbox } from './sandbox/lazy-sandbox.ts';

/** Null: airtime is off. */
export function airtimeOf({ topups }: Pick<Config, 'topups'>, sandbox: LazySandbox | null): AirtimeProvider | null {
  const client = () => import('./providers/topups/client.ts');
  if (topups.kind === 'real') return lazyAirtime(async () => (await client()).createTopups(topups));
  if (topups.kind === 'off' || sandbox === null) return null;
  return lazyAirtime(async () => {
    const [{ createTopups }, baseUrl] = await Promise.all([client(), sandbox.address()]);
    return createTopups({ ...topups, baseUrl, token: sandbox.token });
  });
}

function lazyAirtime(open: () => Promise<AirtimeProvider>): AirtimeProvider {
  const provider = lazily(open);
  return {
    name: 'topups',
    async buy(purchase) {
      const airtime = await provider();
      return airtime.ok ? airtime.value.buy(purchase) : { answer: { kind: 'not_sent', why: airtime.error }, raw: null };
    },
    async parseWebhook(raw, contentType) {
      const airtime = await provider();
      // Whoever sent it is not told that it was taken, and may send it again.
      if (!airtime.ok) throw new Error(airtime.error);
      return airtime.value.parseWebhook(raw, contentType);
    },
    async probe() {
      const airtime = await provider();
      return airtime.ok ? airtime.value.probe() : { reachable: false, why: airtime.error };
    },
  };
}
