/** `jaza doctor`: says what is configured, reachable and missing, and what that costs. It only looks and changes nothing. */

import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { clockInNairobi } from '../domain/nairobi.ts';
import { parseConfig, type Config } from '../config.ts';
import type { Breaker } from '../domain/breaker.ts';
import { createTopups } from '../providers/topups/client.ts';
import { machine } from './machine.ts';
import { notifiers } from './notifiers.ts';
import { payments } from './payments.ts';
import { smsWallets } from './sms-wallets.ts';
import { probe } from '../lib/single-post.ts';
import { breakerOf } from '../store/sqlite/breaker.ts';
import { versionsOf } from '../store/sqlite/versions.ts';
import { brokenOffRestore, secretKeyPath, whyNoKey } from '../secret-key.ts';
import { dbTransactions } from '../store/sqlite/db-transaction.ts';
import { lookInto } from '../store/sqlite/look.ts';
import { deskReader } from '../store/sqlite/read-desk.ts';

const PATIENCE_MS = 5_000;
const TELEGRAM = 'https://api.telegram.org';
const WHATSAPP = 'wss://web.whatsapp.com';

export interface Finding {
  readonly mark: 'ok' | 'note' | 'wrong';
  readonly text: string;
}

export interface Examination {
  readonly findings: readonly Finding[];
  /** 0: nothing is wrong; 1: something is; 2: the configuration cannot be used. */
  readonly exitCode: 0 | 1 | 2;
}

export function doctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('Say what is configured, reachable and missing. Changes nothing.')
    .addHelpText('after', '\nExample:\n  npx jaza doctor')
    .action(async () => {
      const { findings, exitCode } = await examine(process.env);
      const marks = { ok: '  ok    ', note: '  note  ', wrong: '  WRONG ' };
      for (const { mark, text } of findings) process.stdout.write(`${marks[mark]}${text}\n`);
      process.exitCode = exitCode;
    });
}

export async function examine(environment: Readonly<Record<string, string | undefined>>): Promise<Examination> {
  const parsed = parseConfig(environment);
  if (!parsed.ok) return { findings: parsed.error.map((text) => ({ mark: 'wrong', text })), exitCode: 2 };
  const config = parsed.value;
  const [telegramFound, whatsappFound, airtimeFound, paymentsFound, walletsFound, notifiersFound] = await Promise.all([
    telegram(config),
    whatsapp(config),
    airtime(config),
    payments(config, PATIENCE_MS),
    smsWallets(config, PATIENCE_MS),
    notifiers(config, PATIENCE_MS),
  ]);
  const findings = [
    runtime(),
    telegramFound,
    whatsappFound,
    ...airtimeFound,
    ...paymentsFound,
    ...walletsFound,
    ...notifiersFound,
    ...kept(config),
    ...(await selling(config)),
    ...(await machine(config)),
    ...(await desk(config)),
    ...web(config),
  ];
  return { findings, exitCode: findings.some(({ mark }) => mark === 'wrong') ? 1 : 0 };
}

function runtime(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const fits = major > 20 || (major === 20 && minor >= 19);
  return { mark: fits ? 'ok' : 'wrong', text: `Node.js ${process.versions.node}${fits ? '' : ': 20.19 or later is needed'}` };
}

async function telegram({ telegram: on, publicUrl }: Config): Promise<Finding> {
  if (on === null) return { mark: 'note', text: 'Telegram is off: set TELEGRAM_BOT_TOKEN (from @BotFather) to turn it on' };
  const way = on.mode === 'polling' ? 'asked for messages (polling)' : `told to send messages to ${publicUrl ?? 'PUBLIC_URL'}`;
  const hint = 'Is the internet there? Telegram is sometimes blocked; other channels go on.';
  return reach('Telegram', on.apiRoot ?? TELEGRAM, `; it will be ${way}`, hint);
}

async function whatsapp({ whatsapp: on }: Config): Promise<Finding> {
  if (on === null)
    return { mark: 'note', text: 'WhatsApp is off: WHATSAPP=on turns it on (unofficial; the number can be banned)' };
  const advice = '; unofficial: keep a number for it that you can lose. Link it at /whatsapp of the running server';
  return reach('WhatsApp', on.webSocketUrl ?? WHATSAPP, advice, 'Is the internet there? Other channels go on.');
}

async function airtime(config: Config): Promise<Finding[]> {
  const { topups } = config;
  if (topups.kind === 'simulated') return [{ mark: 'note', text: 'Airtime is SIMULATED: set TOPUPS_API_TOKEN to sell for real' }];
  if (topups.kind === 'off')
    return [{ mark: 'note', text: 'Airtime is off: none can be sold. Set TOPUPS_API_TOKEN, or SANDBOX=on to try' }];
  const reached = await createTopups({ ...topups, timeoutMs: PATIENCE_MS }).probe();
  const provider: Finding = reached.reachable
    ? {
        mark: 'ok',
        text: `Airtime provider: ${topups.baseUrl} is reachable, ${topups.format.toUpperCase()} (the token is tried with the first purchase)`,
      }
    : {
        mark: 'wrong',
        text: `Airtime provider: ${topups.baseUrl} is not reachable (${reached.why}). No airtime can be sold until it is`,
      };
  return [provider, webhooks(config, topups.webhookSecret)];
}

function webhooks(config: Config, secret: string | null): Finding {
  if (secret === null) {
    return {
      mark: 'note',
      text: 'No webhooks: TOPUPS_WEBHOOK_SECRET is not set. The provider cannot tell us of payments, so every customer is asked after 10 minutes whether the airtime arrived, and a number that is not their own is prompted once a day',
    };
  }
  if (config.publicUrl === null) {
    return {
      mark: 'note',
      text: 'TOPUPS_WEBHOOK_SECRET is set but PUBLIC_URL is not: the provider must be able to reach this server for webhooks to come; those that do not come end as orders for you to look at',
    };
  }
  return { mark: 'ok', text: `Webhooks: tell the provider ${config.publicUrl}/webhooks/topups/<TOPUPS_WEBHOOK_SECRET>` };
}

/** The database and the key: what a backup must hold. */
function kept(config: Config): Finding[] {
  const { databasePath } = config;
  if (databasePath === ':memory:') return [{ mark: 'note', text: 'Database: in memory; everything is lost at the end' }];
  const key = secretKey(config);
  const obstacle = whyNotWritable(databasePath);
  if (obstacle !== null) return [{ mark: 'wrong', text: `Database: ${databasePath} cannot be used (${obstacle})` }, key];
  const found = existsSync(databasePath) ? '' : ' (will be made at the first start)';
  return [{ mark: 'ok', text: `Database: ${databasePath}${found}` }, key];
}

/** It opens what is sealed in the database: one that is gone from beside it is not made anew as if nothing were lost. */
function secretKey(config: Config): Finding {
  const path = secretKeyPath(config);
  if (path === null) return { mark: 'ok', text: 'Secret key: from SECRET_KEY; keep it with every backup' };
  const broken = brokenOffRestore(config) ?? whyNoKey(path);
  if (broken !== null) return { mark: 'wrong', text: `Secret key: ${broken}. The bot does not start like that` };
  if (existsSync(path)) return { mark: 'ok', text: `Secret key: ${path} is there; keep it with every backup` };
  return existsSync(config.databasePath)
    ? {
        mark: 'note',
        text: `Secret key: ${path} is not there, though the database is. If the bot ran with this database before, bring the key back from a backup; otherwise one is made at the first start`,
      }
    : { mark: 'ok', text: `Secret key: ${path} (will be made at the first start); keep it with every backup` };
}

/** Whether new orders are taken, as the server left it; nothing where there is no database yet. */
async function selling({ databasePath }: Config): Promise<Finding[]> {
  const looked = await lookInto(databasePath, (db) => {
    const breaker = breakerOf(db, versionsOf(db));
    return [notTaken('orders of airtime', breaker.get('topups')), notTaken('orders of SMS', breaker.get('daraja'))];
  });
  return looked.ok ? looked.value.flat() : [];
}

function notTaken(orders: string, breaker: Breaker): Finding[] {
  if (breaker.kind === 'closed') return [];
  const { kind, why, until } = breaker;
  const next = kind === 'open' ? `the next order is let through at ${clockInNairobi(until)}` : 'one order is being tried';
  return [{ mark: 'wrong', text: `No new ${orders} are taken: ${why}. ${next}; it goes on by itself when the provider answers` }];
}

/** What waits for a person; nothing while there is no database that could be read. */
async function desk({ databasePath }: Config): Promise<Finding[]> {
  if (databasePath === ':memory:' || !existsSync(databasePath)) return [];
  const looked = await lookInto(databasePath, async (db) => {
    const reader = deskReader(db, dbTransactions(db));
    return { cases: await reader.open(), operators: await reader.operators() };
  });
  if (!looked.ok) return [{ mark: 'note', text: looked.error }];
  const { cases, operators } = looked.value;
  const count = cases.orders.length + cases.items.length;
  const notes = [
    ...(cases.salesStopped === null ? [] : [`Sales are STOPPED: ${cases.salesStopped}. To go on: npx jaza resume-sales`]),
    ...(count === 0 ? [] : [`${count} ${count === 1 ? 'thing wants' : 'things want'} a person: npx jaza review list`]),
    ...(operators.length > 0 ? [] : ['Nobody hears alerts in a chat: npx jaza operator invite']),
  ];
  return notes.map((text) => ({ mark: 'note', text }));
}

/** Of a file that is not there yet, the nearest folder that is decides. */
function whyNotWritable(path: string): string | null {
  const file = resolve(path);
  let nearest = file;
  while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest);
  if (nearest !== file && !statSync(nearest).isDirectory()) return `${nearest} is no folder`;
  if (nearest === file && statSync(file).isDirectory()) return 'it is a folder';
  try {
    accessSync(nearest, constants.R_OK | constants.W_OK);
    return null;
  } catch {
    return `no permission to write ${nearest}`;
  }
}

const WEB_CHAT_IS = {
  open: 'web chat open to the world',
  loopback: 'web chat for this machine alone (WEB_CHAT=on opens it to everybody)',
  off: 'web chat off',
} as const;

function web(config: Config): Finding[] {
  const { host, port } = config.http;
  const findings: Finding[] = [{ mark: 'ok', text: `HTTP: ${host}:${port}; ${WEB_CHAT_IS[config.webChat]}` }];
  if (config.supportContact === null)
    findings.push({ mark: 'note', text: 'SUPPORT_CONTACT is not set: people who need a person are not told whom to call' });
  return findings;
}

async function reach(name: string, url: string, advice: string, hint: string): Promise<Finding> {
  const reached = await probe(url.replace(/^ws/, 'http'), PATIENCE_MS);
  return reached.reachable
    ? { mark: 'ok', text: `${name}: ${url} is reachable${advice}` }
    : { mark: 'wrong', text: `${name}: ${url} is not reachable (${reached.why}). ${hint}` };
}
