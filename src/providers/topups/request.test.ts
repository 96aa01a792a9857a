/** Owns what a purchase looks like on the wire, in both formats. */

import { describe, expect, it } from 'vitest';
import { SAMPLE_PURCHASE } from '../../../test/wire/topups-samples.ts';
import { requestBody } from './request.ts';

const bare = { ...SAMPLE_PURCHASE, recipientName: null, recipientNetwork: null };

describe('JSON', () => {
  it('holds strings only, with the names of the specification', () => {
    expect(JSON.parse(requestBody(SAMPLE_PURCHASE, 'json'))).toEqual({
      country: 'KE',
      network: 'Safaricom',
      name: 'Jane Wanjiku',
      mobile: '254722000000',
      currency: 'KES',
      amount: '100',
      note: 'PAY0000001',
      payment_network: 'M-Pesa',
      payment_mobile: '254722002000',
    });
  });

  it('leaves out what was not said', () => {
    expect(Object.keys(JSON.parse(requestBody(bare, 'json')) as object)).toEqual([
      'country',
      'mobile',
      'currency',
      'amount',
      'note',
      'payment_network',
      'payment_mobile',
    ]);
  });
});

describe('XML', () => {
  it('has the root and the order of the specification', () => {
    expect(requestBody(bare, 'xml')).toBe(
      '<?xml version="1.0" encoding="utf-8"?>\n<xml><country>KE</country><mobile>254722000000</mobile><currency>KES</currency>' +
        '<amount>100</amount><note>PAY0000001</note><payment_network>M-Pesa</payment_network><payment_mobile>254722002000</payment_mobile></xml>',
    );
  });

  it('escapes what a name may hold', () => {
    const named = { ...bare, recipientName: `</name><amount>1</amount> "A" & 'B'` };
    expect(requestBody(named, 'xml')).toContain(
      '<name>&lt;/name&gt;&lt;amount&gt;1&lt;/amount&gt; &quot;A&quot; &amp; &apos;B&apos;</name>',
    );
  });
});

describe('a name', () => {
  it.each([
    ['  Jane \n\t Wanjiku ', 'Jane Wanjiku'],
    ['J\u0000a\u001bne\u202e', 'J a ne'],
    ['\ud83d half', 'half'],
    ['🙂'.repeat(200), '🙂'.repeat(100)],
    ['\u200b \u0007', undefined],
  ])('%j goes out as %j', (recipientName, sent) => {
    expect((JSON.parse(requestBody({ ...bare, recipientName }, 'json')) as { name?: string }).name).toBe(sent);
  });
});
