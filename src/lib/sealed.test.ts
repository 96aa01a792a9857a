/** Sealed values: only the right key opens them, and only where they were put. */

import { describe, expect, it } from 'vitest';
import { sealerFrom } from './sealed.ts';

const KEY = Buffer.alloc(32, 1);

describe('sealed values', () => {
  it('come back as they were, and never look the same twice', () => {
    const sealer = sealerFrom(KEY, 'jaza/whatsapp-auth/1');
    const sealed = sealer.seal('row', 'the private key');
    expect(sealer.open('row', sealed)).toEqual({ ok: true, value: 'the private key' });
    expect(Buffer.from(sealed).toString('latin1')).not.toContain('private');
    expect(Buffer.from(sealed).equals(Buffer.from(sealer.seal('row', 'the private key')))).toBe(false);
    expect(sealed[0]).toBe(1);
  });

  const sealed = sealerFrom(KEY, 'jaza/whatsapp-auth/1').seal('row', 'secret');
  const flipped = (at: number): Uint8Array => Uint8Array.from(sealed, (byte, index) => (index === at ? byte ^ 1 : byte));
  it.each<[string, Uint8Array, string, Uint8Array]>([
    ['with another key', sealed, 'row', Buffer.alloc(32, 2)],
    ['in another row', sealed, 'other', KEY],
    ['of a version to come', flipped(0), 'row', KEY],
    ['with a damaged nonce', flipped(3), 'row', KEY],
    ['with a damaged tag', flipped(20), 'row', KEY],
    ['with a damaged body', flipped(sealed.length - 1), 'row', KEY],
    ['cut short', sealed.subarray(0, 10), 'row', KEY],
    ['that is nothing', new Uint8Array(), 'row', KEY],
  ])('%s cannot be read, and that is said instead of thrown', (_, value, row, key) => {
    expect(sealerFrom(key, 'jaza/whatsapp-auth/1').open(row, value)).toEqual({ ok: false, error: 'unreadable' });
  });

  it('are opened for the purpose alone that they were sealed for', () => {
    expect(sealerFrom(KEY, 'jaza/stop-link/1').open('row', sealed)).toEqual({ ok: false, error: 'unreadable' });
  });

  it('refuses a key that is no secret', () => {
    expect(() => sealerFrom(Buffer.from('short'), 'jaza/stop-link/1')).toThrow('too short');
  });
});
