/**
 * `jaza start`: the whole product in one process. Channels that are configured, the web chat, the sandbox where nothing real is
 * configured, webhooks and health. SIGTERM stops the intake, finishes what is in flight, and ends with 0.
 */

import type { Command } from 'commander';
import { localOnly } from '../http/local-only.ts';
import { systemClock } from '../lib/clock.ts';
import { openCore, type Core } from '../main.ts';
import type { Channel } from '../ports/channel.ts';
import type { HealthReport, Route } from '../ports/http.ts';
import { watchChannels } from '../workers/channel-watch.ts';
import { watchConsole } from '../workers/console-watch.ts';
import { startHousekeeping } from '../workers/housekeeper.ts';
import { configOrExit, logFor } from './common.ts';
import { serveHttp } from './serve.ts';
import { telegramChannel, webChannel, whatsappChannel } from './channels.ts';

export function startCommand(program: Command): void {
  program
    .command('start')
    .description('Run the bot: every channel that is configured, and the web chat. Nothing configured: everything is SIMULATED.')
    .addHelpText('after', '\nExample:\n  npx jaza start\n  TELEGRAM_BOT_TOKEN=... TOPUPS_API_TOKEN=... npx jaza start')
    .action(async () => {
      // What is still out after our patience must not keep the process.
      process.exit(await start());
    });
}

/** How long what is in flight is waited for at the end; with the answers of HTTP before it, under 20 seconds. */
const PATIENCE_MS = 13_000;

async function start(): Promise<number> {
  const stopped = stopSignal();
  const config = configOrExit(process.env);
  if (config === null) return 2;
  const log = logFor(config, 'info');
  const opened = await openCore({ config, log, listens: true, everyChannel: true, clock: () => systemClock });
  if (!opened.ok) {
    process.stderr.write(`${opened.error}\n`);
    return 2;
  }
  const core = opened.value;
  const ends: (() => void | Promise<void>)[] = [];
  const trouble = await Promise.race([bringUp(core, ends), stopped]);
  if (trouble !== null) process.stderr.write(`${trouble}\n`);
  else await stopped;
  log.info({}, 'stopping: no new messages, what is in flight is finished');
  for (const end of ends) await end();
  await core.close(PATIENCE_MS);
  return trouble === null ? 0 : 2;
}

/** Null when all is up; else a sentence for the operator. `ends`: what is to be ended before the core is closed. */
async function bringUp(core: Core, ends: (() => void | Promise<void>)[]): Promise<string | null> {
  const { config } = core;
  try {
    const channels = [
      ...(config.webChat === 'off' ? [] : [await webChannel(core)]),
      ...(config.telegram === null ? [] : [await telegramChannel(core, config.telegram)]),
      ...(config.whatsapp === null ? [] : [await whatsappChannel(core, config.whatsapp)]),
    ];
    const states = (): HealthReport['channels'] =>
      Object.fromEntries(channels.map((channel) => [channel.name, channel.health().state]));
    const server = await serveHttp(core, routesOf(core, channels), states);
    ends.push(() => server.close());
    for (const channel of channels) await core.open(channel);
    await core.rescue();
    ends.push(startHousekeeping(core.store, core.clock, core.log));
    ends.push(watchChannels(channels, core.clock, core.incidents, await core.store.desk.channelsDown()));
    ends.push(watchConsole(core.store, core.clock, core.log, core.recordedElsewhere));
    welcome(core, channels, server.url);
    return null;
  } catch (error) {
    core.log.debug({ error }, 'could not start');
    return error instanceof Error ? error.message : String(error);
  }
}

/** Pages that only the operator may see answer on this machine alone; the web chat too, unless it is opened to the world. */
function routesOf(core: Core, channels: readonly Channel[]): Route[] {
  const routes = channels.flatMap((channel): Route[] => {
    if (channel.routes === undefined) return [];
    const route: Route = (request) => channel.routes?.(request) ?? Promise.resolve(null);
    const open = channel.name === 'telegram' || (channel.name === 'web' && core.config.webChat === 'open');
    return [open ? route : localOnly(route)];
  });
  const { sandbox } = core;
  return sandbox === null ? routes : [...routes, localOnly((request) => sandbox.routes(request))];
}

const AIRTIME_IS = {
  simulated: 'SIMULATED: airtime and payments are not real. README.md says how to run for real.',
  off: 'Airtime is off: none can be sold.',
  real: 'REAL MONEY: a yes in a chat asks for a real payment.',
} as const;

/** What is real; M-Pesa is mentioned only where it is another kind than airtime. */
function moneyLines({ topups, daraja }: Core['config']): string[] {
  const lines = [`  ${AIRTIME_IS[topups.kind]}`];
  if (daraja.kind === 'real' && topups.kind !== 'real') lines.push('  REAL MONEY: payments by M-Pesa, for SMS, are real.');
  if (daraja.kind === 'simulated' && topups.kind === 'real')
    lines.push('  SIMULATED: payments by M-Pesa, for SMS, are not real.');
  return lines;
}

function welcome(core: Core, channels: readonly Channel[], url: string): void {
  const { config } = core;
  const names = channels.map(({ name }) => name);
  const lines = ['', `  ${config.businessName} is running.`];
  if (names.includes('web')) lines.push(`  Chat:          ${url}/`);
  if (names.includes('telegram')) lines.push(`  Telegram:      on; ${url}/healthz says whether it is reached`);
  if (names.includes('whatsapp')) lines.push(`  WhatsApp:      ${url}/whatsapp (link your number there)`);
  if (core.sandbox !== null) lines.push(`  Payer's phone: ${url}/phone`);
  lines.push('', ...moneyLines(config));
  const simulated = [
    config.fastMessage.kind === 'simulated' ? 'SMS' : [],
    config.smtp.kind === 'simulated' ? 'e-mails' : [],
  ].flat();
  if (config.topups.kind !== 'simulated' && simulated.length > 0)
    lines.push(`  SIMULATED: ${simulated.join(' and ')} end up at ${url}/phone and go to nobody.`);
  process.stdout.write(`${lines.join('\n')}\n\n`);
}

/** Resolves to null, for the first of these signals; a second one ends the process at once. */
function stopSignal(): Promise<null> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve(null));
    process.once('SIGINT', () => resolve(null));
  });
}
