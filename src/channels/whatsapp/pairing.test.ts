/** How well the link is, and which numbers may ask for a code. */

import { describe, expect, it } from 'vitest';
import { healthOf, readPairingNumber, type PairingState } from './pairing.ts';

const state = (facts: Partial<PairingState>): PairingState => ({
  state: 'unpaired',
  qr: null,
  code: null,
  number: null,
  why: null,
  remedy: null,
  ...facts,
});

describe('health', () => {
  it.each<[Partial<PairingState>, boolean, string]>([
    [{ state: 'open' }, true, 'up'],
    [{ state: 'connecting' }, false, 'starting'],
    [{ state: 'connecting' }, true, 'down: WhatsApp is being connected again. (heals)'],
    [{ state: 'connecting', why: 'Blocked.' }, false, 'down: Blocked. (heals)'],
    [{ state: 'stopped', why: 'Logged out.', remedy: 'Pair.' }, true, 'down: Logged out. Pair.'],
    [{ state: 'qr' }, false, 'down: No phone is linked yet. Open the WhatsApp page of Jaza and link the phone.'],
    [{ state: 'code' }, false, 'down: No phone is linked yet. Open the WhatsApp page of Jaza and link the phone.'],
    [{ state: 'unpaired' }, false, 'down: No phone is linked yet. Open the WhatsApp page of Jaza and link the phone.'],
  ])('%o, open before: %s', (facts, everOpen, expected) => {
    const health = healthOf(state(facts), everOpen);
    expect(health.state === 'down' ? `down: ${health.why} ${health.remedy ?? '(heals)'}` : health.state).toBe(expected);
  });
});

describe('the number that asks for a code', () => {
  it.each([
    ['254722000000', '254722000000'],
    ['+254 722 000 000', '254722000000'],
    ['0722000000', '254722000000'],
    ['00254-722-000-000', '254722000000'],
    ['+44 7700 900123', '447700900123'],
  ])('%s is %s', (typed, digits) => {
    expect(readPairingNumber(typed)).toEqual({ ok: true, value: digits });
  });

  it.each(['', '0', 'abc', '12345', '0000000000', '+', '2547220000001234567', '<script>'])('%j is none', (typed) => {
    expect(readPairingNumber(typed)).toEqual({ ok: false, error: expect.stringContaining('country code') });
  });
});
