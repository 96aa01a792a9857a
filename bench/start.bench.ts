/**
 * Measures the start: from the start of the process to the first answered update, on a fresh database, as a multiple of `node -e 0`
 * in the same run. In the terminal (`jaza chat --json`) and on Telegram (`jaza start` against a fake Bot API). Needs `npm run build`.
 */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { elapsed } from '../src/lib/clock.ts';
import { PROJECT_FOLDER } from '../src/reference.ts';
import { startFakeBotApi } from '../test/wire/fake-bot-api.ts';

const AIM = 5;
const ROUNDS = 7;
const JAZA = join(PROJECT_FOLDER, 'bin/jaza.js');
const environment = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' };

function bareNode(): number {
  const from = elapsed();
  spawnSync(process.execPath, ['-e', '0']);
  return elapsed() - from;
}

async function terminal(folder: string): Promise<number> {
  const from = elapsed();
  const child = spawn(process.execPath, [JAZA, 'chat', '--json'], { cwd: folder, env: environment });
  child.stdin.write('{"text":"buy 100 for 0722000000","msisdn":"254722002000"}\n');
  for await (const line of createInterface({ input: child.stdout })) if (line.includes('"message"')) break;
  const took = elapsed() - from;
  child.stdin.end();
  child.stdout.resume();
  await once(child, 'exit');
  return took;
}

async function telegram(folder: string): Promise<number> {
  const api = await startFakeBotApi();
  const amina = api.person({ id: 7, name: 'Amina' });
  const env = {
    ...environment,
    TELEGRAM_BOT_TOKEN: api.token,
    TELEGRAM_API_ROOT: api.url,
    SANDBOX: 'on',
    WEB_CHAT: 'off',
    HTTP_PORT: '0',
  };
  amina.writes('buy 100 for 0722000000');
  const from = elapsed();
  const child = spawn(process.execPath, [JAZA, 'start'], { cwd: folder, env, stdio: 'ignore' });
  await amina.hears('', 20_000);
  const took = elapsed() - from;
  child.kill('SIGKILL');
  await once(child, 'exit');
  await api.close();
  return took;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

const figures = { node: [] as number[], terminal: [] as number[], telegram: [] as number[] };
for (let round = 0; round < ROUNDS; round += 1) {
  const folder = mkdtempSync(join(tmpdir(), 'jaza-start-'));
  figures.node.push(bareNode());
  figures.terminal.push(await terminal(folder));
  rmSync(join(folder, 'data'), { recursive: true });
  figures.telegram.push(await telegram(folder));
  rmSync(folder, { recursive: true });
}
const node = median(figures.node);
console.log(`medians of ${ROUNDS} starts on a fresh database; node -e 0: ${node.toFixed(0)} ms`);
for (const name of ['terminal', 'telegram'] as const) {
  const ratio = median(figures[name]) / node;
  console.log(
    `${ratio <= AIM ? 'holds' : 'FAILS'}  ${name}: first answer after ${median(figures[name]).toFixed(0)} ms, ${ratio.toFixed(2)} x node -e 0 (aim ${AIM} or less)`,
  );
  if (ratio > AIM) process.exitCode = 1;
}
