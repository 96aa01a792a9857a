/** A part is opened once for all who ask at once, and anew after it failed. */

import { expect, it } from 'vitest';
import { lazily } from './lazily.ts';

it('opens once for all who ask at once', async () => {
  let opened = 0;
  const part = lazily(() => Promise.resolve((opened += 1)));
  expect(await Promise.all([part(), part()])).toEqual([
    { ok: true, value: 1 },
    { ok: true, value: 1 },
  ]);
  expect(await part()).toEqual({ ok: true, value: 1 });
});

it('says why it could not be opened, to all who asked, and opens anew for the next', async () => {
  let tries = 0;
  const part = lazily(() => {
    tries += 1;
    return tries === 1 ? Promise.reject(new Error('no such file')) : Promise.resolve('open');
  });
  const failed = { ok: false, error: 'no such file' };
  expect(await Promise.all([part(), part()])).toEqual([failed, failed]);
  expect(await part()).toEqual({ ok: true, value: 'open' });
});
