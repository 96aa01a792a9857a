/** What an app learns of the prices that lie under its own: how much, and not who set them. */

import { afterEach, beforeEach, expect, it } from 'vitest';
import { stopHttp } from './http-world.ts';
import { openApiWorld, type ApiWorld } from './wallet-api-world.ts';

let api: ApiWorld;
beforeEach(async () => {
  api = await openApiWorld();
});
afterEach(async () => {
  await stopHttp();
  await api.close();
});

it('the key of an app reads who set the prices of that app, and no name behind the platform’s', async () => {
  const shop = await api.key();
  await api.post('/api/sms-costs', { level: 'platform', pricePerSms: 0.7 }, shop);
  const acme = await api.key(undefined, 'acme');
  await api.post('/api/sms-costs', { level: 'app', appId: 'acme', pricePerSms: 0.6 }, acme);
  const seen = async (key: string): Promise<unknown> =>
    ((await api.get('/api/sms-costs', key)).body['costs'] as { level: string; setBy: string }[]).map(
      ({ level, setBy }) => `${level} ${setBy}`,
    );
  expect(await seen(acme)).toEqual(['platform shop', 'app program-2']);
  expect(await seen(shop)).toEqual(['platform program-1', 'app program-2']);
});
