/** Owns the table of answers to a purchase: what each documented, odd or contradictory answer is taken to mean. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAIL_JSON, FAIL_XML, SAMPLE_PURCHASE, SUCCESS_JSON, SUCCESS_XML } from '../../../test/wire/topups-samples.ts';
import { kes } from '../../domain/money.ts';
import { readAnswer } from './answer.ts';

const read = (status: number, body: string) => readAnswer(SAMPLE_PURCHASE, status, body);
const ACCEPTED = { kind: 'accepted', upstreamReference: 'G3DEFJKRWU' };
const unknown = (why: string) => ({ kind: 'unknown', why: expect.stringContaining(why) as string });

const fail = (code: string, more = '"data": {}'): string =>
  `{"status": {"type": "FAIL", "code": "${code}", "message": "No"}, ${more}}`;

/** The specification's answer with one text replaced; throws when there is nothing to replace. */
function edited(sample: string, from: string, to: string): string {
  if (!sample.includes(from)) throw new Error(`the sample does not hold ${from}`);
  return sample.replace(from, to);
}

describe('the specification’s own examples', () => {
  it('JSON success', () => expect(read(200, SUCCESS_JSON)).toEqual(ACCEPTED));
  it('XML success, whose amount is 10', () => {
    expect(readAnswer({ ...SAMPLE_PURCHASE, amountKes: kes(10) }, 200, SUCCESS_XML)).toEqual(ACCEPTED);
    expect(read(200, SUCCESS_XML)).toEqual(unknown('another amount'));
  });
  it.each([FAIL_JSON, FAIL_XML])('fail %#', (sample) => {
    expect(read(200, sample)).toEqual({
      kind: 'refused',
      code: '3000',
      message: 'Missing or Invalid Parameters: mobile is invalid; amount is required',
    });
  });
});

describe('an acceptance', () => {
  it.each([
    ['amount as a number', '"amount": "100"', '"amount": 100'],
    ['amount with cents', '"amount": "100"', '"amount": "100.00"'],
    ['numbers as numbers', '"mobile": "254722000000"', '"mobile": 254722000000'],
    ['a number with a plus', '"mobile": "254722002000"', '"mobile": "+254 722 002 000"'],
    ['a national number', '"mobile": "254722000000"', '"mobile": "0722000000"'],
    ['another case of the payment network', '"network": "M-Pesa"', '"network": "M-PESA"'],
    ['no echo of the note', '"note": "PAY0000001"', '"note": ""'],
    ['no echo of the recipient', '"recipient": {', '"other": {'],
    ['null for an empty field', '"email": "jane.wanjiku@example.com"', '"email": null'],
    ['an empty list for an empty element', '"note": "PAY0000001"', '"note": []'],
    ['the other spelling of errors', '"errors": []', '"error": []'],
    ['a numeric code', '"code": "0000"', '"code": 0'],
    ['another case of the type', '"SUCCESS"', '"Success"'],
    ['a message that the table prints', '"Airtime Requested"', '"Balance Found"'],
  ])('with %s is accepted', (_name, from, to) => expect(read(200, edited(SUCCESS_JSON, from, to))).toEqual(ACCEPTED));

  it.each([
    ['another amount', '"amount": "100"', '"amount": "1000"', 'another amount'],
    ['cents that were not asked for', '"amount": "100"', '"amount": "100.50"', 'another amount'],
    ['an amount in an exponent', '"amount": "100"', '"amount": "1e2"', 'another amount'],
    ['another recipient', '"254722000000"', '"254722000001"', 'another recipient'],
    ['a recipient that is no number', '"254722000000"', '"Jane"', 'another recipient'],
    ['another payer', '"254722002000"', '"254722002001"', 'another payer'],
    ['another payment network', '"M-Pesa"', '"Airtel Money"', 'another payment network'],
    ['another note', '"PAY0000001"', '"PAY0000002"', 'another note'],
    ['another currency', '"currency": "KES"', '"currency": "UGX"', 'another currency'],
    ['no reference', '"reference": "G3DEFJKRWU"', '"reference": ""', 'without a reference'],
    ['a null reference', '"reference": "G3DEFJKRWU"', '"reference": null', 'without a reference'],
    ['a status of cancelled', '"Requested"', '"Cancelled"', 'cancelled'],
    ['a list where a text belongs', '"amount": "100"', '"amount": ["100", "100"]', 'another shape'],
    ['no data', '"data"', '"date"', 'without a reference'],
    ['a reserved name', '"errors": []', '"__proto__": {"reference": "X"}', 'refused'],
    ['the type of a failure', '"SUCCESS"', '"FAIL"', 'code 0000'],
    ['another code', '"0000"', '"3000"', 'SUCCESS, code 3000'],
  ])('with %s is unknown', (_name, from, to, why) => expect(read(200, edited(SUCCESS_JSON, from, to))).toEqual(unknown(why)));

  it('in XML: empty elements are empty texts, a second element of a name is a contradiction', () => {
    const ten = { ...SAMPLE_PURCHASE, amountKes: kes(10) };
    const one = edited(SUCCESS_XML, '<note>PAY0000001</note>', '<note/>');
    expect(readAnswer(ten, 200, one)).toEqual(ACCEPTED);
    expect(readAnswer(ten, 200, edited(SUCCESS_XML, '<code/>', '<note>OTHER</note>'))).toEqual(unknown('another shape'));
    expect(readAnswer(ten, 200, edited(SUCCESS_XML, '<reference>G3DEFJKRWU</reference>', '<reference/>'))).toEqual(
      unknown('without a'),
    );
    expect(readAnswer(ten, 200, edited(SUCCESS_XML, '</data>\n</xml>', ''))).toEqual(unknown('broken XML'));
  });

  it.each([500, 502, 503, 504, 599, 307, 302, 304, 101, 401, 404, 409])('under HTTP %i is unknown', (status) => {
    expect(read(status, SUCCESS_JSON)).toEqual(unknown(`HTTP ${status}`));
  });
});

describe('a failure', () => {
  it.each(['1000', '2000', '3000', '4000', '5000', '6000'])('%s is refused, with HTTP 200 and with 4xx', (code) => {
    for (const status of [200, 400, 401, 403, 422])
      expect(read(status, fail(code))).toEqual({ kind: 'refused', code, message: 'No' });
  });

  it.each([200, 400, 402])('8000 is cancelled, with HTTP %i', (status) => {
    expect(read(status, fail('8000'))).toEqual({ kind: 'cancelled', message: 'No' });
  });

  it.each(['0000', '7000', '9000', '3001', '0', '', 'E3000', '30000'])('%s is unknown', (code) => {
    expect(read(200, fail(code))).toMatchObject({ kind: 'unknown' });
  });

  it.each(['1000', '4000', '8000'])('%s under HTTP 500 is unknown', (code) =>
    expect(read(500, fail(code))).toEqual(unknown('HTTP 500')),
  );

  it.each([
    ['a text', '"data": {"errors": "\'amount is required.\'"}', 'No: amount is required'],
    ['the singular', '"data": {"error": ["mobile is invalid"]}', 'No: mobile is invalid'],
    [
      'lists in objects',
      '"data": {"errors": {"mobile": ["is invalid", "is short"], "amount": "is zero"}}',
      'No: is invalid; is short; is zero',
    ],
    ['errors at the top', '"errors": ["mobile is invalid"]', 'No: mobile is invalid'],
    ['both spellings with the same error', '"data": {"errors": ["a"], "error": ["a"]}', 'No: a'],
    ['an empty list', '"data": {"errors": []}', 'No'],
    ['no data', '"date": ""', 'No'],
    ['data of another kind', '"data": "nothing"', 'No'],
    ['line breaks and invisible characters', '"data": {"errors": ["a\\u0000\\n\\u200b b"]}', 'No: a b'],
  ])('tells its errors: %s', (_name, data, message) =>
    expect(read(200, fail('3000', data))).toMatchObject({ kind: 'refused', message }),
  );

  it('tells the errors of XML: one, none, in the singular', () => {
    const errors = FAIL_XML.slice(FAIL_XML.indexOf('<errors>'), FAIL_XML.indexOf('</errors>') + 9);
    const message = (xml: string) => read(200, edited(FAIL_XML, errors, xml));
    expect(message('<errors/>')).toMatchObject({ message: 'Missing or Invalid Parameters' });
    expect(message('<errors></errors>')).toMatchObject({ message: 'Missing or Invalid Parameters' });
    expect(message('<error>&#039;a &amp; b&#039;</error>')).toMatchObject({ message: 'Missing or Invalid Parameters: a & b' });
    expect(message('<errors><error>x</error></errors>')).toMatchObject({ message: 'Missing or Invalid Parameters: x' });
  });

  it('is told in the specification’s words when it brings none, and never at great length', () => {
    expect(read(200, '{"status":{"type":"FAIL","code":"5000"}}')).toEqual({
      kind: 'refused',
      code: '5000',
      message: 'Request Not Allowed',
    });
    const long = read(200, fail('3000', `"data": {"errors": ["${'x'.repeat(5000)}"]}`));
    expect(long.kind === 'refused' && long.message.length <= 300).toBe(true);
  });
});

describe('what cannot be read is unknown', () => {
  it.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['OK', 'neither JSON nor XML'],
    ['status=SUCCESS&code=0000', 'neither JSON nor XML'],
    ['{"status": {"type": "SUCCESS", "code": "0000"', 'broken JSON'],
    ['<html><body><br></body></html>', 'broken XML'],
    ['<html><body>502 Bad Gateway</body></html>', 'without a status'],
    ['<!DOCTYPE x [<!ENTITY a "0000">]><xml><status><code>&a;</code></status></xml>', 'document type'],
    ['<xml><__proto__>x</__proto__></xml>', 'broken XML'],
    ['[]', 'without a status'],
    ['null', 'neither JSON nor XML'],
    ['{"status": "SUCCESS"}', 'without a status'],
    ['{"status": {"type": {"a": "b"}, "code": "0000"}}', 'without a status'],
    ['{"a":'.repeat(40) + '1' + '}'.repeat(40), 'too deep'],
    ['['.repeat(100_000), 'broken JSON'],
    [' '.repeat(300_000), 'too long'],
  ])('%# %.40s', (body, why) => expect(read(200, body)).toEqual(unknown(why)));

  it.each([400, 401, 403, 404, 408, 409, 421, 429])('HTTP %i with a page', (status) => {
    expect(read(status, '<h1>No</h1>')).toEqual(unknown(`HTTP ${status}`));
  });

  it('says why without repeating anyone’s number', () => {
    const other = read(200, edited(SUCCESS_JSON, '"254722000000"', '"254733111222"'));
    expect(JSON.stringify(other)).not.toMatch(/\d{9}/);
  });

  it('never throws, and believes no answer that was damaged on the way', () => {
    const cut = fc.tuple(fc.constantFrom(SUCCESS_JSON, SUCCESS_XML), fc.nat(1200), fc.nat(40), fc.string());
    const damaged = cut.map(([sample, at, length, put]) => sample.slice(0, at) + put + sample.slice(at + length));
    const bodies = fc.oneof(damaged, fc.string(), fc.json());
    const check = (body: string, status: number): void => {
      const answer = read(status, body);
      if (answer.kind === 'accepted') expect(body).toContain(answer.upstreamReference);
      if (status >= 500) expect(answer.kind).toBe('unknown');
    };
    fc.assert(fc.property(bodies, fc.constantFrom(200, 201, 400, 401, 500, 503), check), { numRuns: 3000, seed: 254 });
  });
});
