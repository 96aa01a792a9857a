/** Shows that ids follow from their seed alone, fit where they must fit, and do not meet. */

import { expect, it } from 'vitest';
import { idsFrom } from './ids.ts';
import { jitter, randomToken } from './random.ts';

it('the same seed makes the same ids, another makes others', () => {
  const made = (seed: string): string[] => {
    const ids = idsFrom(seed);
    return [ids.id('o'), ids.short(), ids.reference(), ids.id('o')];
  };
  expect(made('a')).toEqual(made('a'));
  expect(new Set([...made('a'), ...made('b')]).size).toBe(8);
});

it('an id, a short one and a reference have the forms that buttons, rows and people need', () => {
  const ids = idsFrom('seed');
  expect(ids.id('c')).toMatch(/^c[0-9a-z]{16}$/);
  expect(ids.short()).toMatch(/^[0-9a-z]{8}$/);
  for (let at = 0; at < 200; at += 1) expect(ids.reference()).toMatch(/^JZ[234679ACDEFGHJKMNPQRTWXYZ]{8}$/);
});

it('ten thousand references of as many turns are all different', () => {
  const references = Array.from({ length: 10_000 }, (_one, at) => idsFrom(`salt/m:${at}`).reference());
  expect(new Set(references).size).toBe(10_000);
});

it('a random token is URL-safe, as long as asked for, and new each time', () => {
  const tokens = Array.from({ length: 100 }, () => randomToken());
  expect(new Set(tokens).size).toBe(100);
  for (const token of tokens) expect(token).toMatch(/^[\w-]{22}$/);
  expect(randomToken(32)).toHaveLength(43);
  expect(jitter()).toBeLessThan(1);
});
