/** A table of who comes with a number that somebody holds, and whether that is the same person. */

import { describe, expect, it } from 'vitest';
import { meaningOf, SAME_PERSON_MS, type Holder, type Speaker } from './claim.ts';

const NOW = Date.UTC(2026, 10, 23, 9);
const holder: Holder = { customerId: 'a', how: 'telegram', verifiedAt: NOW - 1_000, channels: ['telegram'] };
const speaker: Speaker = { customerId: 'b', channel: 'whatsapp', channels: ['whatsapp'], at: NOW };

describe('a number that is vouched for', () => {
  it.each<[string, Partial<Holder> | null, Partial<Speaker>, ReturnType<typeof meaningOf>]>([
    ['and nobody holds is theirs', null, {}, 'first'],
    ['and is theirs already stays so', {}, { customerId: 'a' }, 'same'],
    ['on another network, of late, is the same person’s', {}, {}, 'merge'],
    [
      'on another network, the other way round',
      { how: 'whatsapp', channels: ['whatsapp'] },
      { channel: 'telegram', channels: ['telegram'] },
      'merge',
    ],
    ['by one who never spoke before', {}, { channels: [] }, 'merge'],
    ['ninety days after it was last', { verifiedAt: NOW - SAME_PERSON_MS }, {}, 'merge'],
    ['a moment later', { verifiedAt: NOW - SAME_PERSON_MS - 1 }, {}, 'take_over'],
    ['on the same network has changed hands', { how: 'whatsapp', channels: ['whatsapp'] }, {}, 'take_over'],
    ['on a network where its holder is another account', { channels: ['telegram', 'whatsapp'] }, {}, 'take_over'],
    ['by one who is another account on its holder’s network', {}, { channels: ['whatsapp', 'telegram'] }, 'take_over'],
    ['in the terminal, where anybody can', {}, { channel: 'terminal', channels: ['terminal'] }, 'take_over'],
    ['when the terminal alone vouched before', { how: 'terminal', channels: ['terminal'] }, {}, 'take_over'],
  ])('%s', (_name, had, who, meaning) => {
    expect(meaningOf(had === null ? null : { ...holder, ...had }, { ...speaker, ...who })).toBe(meaning);
  });
});
