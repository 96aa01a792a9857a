/** `jaza doctor`: says what is configured, reachable and missing, and what that costs. It only looks and changes nothing. */

import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { parseConfig, type Config } from '../config.ts';
import { createTopups } from '../providers/topups/client.ts';
import { probe } from '../lib/single-post.ts';

const PATIENCE_MS = 5_000;

interface Finding {
  readonly mark: 'ok' | 'note' | 'wrong';
  readonly text: string;
}

export function doctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('Say what is configured, reachable and missing. Changes nothing.')
    .addHelpText('after', '\nExample:\n  npx jaza doctor')
    .action(async () => {
      process.exitCode = await doctor();
    });
}

async function doctor(): Promise<number> {
  const parsed = parseConfig(process.env);
  if (!parsed.ok) {
    print(parsed.error.map((text): Finding => ({ mark: 'wrong', text })));
    return 2;
  }
  const findings = [
    runtime(),
    ...(await channels(parsed.value)),
    ...(await airtime(parsed.value)),
    database(parsed.value),
    ...web(parsed.value),
  ];
  print(findings);
  return findings.some(({ mark }) => mark === 'wrong') ? 1 : 0;
}

function print(findings: readonly Finding[]): void {
  const marks = { ok: '  ok    ', note: '  note  ', wrong: '  WRONG ' };
  for (const { mark, text } of findings) process.stdout.write(`${marks[mark]}${text}\n`);
}

function runtime(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const fits = major > 20 || (major === 20 && minor >= 19);
  return { mark: fits ? 'ok' : 'wrong', text: `Node.js ${process.versions.node}${fits ? '' : ': 20.19 or later is needed'}` };
}

async function channels(config: Config): Promise<Finding[]> {
  const findings: Finding[] = [];
  if (config.telegram === null)
    findings.push({ mark: 'note', text: 'Telegram is off: set TELEGRAM_BOT_TOKEN (from @BotFather) to turn it on' });
  else
    findings.push(
      await reach(
        'Telegram',
        config.telegram.apiRoot ?? 'https://api.telegram.org',
        'Is the internet there? Telegram is sometimes blocked; other channels go on.',
      ),
    );
  findings.push(
    config.whatsapp === null
      ? { mark: 'note', text: 'WhatsApp is off: WHATSAPP=on turns it on (unofficial; the number can be banned)' }
      : {
          mark: 'note',
          text: 'WhatsApp is on, unofficially: keep a number for it that you can lose. Link it at /whatsapp of the running server',
        },
  );
  return findings;
}

async function airtime(config: Config): Promise<Finding[]> {
  const { topups } = config;
  if (topups.kind === 'simulated') return [{ mark: 'note', text: 'Airtime is SIMULATED: set TOPUPS_API_TOKEN to sell for real' }];
  if (topups.kind === 'off')
    return [{ mark: 'note', text: 'Airtime is off: nothing can be sold. Set TOPUPS_API_TOKEN, or SANDBOX=on to try' }];
  const reached = await createTopups({ ...topups, timeoutMs: PATIENCE_MS }).probe();
  const findings: Finding[] = [
    reached.reachable
      ? {
          mark: 'ok',
          text: `Airtime provider: ${topups.baseUrl} is reachable, ${topups.format.toUpperCase()} (the token is tried with the first purchase)`,
        }
      : { mark: 'wrong', text: `Airtime provider: ${topups.baseUrl} is not reachable (${reached.why})` },
  ];
  findings.push(webhooks(config, topups.webhookSecret));
  return findings;
}

function webhooks(config: Config, secret: string | null): Finding {
  if (secret === null) {
    return {
      mark: 'note',
      text: 'No webhooks: TOPUPS_WEBHOOK_SECRET is not set. The provider cannot tell us of payments, so every customer is asked after 10 minutes whether the airtime arrived',
    };
  }
  if (config.publicUrl === null) {
    return {
      mark: 'note',
      text: 'TOPUPS_WEBHOOK_SECRET is set but PUBLIC_URL is not: the provider must be able to reach this server for webhooks to come',
    };
  }
  return { mark: 'ok', text: `Webhooks: tell the provider ${config.publicUrl}/webhooks/topups/<TOPUPS_WEBHOOK_SECRET>` };
}

function database(config: Config): Finding {
  const found = config.databasePath === ':memory:' || existsSync(config.databasePath);
  return { mark: 'ok', text: `Database: ${config.databasePath}${found ? '' : ' (will be made at the first start)'}` };
}

function web(config: Config): Finding[] {
  const { host, port } = config.http;
  const findings: Finding[] = [
    { mark: 'ok', text: `HTTP: ${host}:${port}; web chat ${config.webChat === 'open' ? 'open to the world' : config.webChat}` },
  ];
  if (config.supportContact === null)
    findings.push({ mark: 'note', text: 'SUPPORT_CONTACT is not set: people who need a person are not told whom to call' });
  return findings;
}

async function reach(name: string, url: string, hint: string): Promise<Finding> {
  const reached = await probe(url, PATIENCE_MS);
  return reached.reachable
    ? { mark: 'ok', text: `${name}: ${url} is reachable` }
    : { mark: 'wrong', text: `${name}: ${url} is not reachable (${reached.why}). ${hint}` };
}
