/** Shows that the ids of choices come back as they went out, fit Telegram's 64 bytes, and that nothing else is taken for one. */

import { describe, expect, it } from 'vitest';
import { draftChoice, freeChoice, parseChoice } from './choice.ts';
import type { Draft } from './session.ts';

const DRAFT: Draft = {
  id: 'a1b2c3d4',
  flow: 'buy-airtime',
  flowVersion: 1,
  slots: {},
  asking: 'confirm',
  revision: 999_999,
  touchedAt: 0,
  reminded: false,
};

describe('a choice', () => {
  it.each([
    [draftChoice(DRAFT, 'ok'), { action: 'ok', value: null, draft: 'a1b2c3d4', revision: 999_999 }],
    [draftChoice(DRAFT, 'change', 'recipientNetwork'), { action: 'change', value: 'recipientNetwork', revision: 999_999 }],
    [draftChoice(DRAFT, 'set', 'recipient.254722000000 10000'), { action: 'set', value: 'recipient.254722000000 10000' }],
    [draftChoice(DRAFT, 'set', 'paymentNetwork.Airtel Money'), { action: 'set', value: 'paymentNetwork.Airtel Money' }],
    [freeChoice('again', 'JZ7K2M4QPW'), { action: 'again', value: 'JZ7K2M4QPW', draft: null, revision: 0 }],
  ])('%s comes back', (id, parsed) => {
    expect(parseChoice(id)).toMatchObject(parsed);
    expect(Buffer.byteLength(id)).toBeLessThanOrEqual(64);
  });

  it.each([
    '',
    'ok',
    'ok:-',
    'ok:a1b2c3d4',
    'ok:a1b2c3d4:x',
    'ok:A1B2C3D4:1',
    'OK:-:0',
    'set=<b>:-:0',
    `set=${'x'.repeat(41)}:-:0`,
    'ok:-:0 ',
  ])('%j is none of ours', (id) => expect(parseChoice(id)).toBeNull());
});
