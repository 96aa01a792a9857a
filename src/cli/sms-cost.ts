/**
 * `jaza sms-cost`: what an SMS costs, for everybody, for an app or for one customer. A price holds for purchases from then on, at once
 * and beside a running server; what was bought keeps the price that it was bought at.
 */

import type { Command } from 'commander';
import {
  DEFAULT_PRICE_MILLIKES,
  formatMilliKes,
  priceFor,
  type Buyer,
  type PriceInForce,
  type PriceScope,
} from '../domain/tariff.ts';
import { clockInNairobi } from '../domain/nairobi.ts';
import type { ApiKey } from '../ports/api-keys.ts';
import type { SetPrice } from '../ports/wallet.ts';
import { apiKeysOf } from '../store/sqlite/api-keys.ts';
import { dbTransactions } from '../store/sqlite/db-transaction.ts';
import { walletsReader } from '../store/sqlite/read-wallets.ts';
import { operatorName } from './common.ts';
import { complain, lookingInto, print, telling } from './console.ts';
import { appIdOf, ownerInWords, priceInWords, priceOf, userIdOf } from './wallet-arguments.ts';

interface ScopeOptions {
  readonly app?: string;
  readonly user?: string;
  readonly operator?: string;
}

export function smsCostCommand(program: Command): void {
  const cost = program
    .command('sms-cost')
    .description('What an SMS costs: for everybody, for an app, for one customer. The most specific price wins.')
    .addHelpText('after', '\nExamples:\n  npx jaza sms-cost list\n  npx jaza sms-cost set 0.5 --app shop1 --user u1');
  cost
    .command('list', { isDefault: true })
    .description('The prices in force, the widest first, with who set them.')
    .addHelpText('after', '\nExample:\n  npx jaza sms-cost list')
    .action(async () => {
      process.exitCode = await list();
    });
  scoped(cost.command('set'))
    .description('Set a price in KES: of the platform, or with --app and --user of an app or a customer.')
    .argument('<price>', 'KES for one SMS, as in 0.80', priceOf)
    .addHelpText(
      'after',
      '\nThe app is the one that a key was made for (api-key create --app), or that a request names as appId; the name of a key is none.' +
        '\n\nExamples:\n  npx jaza sms-cost set 0.80\n  npx jaza sms-cost set 0.6 --app shop1\n  npx jaza sms-cost set 0.5 --app shop1 --user u1\n  npx jaza sms-cost set 0.7 --user u2',
    )
    .action(async (milliKes: number, options: ScopeOptions) => {
      process.exitCode = await set(options, milliKes);
    });
  scoped(cost.command('remove'))
    .description('Take a price away: the next wider one holds again.')
    .addHelpText('after', '\nExample:\n  npx jaza sms-cost remove --app shop1 --user u1')
    .action(async (options: ScopeOptions) => {
      process.exitCode = await set(options, null);
    });
}

function scoped(command: Command): Command {
  return command
    .option('--app <appId>', 'of this app, as `npx jaza api-key list` shows it', appIdOf)
    .option('--user <userId>', 'of this customer: in that app, or without --app wherever they buy', userIdOf)
    .option('--operator <name>', 'who says so; otherwise whoever is logged in');
}

function scopeOf({ app, user }: ScopeOptions): PriceScope {
  if (user !== undefined) return { level: 'customer', appId: app ?? null, userId: user };
  return app === undefined ? { level: 'platform' } : { level: 'app', appId: app };
}

async function list(): Promise<number> {
  return lookingInto((db) => {
    const rows = walletsReader(db)
      .prices()
      .map(({ scope, milliKes, setBy, setAt }) => [
        scopeInWords(scope),
        `KES ${formatMilliKes(milliKes)}`,
        `set by ${setBy}, ${clockInNairobi(setAt)}`,
      ]);
    rows.unshift(['where nothing is set', `KES ${formatMilliKes(DEFAULT_PRICE_MILLIKES)}`, '']);
    const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
    print(rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')).map((row) => row.trimEnd()));
    return 0;
  });
}

async function set(options: ScopeOptions, milliKes: number | null): Promise<number> {
  const scope = scopeOf(options);
  let prices: readonly SetPrice[] = [];
  let keys: readonly ApiKey[] = [];
  const looked = await lookingInto(async (db) => {
    prices = walletsReader(db).prices();
    keys = await apiKeysOf(db, dbTransactions(db)).list();
    return 0;
  });
  if (looked !== 0) return looked;
  const whose = scopeInWords(scope);
  const before = inForce(prices, scope);
  const others = prices.filter((one) => scopeInWords(one.scope) !== whose);
  if (milliKes === null && others.length === prices.length)
    return complain(`There is no price of ${whose}: ${priceInWords(before)}. See: npx jaza sms-cost list`);
  const code = await telling(
    { kind: 'price', scope, milliKes, actor: { kind: 'operator', name: operatorName(options.operator) } },
    {
      look: 'sms-cost list',
      done: () =>
        milliKes === null
          ? `The price of ${whose} is taken away. Now: ${priceInWords(inForce(others, scope))}.`
          : `The price of ${whose} is KES ${formatMilliKes(milliKes)} for one SMS now. Before: ${priceInWords(before)}.`,
      refused: (detail) => `The price is as it was: ${detail}`,
    },
  );
  const hint = milliKes === null ? null : appHint(scope, keys);
  if (code === 0 && hint !== null) process.stderr.write(`${hint}\n`);
  return code;
}

/** A price of an app that no key acts for is easily a mistake: the name of a key is no app. Null: some key does. */
function appHint(scope: PriceScope, keys: readonly ApiKey[]): string | null {
  if (scope.level === 'platform' || scope.appId === null) return null;
  const { appId } = scope;
  const good = keys.filter(({ revokedAt }) => revokedAt === null);
  if (good.some((key) => key.appId === appId)) return null;
  const namesake = good.find(({ name }) => name === appId);
  const mixedUp =
    namesake === undefined
      ? ''
      : ` The key named ${appId} acts for ${namesake.appId === null ? 'no app' : `app ${namesake.appId}`}: the name of a key is no app.`;
  return (
    `No key acts for app ${appId}, so this price holds only where a request says "appId": "${appId}".${mixedUp}` +
    ` A key for it: npx jaza api-key create --app ${appId} --name ... --scope ... For everybody: npx jaza sms-cost set ... without --app.`
  );
}

/** What holds for somebody whom this scope is about. */
function inForce(prices: readonly SetPrice[], scope: PriceScope): PriceInForce {
  const buyer: Buyer = {
    appId: scope.level === 'platform' ? null : scope.appId,
    // Nobody is called so: what is set for one customer is not the price of an app.
    userId: scope.level === 'customer' ? scope.userId : '',
  };
  return priceFor(prices, buyer);
}

function scopeInWords(scope: PriceScope): string {
  if (scope.level === 'platform') return 'the platform';
  if (scope.level === 'app') return `app ${scope.appId}`;
  return `customer ${ownerInWords(scope)}`;
}
