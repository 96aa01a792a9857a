/** The description of the API is valid OpenAPI, and every example in it does what it says. */

import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stopHttp } from './http-world.ts';
import { openApiWorld, type ApiWorld } from './wallet-api-world.ts';

interface Content {
  readonly 'application/json': { readonly example: unknown };
}
interface Described {
  readonly 'x-example-query'?: string;
  readonly requestBody?: { readonly content: Content };
  readonly responses: Record<string, { readonly content: Content }>;
}
interface Description {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Described>>;
}

let api: ApiWorld;
let description: Description;
beforeAll(async () => {
  api = await openApiWorld();
  description = (await api.get('/openapi.json')).body as unknown as Description;
});
afterAll(async () => {
  await stopHttp();
  await api.close();
});

it('is valid OpenAPI 3.1', async () => {
  expect(description.openapi).toBe('3.1.0');
  const { valid, errors } = await new Validator().validate(structuredClone(description) as unknown as Record<string, unknown>);
  expect(errors).toBeUndefined();
  expect(valid).toBe(true);
});

it('knows every operation of the specification, and the ones beside it', () => {
  const operations = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(operations.sort()).toEqual([
    'GET /api/sms-costs',
    'GET /api/sms-costs/current',
    'GET /api/sms-wallet/balance',
    'GET /api/sms-wallet/statement',
    'GET /api/sms-wallet/thresholds',
    'POST /api/sms-costs',
    'POST /api/sms-wallet/debit',
    'POST /api/sms-wallet/remove-threshold',
    'POST /api/sms-wallet/set-threshold',
    'POST /api/sms-wallet/topup',
  ]);
});

it('every example gets the answer that stands beside it', async () => {
  const key = await api.key();
  let executed = 0;
  for (const [path, methods] of Object.entries(description.paths)) {
    // As somebody reads them: what is set before what is seen.
    for (const method of Object.keys(methods).sort().toReversed()) {
      const operation = methods[method];
      const expected = operation?.responses['200']?.content['application/json'].example;
      const answer =
        method === 'get'
          ? await api.get(`${path}?${operation?.['x-example-query'] ?? ''}`, key)
          : await api.post(path, operation?.requestBody?.content['application/json'].example, key);
      expect({ path, status: answer.status, body: answer.body }).toEqual({ path, status: 200, body: expected });
      executed += 1;
    }
  }
  expect(executed).toBe(10);
});
