/**
 * Owns the proof that the simulated upstream keeps the contract of airtime-api.txt: its examples word for word, its checks in
 * their order, and its wording of what is wrong.
 */

import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { FAIL_JSON, FAIL_XML, SUCCESS_JSON, SUCCESS_XML } from '../../test/wire/topups-samples.ts';
import { ask, closeAll, FIELDS, said, start, xml } from '../../test/wire/topups-sandbox.ts';
import { parseNumberRanges } from '../domain/networks.ts';

afterEach(closeAll);

const references = (text: string): string =>
  text.replace(/G3DEFJKRWU|(?<=<reference>)\w{10}|(?<="reference": ")\w{10}/g, 'REFERENCE');
const compact = (text: string): string => references(text).replace(/>\s+</g, '><').replace('<amount>10<', '<amount>100<').trim();

describe('the specification’s example', () => {
  it('is answered word for word in JSON, apart from the reference', async () => {
    const { sandbox } = start();
    const response = await ask(sandbox, FIELDS, { Accept: 'application/json', 'Content-Type': 'application/json' });
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(references(await response.text())).toBe(references(SUCCESS_JSON));
  });

  it.each(['text/xml', 'application/xml; charset=utf-8'])('is answered word for word in XML to %s', async (type) => {
    const { sandbox } = start();
    const response = await ask(sandbox, xml(FIELDS), { Accept: type, 'Content-Type': type });
    expect(response.headers.get('content-type')).toBe('text/xml; charset=utf-8');
    expect(compact(await response.text())).toBe(compact(SUCCESS_XML));
  });

  it('may ask in one format and hear in the other', async () => {
    const { sandbox } = start();
    expect((await said(sandbox, xml(FIELDS), { 'Content-Type': 'text/xml' })).status.code).toBe('0000');
    expect(await (await ask(sandbox, FIELDS, { Accept: 'text/xml' })).text()).toContain('<code>0000</code>');
  });

  it('fails word for word', async () => {
    const { sandbox } = start();
    const wrong = { ...FIELDS, mobile: '0722', amount: '' };
    expect(await said(sandbox, wrong)).toEqual(JSON.parse(FAIL_JSON));
    const text = await (await ask(sandbox, wrong, { Accept: 'text/xml' })).text();
    expect(text.replaceAll('&#39;', "'").replace(/>\s+</g, '><')).toBe(FAIL_XML.replace(/>\s+</g, '><'));
  });
});

describe('checks, in this order', () => {
  it.each<[string, string, Record<string, string>, string, string]>([
    ['the method', '{', { Authorization: '' }, 'GET', '2000'],
    ['another method', '{', { Authorization: '' }, 'PUT', '2000'],
    ['no token', '{', { Authorization: '' }, 'POST', '4000'],
    ['another token', '{', { Authorization: 'Bearer nope' }, 'POST', '4000'],
    ['broken JSON', '{', {}, 'POST', '1000'],
    ['a list', '[]', {}, 'POST', '1000'],
    ['nothing', '', {}, 'POST', '1000'],
    ['JSON that calls itself XML', JSON.stringify(FIELDS), { 'Content-Type': 'text/xml' }, 'POST', '1000'],
    ['XML that calls itself nothing', xml(FIELDS), {}, 'POST', '1000'],
    ['XML that is cut off', xml(FIELDS).slice(0, -6), { 'Content-Type': 'text/xml' }, 'POST', '1000'],
    ['XML with another root', xml(FIELDS).replaceAll('xml>', 'request>'), { 'Content-Type': 'text/xml' }, 'POST', '1000'],
    ['XML with a document type', `<!DOCTYPE a>${xml(FIELDS).slice(21)}`, { 'Content-Type': 'text/xml' }, 'POST', '1000'],
    ['a body without end', ' '.repeat(70_000), {}, 'POST', '1000'],
    ['no fields', '{}', {}, 'POST', '3000'],
  ])('%s', async (_name, body, headers, method, code) => {
    const { sandbox } = start();
    expect((await said(sandbox, body, headers, method)).status).toMatchObject({ type: 'FAIL', code });
    expect(sandbox.openPrompts()).toEqual([]);
  });

  it.each<[object, string[]]>([
    [{ mobile: undefined, payment_mobile: '' }, ["'mobile is required.'", "'payment_mobile is required.'"]],
    [{ amount: null, payment_network: undefined }, ["'amount is required.'", "'payment_network is required.'"]],
    [{ mobile: '+254722000000' }, ["'mobile is invalid'"]],
    [{ mobile: '0722000000' }, ["'mobile is invalid'"]],
    [{ mobile: '254202000000' }, ["'mobile is invalid'"]],
    [{ payment_mobile: '25472200200' }, ["'payment_mobile is invalid'"]],
    [{ mobile: ['254722000000'] }, ["'mobile is invalid'"]],
    [{ amount: '0' }, ["'amount is invalid'"]],
    [{ amount: '-5' }, ["'amount is invalid'"]],
    [{ amount: '100.00' }, ["'amount is invalid'"]],
    [{ amount: 10.5 }, ["'amount is invalid'"]],
    [{ amount: '1e3' }, ["'amount is invalid'"]],
    [{ amount: '250001' }, ["'amount is invalid'"]],
    [{ country: 'UG' }, ["'country is invalid'"]],
    [{ currency: 'USD' }, ["'currency is invalid'"]],
    [{ network: 'Equitel' }, ["'network is invalid'"]],
    [{ network: 'safaricom' }, ["'network is invalid'"]],
    [{ payment_network: 'MPESA' }, ["'payment_network is invalid'"]],
    [{ note: 'x'.repeat(201) }, ["'note is invalid'"]],
    [{ name: { first: 'Jane' } }, ["'name is invalid'"]],
  ])('%j', async (change, errors) => {
    const { sandbox } = start();
    expect(await said(sandbox, { ...FIELDS, ...change })).toEqual({
      status: { type: 'FAIL', code: '3000', message: 'Missing or Invalid Parameters' },
      data: { errors },
    });
    expect(sandbox.openPrompts()).toEqual([]);
  });

  it('takes numbers as numbers, a 2541 mobile, and nothing but the required fields', async () => {
    const { sandbox } = start();
    const required = { mobile: 254110000000, amount: 5, payment_network: 'Equitel', payment_mobile: 254763000000 };
    const { data } = await said(sandbox, required);
    expect(data.transaction).toMatchObject({ amount: '5', note: '', network: '', currency: 'KES', country: 'KE' });
    expect(sandbox.openPrompts()).toMatchObject([
      { paymentNetwork: 'Equitel', phone: '254763000000', recipient: '254110000000' },
    ]);
  });

  it('detects the network of a recipient where it knows the ranges, and Equitel receives nothing', async () => {
    const ranges = parseNumberRanges(readFileSync(new URL('../../data/number-ranges-254.csv', import.meta.url), 'utf8'));
    const { sandbox } = start({ ranges });
    const ask = (mobile: string) => said(sandbox, { ...FIELDS, network: '', mobile });
    expect((await ask('254733000000')).data.transaction).toMatchObject({ network: 'Airtel' });
    expect((await ask('254771000000')).data.transaction).toMatchObject({ network: 'Telkom' });
    expect((await ask('254764000000')).data.errors).toEqual(["'network is invalid'"]);
    expect((await said(sandbox, { ...FIELDS, mobile: '254764000000' })).status.code).toBe('0000');
  });
});
