/** Owns the table of answers of Fast Message: what each documented, misspelt or contradictory one is taken to mean. */

import { describe, expect, it } from 'vitest';
import { msisdn } from '../../domain/msisdn.ts';
import { readCreditAnswer, readSmsAnswer } from './answer.ts';

const MOBILE = msisdn('254722000001');
const sms = (body: unknown, status = 200) =>
  readSmsAnswer(MOBILE, status, typeof body === 'string' ? body : JSON.stringify(body), 'the-key');
const said = (fields: Record<string, unknown>) => sms({ responses: [fields] });
const credit = (body: unknown) => readCreditAnswer(200, JSON.stringify(body), 'the-key');

describe('a code', () => {
  it.each([
    ['1001', { kind: 'refused', ours: true }],
    ['1002', { kind: 'refused', ours: false }],
    ['1003', { kind: 'refused', ours: false }],
    ['1004', { kind: 'refused', ours: true }],
    ['1005', { kind: 'unknown' }],
    ['1006', { kind: 'refused', ours: true }],
    ['1007', { kind: 'unknown' }],
    ['1008', { kind: 'unknown' }],
    ['1009', { kind: 'refused', ours: true }],
    ['1010', { kind: 'refused', ours: true }],
    ['1012', { kind: 'refused', ours: true }],
    ['1104', { kind: 'refused', ours: true }],
    ['4090', { kind: 'retry', afterMs: 300_000 }],
    ['4091', { kind: 'refused', ours: true }],
    ['4092', { kind: 'refused', ours: true }],
    ['4093', { kind: 'refused', ours: true }],
    ['201', { kind: 'unknown' }],
    ['9999', { kind: 'unknown' }],
  ])('%s, in every spelling', (code, expected) => {
    for (const written of [code, Number(code), ` ${code} `]) {
      for (const key of ['response-code', 'respose-code']) {
        expect(said({ [key]: written })).toMatchObject(expected);
        expect(sms({ [key]: written, 'response-description': 'No' })).toMatchObject({
          ...expected,
          why: expect.any(String) as string,
        });
      }
    }
  });

  it('is told with the gateway’s words, on one line', () => {
    const why = 'code 1004, low credits: Low bulk credits';
    expect(said({ 'response-code': 1004, 'response-description': ' Low bulk\r\n\u0007credits ' })).toEqual({
      kind: 'refused',
      why,
      ours: true,
      code: '1004',
    });
  });
});

it('that has our key in its words, or for a code, is told without it', () => {
  const why = 'code [key], an undocumented code: key [key] is unknown';
  const fields = { 'response-code': 'the-key', 'response-description': 'key the-key is unknown' };
  expect(said(fields)).toEqual({ kind: 'unknown', why, code: 'undocumented' });
  expect(credit(fields)).toEqual({ ok: false, error: why });
});

describe('a success', () => {
  it.each([
    ['as documented', { 'response-code': 200, mobile: '254722000001', messageid: '8290842' }, '8290842'],
    ['misspelt, numbers as texts', { 'respose-code': '200', mobile: '0722000001', messageid: 8290842 }, '8290842'],
    ['numbers as numbers', { 'response-code': 200, mobile: 254722000001, messageid: 8290842 }, '8290842'],
    ['both spellings', { 'response-code': 200, 'respose-code': '200', messageid: 'x' }, 'x'],
    ['without an id', { 'response-code': 200, mobile: null, messageid: null }, null],
  ])('%s', (_name, fields, upstreamId) => {
    expect(said(fields)).toEqual({ kind: 'sent', upstreamId });
  });
});

describe('what cannot be believed is unknown', () => {
  it.each([
    ['another number', { responses: [{ 'response-code': 200, mobile: '254722000009' }] }],
    ['no number', { responses: [{ 'response-code': 200, mobile: 'nobody' }] }],
    ['two codes', { responses: [{ 'response-code': 200, 'respose-code': 1003 }] }],
    ['two refusals that differ', { responses: [{ 'response-code': 1004, 'respose-code': 1003 }] }],
    ['no code', { responses: [{ 'response-description': 'Success' }] }],
    ['an empty code', { responses: [{ 'response-code': '' }] }],
    ['no answer in the list', { responses: [] }],
    ['two answers in the list', { responses: [{ 'response-code': 1003 }, { 'response-code': 1003 }] }],
    ['a list that is none', { responses: { 'response-code': 200 } }],
    ['a code that is no code', { responses: [{ 'response-code': true }] }],
    ['a list', [{ 'response-code': 200 }]],
    ['a number', 200],
    ['null', null],
    ['a page', '<html>'],
    ['nothing', ''],
    ['deep nesting', '['.repeat(50_000)],
  ])('%s', (_name, body) => {
    expect(sms(body)).toMatchObject({ kind: 'unknown' });
  });

  it.each([199, 301, 400, 500, 503])('a success under HTTP %i', (status) => {
    expect(sms({ 'response-code': 200 }, status)).toMatchObject({ kind: 'unknown' });
  });
});

describe('the credit, in thousandths', () => {
  it.each<[unknown, number]>([
    ['545.00', 545_000],
    [' 545 ', 545_000],
    [545.5, 545_500],
    ['1,234,567.8', 1_234_567_800],
    ['0.1', 100],
    ['0.100000', 100],
    ['0', 0],
    ['-0.00', 0],
    ['-3.25', -3_250],
    ['999999999999.999', 999_999_999_999_999],
  ])('%s', (written, milliKes) => {
    expect(credit({ 'response-code': '200', credit: written })).toEqual({ ok: true, value: milliKes });
  });

  it.each([undefined, null, '', 'plenty', '1e3', '5.0001', '1,2345', '..', '5 KES', Number.NaN])('%s is none', (written) => {
    expect(credit({ 'response-code': 200, credit: written })).toEqual({ ok: false, error: 'the answer names no credit' });
  });

  it('of an account that is refused is not read', () => {
    expect(credit({ 'respose-code': 1006, credit: '545.00' })).toMatchObject({ ok: false });
  });
});
