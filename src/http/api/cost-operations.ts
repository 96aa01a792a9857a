/** Owns the operations on what an SMS costs: the prices in force, the one that holds for somebody, and setting one. */

import type { OpenAPIHono } from '@hono/zod-openapi';
import { DEFAULT_PRICE_MILLIKES, priceFor, type PriceScope } from '../../domain/tariff.ts';
import { assert } from '../../lib/assert.ts';
import type { SetPrice } from '../../ports/wallet.ts';
import { appOf, ownerOf } from './access.ts';
import { answered, mount, type Operation } from './operation.ts';
import { problem } from './problems.ts';
import { CostsAnswer, CurrentCostAnswer, NothingAsked, OwnerQuery, SetCostRequest } from './schemas.ts';
import { deskProblem } from './desk-problems.ts';
import type { Desk } from './wallet-operations.ts';
import { MILLIKES_PER_KES } from '../../domain/money.ts';

const COSTS_EXAMPLE = {
  defaultPricePerSms: 0.8,
  costs: [{ level: 'app', appId: 'acme', userId: null, pricePerSms: 0.4, setBy: 'program-1', setAt: '2026-11-23T09:00:00.000Z' }],
};

export function costOperations(app: OpenAPIHono, desk: Desk): void {
  mount(app, desk.access, setCost(desk));
  mount(app, desk.access, listCosts(desk));
  mount(app, desk.access, currentCost(desk));
}

function setCost({ desk, wallets }: Desk): Operation<typeof SetCostRequest> {
  return {
    method: 'post',
    path: '/api/sms-costs',
    summary: 'Set or take away a price',
    description: 'A key of an app sets prices of that app only. Purchases keep the price that they were made at.',
    scopes: ['costs:write'],
    asked: SetCostRequest,
    answer: CostsAnswer,
    example: { asked: { level: 'app', appId: 'acme', pricePerSms: 0.4 }, answer: COSTS_EXAMPLE },
    problems: [],
    async handle({ level, appId: asked, userId = null, pricePerSms }, key) {
      const appId = appOf(key, asked);
      if (!appId.ok) return appId.error;
      if (level === 'platform' && key.appId !== null)
        return problem('forbidden', 'The price of the platform is not for the key of an app to set.');
      const scope = scopeOf(level, appId.value, userId);
      const set = await desk.setPrice(scope, pricePerSms, { kind: 'program', name: key.name });
      return set.ok ? answered(costsOf(await wallets.prices(), key.appId)) : deskProblem(set.error);
    },
  };
}

function listCosts({ wallets }: Desk): Operation<typeof NothingAsked> {
  return {
    method: 'get',
    path: '/api/sms-costs',
    summary: 'See all prices in force',
    description: "A key of an app sees that app's and the platform's.",
    scopes: ['costs:read'],
    asked: NothingAsked,
    answer: CostsAnswer,
    example: { asked: {}, answer: COSTS_EXAMPLE },
    problems: [],
    handle: async (_asked, key) => answered(costsOf(await wallets.prices(), key.appId)),
  };
}

function currentCost({ wallets }: Desk): Operation<typeof OwnerQuery> {
  return {
    method: 'get',
    path: '/api/sms-costs/current',
    summary: 'See what an SMS costs somebody now',
    description: 'The most specific price wins: customer, then app, then platform, then the default.',
    scopes: ['costs:read'],
    asked: OwnerQuery,
    answer: CurrentCostAnswer,
    example: {
      asked: { userId: 'customer-7', appId: 'acme' },
      answer: { userId: 'customer-7', pricePerSms: 0.4, source: 'app' },
    },
    problems: [],
    async handle(asked, key) {
      const owner = ownerOf(key, asked);
      if (!owner.ok) return owner.error;
      const { milliKes, source } = priceFor(await wallets.prices(), owner.value);
      return answered({ userId: asked.userId, pricePerSms: milliKes / MILLIKES_PER_KES, source });
    },
  };
}

function scopeOf(level: PriceScope['level'], appId: string | null, userId: string | null): PriceScope {
  if (level === 'platform') return { level };
  if (level === 'app') {
    assert(appId !== null, 'the price of an app names it');
    return { level, appId };
  }
  assert(userId !== null, 'the price of a customer names them');
  return { level, appId, userId };
}

/** A key of an app sees its own prices, and the platform's that lie under them. */
function costsOf(prices: readonly SetPrice[], appId: string | null): object {
  const rows = prices.map(({ scope, milliKes, setBy, setAt }) => ({
    level: scope.level,
    appId: scope.level === 'platform' ? null : scope.appId,
    userId: scope.level === 'customer' ? scope.userId : null,
    pricePerSms: milliKes / MILLIKES_PER_KES,
    // Names of the shop's keys, and of other apps', are none of an app's business.
    setBy: appId === null || (scope.level !== 'platform' && scope.appId === appId) ? setBy : 'shop',
    setAt: new Date(setAt).toISOString(),
  }));
  const seen = rows.filter((row) => appId === null || row.level === 'platform' || row.appId === appId);
  return { defaultPricePerSms: DEFAULT_PRICE_MILLIKES / MILLIKES_PER_KES, costs: seen };
}
