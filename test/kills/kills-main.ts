/**
 * `npx tsx test/kills/kills-main.ts --kills 500 --seed 1`: kills the real program under load, twenty times to a database, and
 * checks after each twenty. Prints how far it is, what was violated with the seed of its round, and the figures; ends with 1 on a violation.
 */

import { parseArgs } from 'node:util';
import { ensureBuilt } from './program.ts';
import { playRound, type RoundReport } from './round.ts';

const KILLS_PER_ROUND = 20;

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '500' },
    seed: { type: 'string', default: '1' },
    people: { type: 'string', default: '5' },
  },
});
const whole = (name: 'kills' | 'seed' | 'people'): number => {
  const value = Number(values[name]);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name}: must be a whole number from 1`);
  return value;
};
const [kills, firstSeed, peoplePerLife] = [whole('kills'), whole('seed'), whole('people')];

ensureBuilt();
const reports: RoundReport[] = [];
for (let done = 0; done < kills; done += KILLS_PER_ROUND) {
  const seed = firstSeed + done / KILLS_PER_ROUND;
  const report = await playRound({ seed, kills: Math.min(KILLS_PER_ROUND, kills - done), peoplePerLife });
  reports.push(report);
  for (const violation of report.violations) process.stdout.write(`VIOLATION, seed ${seed}: ${violation}\n`);
  const seconds = (report.tookMs / 1_000).toFixed(1);
  process.stdout.write(
    `${Math.min(done + KILLS_PER_ROUND, kills)} of ${kills} kills, seed ${seed}: ${report.people} orders, ${seconds} s\n`,
  );
}

const sum = (of: (report: RoundReport) => Readonly<Record<string, number>>): string => {
  const totals: Record<string, number> = {};
  for (const [key, count] of reports.flatMap((report) => Object.entries(of(report)))) totals[key] = (totals[key] ?? 0) + count;
  return Object.entries(totals)
    .sort(([, one], [, other]) => other - one)
    .map(([key, count]) => `${key} ${count}`)
    .join(', ');
};
const violated = reports.filter(({ violations }) => violations.length > 0);
process.stdout.write(
  [
    '',
    `${kills} kills in ${(reports.reduce((all, { tookMs }) => all + tookMs, 0) / 1_000).toFixed(0)} s`,
    `killed during: ${sum((report) => report.kills)}`,
    `orders ended:  ${sum((report) => report.states)}`,
    `waited for the breaker: ${reports.reduce((all, { waited }) => all + waited, 0)} people`,
    `calls:         ${reports.reduce((all, { calls }) => all + calls, 0)}`,
    `broken off:    ${reports.reduce((all, { unreadPushes }) => all + unreadPushes, 0)} pushes to M-Pesa`,
    violated.length === 0
      ? 'violations:    none'
      : `violations:    in rounds of seeds ${violated.map(({ seed }) => seed).join(', ')}`,
    '',
  ].join('\n'),
);
process.exitCode = violated.length === 0 ? 0 : 1;
