/** Shows that only a yes is a yes, and that nobody is waited for where nobody is. */

import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { askedForYes } from './asking.ts';

function terminal(typed: string): { input: PassThrough & { isTTY?: boolean }; output: PassThrough } {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  input.end(typed);
  return { input, output: new PassThrough() };
}

it.each([
  ['yes\n', 'yes'],
  [' NDIYO \n', 'yes'],
  ['yes, but not now\n', 'no'],
  ['\n', 'no'],
  ['', 'no'],
])('%j is a %s', async (typed, answer) => {
  const { input, output } = terminal(typed);
  expect(await askedForYes('Is it so?', { input, output })).toBe(answer);
  expect(String(output.read())).toContain('Is it so? Write yes to go on: ');
});

it('asks nobody where there is no terminal', async () => {
  const output = new PassThrough();
  expect(await askedForYes('Is it so?', { input: new PassThrough(), output })).toBe('nobody');
  expect(output.read()).toBeNull();
});
