/**
 * Ten real kills: the built program on a real file under load, SIGKILL in ten different moments, and everything that must hold after
 * it. Hundreds of them: kills-main.ts.
 */

import { expect, it } from 'vitest';
import { ensureBuilt } from './program.ts';
import { playRound } from './round.ts';

it('killed ten times under load: nobody is called twice, nothing is lost, everybody is told the truth', async () => {
  ensureBuilt();
  const report = await playRound({ seed: 10, kills: 10, peoplePerLife: 4 });
  expect(report.violations).toEqual([]);
  expect(Object.values(report.kills).reduce((sum, count) => sum + count, 0)).toBe(10);
  expect(report.people).toBe(40);
  // A round in which nothing was bought would prove nothing.
  expect(report.states['delivered']).toBeGreaterThan(0);
  expect(report.states['SMS delivered']).toBeGreaterThan(0);
  expect(report.calls).toBeGreaterThan(10);
}, 240_000);
