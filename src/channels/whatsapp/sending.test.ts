/** What follows when WhatsApp refuses a message: which refusals may be tried again. */

import { describe, expect, it } from 'vitest';
import { afterNack } from './sending.ts';

describe('what follows from a refusal', () => {
  it.each([
    [463, 'refused'],
    [400, 'refused'],
    [401, 'refused'],
    [404, 'refused'],
    [0, 'refused'],
    [408, 'retry'],
    [429, 'retry'],
    [479, 'retry'],
    [500, 'retry'],
    [503, 'retry'],
  ])('%i: %s', (code, kind) => {
    expect(afterNack(code).kind).toBe(kind);
  });
});
