/** `jaza api-key`: the keys with which other programs use the SMS wallet. A key is printed once, when it is made, and kept nowhere. */

import { InvalidArgumentError, type Command } from 'commander';
import { clockInNairobi } from '../domain/nairobi.ts';
import { APP_ID } from '../domain/wallet.ts';
import { digestOf } from '../lib/ids.ts';
import { systemClock } from '../lib/clock.ts';
import { randomToken } from '../lib/random.ts';
import { API_SCOPES, type ApiKey, type ApiScope } from '../ports/api-keys.ts';
import { openSqliteStore, type SqliteStore } from '../store/sqlite/open.ts';
import { databaseConfigOrExit, logFor } from './common.ts';

interface CreateOptions {
  readonly name: string;
  readonly scope: readonly ApiScope[];
  readonly app?: string;
}

export function apiKeyCommand(program: Command): void {
  const command = program
    .command('api-key')
    .description('Make, list and revoke the keys with which other programs use the SMS wallet over HTTP.')
    .addHelpText(
      'after',
      '\nWhat a key may do cannot be changed: make a new one under another name, give it to the program, then revoke the old one.' +
        '\n\nExamples:\n  npx jaza api-key create --name shop --scope wallet:topup,wallet:read\n  npx jaza api-key list\n  npx jaza api-key revoke shop',
    );
  command
    .command('create')
    .description('Make a key and print it, this once.')
    .requiredOption('--name <name>', 'what it is for; unique', keyName)
    .requiredOption('--scope <scopes>', `what it may do, with commas between: ${API_SCOPES.join(', ')}`, scopesOf)
    .option('--app <appId>', "only that app's wallets, at that app's price; without it, every wallet", keyName)
    .addHelpText(
      'after',
      '\npayment:trust makes us believe a top-up that says it was paid: only for a program that takes payments itself.' +
        '\nThe name of a key is no app: what is set with `sms-cost set --app shop` holds for a key made with --app shop.' +
        '\n\nExamples:\n  npx jaza api-key create --name shop --scope wallet:topup,wallet:read,payment:trust' +
        '\n  npx jaza api-key create --name shop-app --app shop --scope wallet:topup,wallet:read,payment:trust',
    )
    .action(async (options: CreateOptions) => {
      process.exitCode = await withKeys((store) => create(store, options));
    });
  command
    .command('list')
    .description('Print the keys by name, never the keys themselves.')
    .addHelpText('after', '\nExample:\n  npx jaza api-key list')
    .action(async () => {
      process.exitCode = await withKeys(list);
    });
  command
    .command('revoke <name>')
    .description('End a key at once. It cannot be undone: make a new one.')
    .addHelpText('after', '\nExample:\n  npx jaza api-key revoke shop')
    .action(async (name: string) => {
      process.exitCode = await withKeys((store) => revoke(store, name));
    });
}

type Keys = Pick<SqliteStore, 'apiKeys'>;

async function create({ apiKeys }: Keys, { name, scope, app }: CreateOptions): Promise<number> {
  // 256 bits: nobody guesses it, so a plain digest of it is enough to keep.
  const key = `jaza_${randomToken()}${randomToken()}`;
  const made: Omit<ApiKey, 'revokedAt'> = { name, appId: app ?? null, scopes: scope, createdAt: systemClock.now() };
  if (!(await apiKeys.create(made, digestOf(key)))) {
    process.stderr.write(
      `There is a key named ${name} already, and what a key may do cannot be changed. Make the new one under another name, then: npx jaza api-key revoke ${name}\n`,
    );
    return 1;
  }
  process.stdout.write(`${key}\n`);
  process.stderr.write(
    `Keep it now: it is not shown again. Send it as the header Authorization: Bearer <key>.\n${reachOf(made.appId)}\n`,
  );
  return 0;
}

/** Which wallets and prices it is about: the name alone says nothing of that. */
function reachOf(appId: string | null): string {
  return appId === null
    ? 'It acts for no app: it reaches every wallet. The price and the wallets of an app are meant only in requests that name its appId; for a key of one app, make it with --app.'
    : `It acts for app ${appId}: it reaches only that app's wallets, and buys at that app's price.`;
}

async function list({ apiKeys }: Keys): Promise<number> {
  const keys = await apiKeys.list();
  if (keys.length === 0) process.stderr.write('There are no keys yet. `jaza api-key create --help` says how to make one.\n');
  for (const { name, appId, scopes, createdAt, revokedAt } of keys) {
    const state = revokedAt === null ? '' : `  revoked ${clockInNairobi(revokedAt)}`;
    const where = appId === null ? '  no app' : `  app ${appId}`;
    process.stdout.write(`${name}  made ${clockInNairobi(createdAt)}${where}  ${scopes.join(',')}${state}\n`);
  }
  return 0;
}

async function revoke({ apiKeys }: Keys, name: string): Promise<number> {
  if (await apiKeys.revoke(name, systemClock.now())) {
    process.stdout.write(
      `${name} is revoked. Thresholds that it set stay, because they belong to the wallets; another key with wallet:threshold lists and removes them.\n`,
    );
    return 0;
  }
  process.stderr.write(`There is no key named ${name} that is still good. See \`jaza api-key list\`.\n`);
  return 1;
}

/** Beside a running server, which looks keys up for every request. */
async function withKeys(work: (store: Keys) => Promise<number>): Promise<number> {
  const config = databaseConfigOrExit();
  if (config === null) return 2;
  let store: SqliteStore;
  try {
    store = await openSqliteStore({ path: config.databasePath, clock: systemClock, log: logFor(config, 'warn') });
  } catch (error) {
    process.stderr.write(
      `The database ${config.databasePath} cannot be used: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    return 2;
  }
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

function keyName(text: string): string {
  if (!APP_ID.test(text)) throw new InvalidArgumentError('Letters, digits, dots, dashes; at most 64.');
  return text;
}

function scopesOf(text: string): readonly ApiScope[] {
  const wanted = text.split(',').map((one) => one.trim());
  const unknown = wanted.find((one) => !API_SCOPES.some((scope) => scope === one));
  if (unknown !== undefined) throw new InvalidArgumentError(`There is no scope ${unknown}. There are ${API_SCOPES.join(', ')}.`);
  return API_SCOPES.filter((scope) => wanted.includes(scope));
}
