/** Owns the tables of what an answer of Daraja is taken to mean: to a push, and to the question what became of it. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPush, readStatus, tokenRefused } from './answer.ts';

const REFERENCE = 'ws_CO_191220191020363925';
const ACCEPTANCE = {
  MerchantRequestID: '29115-34620561-1',
  CheckoutRequestID: REFERENCE,
  ResponseCode: '0',
  ResponseDescription: 'Success. Request accepted for processing',
  CustomerMessage: 'Success. Request accepted for processing',
};
const RESULT = {
  ResponseCode: '0',
  ResponseDescription: 'The service request has been accepted successsfully',
  MerchantRequestID: '22205-34066-1',
  CheckoutRequestID: REFERENCE,
  ResultCode: '0',
  ResultDesc: 'The service request is processed successfully.',
};

const text = (body: unknown): string => (typeof body === 'string' ? body : JSON.stringify(body));
const push = (status: number, body: unknown, fresh = true) => readPush({ status, body: text(body) }, fresh);
const ask = (status: number, body: unknown) => readStatus(REFERENCE, { status, body: text(body) });
const error = (errorCode: string, errorMessage = 'No') => ({ requestId: '1-2-3', errorCode, errorMessage });

describe('a push', () => {
  it.each<[string, object]>([
    ['as Safaricom shows it', ACCEPTANCE],
    ['with a number as its code', { ...ACCEPTANCE, ResponseCode: 0 }],
    ['with fields that nobody knows', { ...ACCEPTANCE, Extra: { a: [1] } }],
    ['without any words', { CheckoutRequestID: REFERENCE, ResponseCode: '0' }],
  ])('%s is accepted', (_name, body) => {
    expect(push(200, body)).toEqual({ kind: 'accepted', upstreamReference: REFERENCE });
  });

  it('whose code is not 0 is refused, in its words', () => {
    const body = { ...ACCEPTANCE, ResponseCode: '1', ResponseDescription: ' Rejected\n\u200b today ' };
    expect(push(200, body)).toEqual({ kind: 'refused', code: '1', message: 'Rejected today', ours: false });
  });

  it.each<[string, number, unknown, boolean]>([
    ['a number of the payer that is none', 400, error('400.002.02', 'Bad Request - Invalid PhoneNumber'), false],
    ['a payer that is none', 400, error('400.002.02', 'Bad Request - Invalid PartyA'), false],
    ['an amount that is none', 400, error('400.002.02', 'Bad Request - Invalid Amount'), false],
    ['a shortcode that is none', 400, error('400.002.02', 'Bad Request - Invalid BusinessShortCode'), true],
    ['an address for callbacks that is none', 400, error('400.002.02', 'Bad Request - Invalid CallBackURL'), true],
    ['a payload that is none', 400, error('400.002.05'), true],
    ['a token that is none', 404, error('404.001.03', 'Invalid Access Token'), true],
    ['a token that is none, told otherwise', 401, error('401.002.01', 'Error Occurred - Invalid Access Token'), true],
    ['an app without this product', 403, error('403.001.01'), true],
    ['too many requests', 429, error('429.001.01', 'Spike arrest'), false],
  ])('is refused for %s', (_name, status, body, ours) => {
    expect(push(status, body)).toMatchObject({ kind: 'refused', code: (body as { errorCode: string }).errorCode, ours });
  });

  it.each([
    [404, error('404.001.03', 'Invalid Access Token')],
    [401, error('401.002.01')],
    [401, '<h1>Unauthorized</h1>'],
    [401, ''],
  ])('is refused for a token that was kept too long, which is nobody’s fault: %i, %j', (status, body) => {
    expect(push(status, body, false)).toMatchObject({ kind: 'refused', ours: false });
    expect(push(status, body, true)).toMatchObject({ kind: 'refused', ours: true });
    expect(tokenRefused({ status, body: text(body) })).toBe(true);
  });

  it.each<[string, number, unknown]>([
    ['an acceptance without its reference', 200, { ...ACCEPTANCE, CheckoutRequestID: undefined }],
    ['an acceptance with an empty reference', 200, { ...ACCEPTANCE, CheckoutRequestID: '' }],
    ['a reference that cannot be', 200, { ...ACCEPTANCE, CheckoutRequestID: 'a b\n' }],
    ['a reference that is no text', 200, { ...ACCEPTANCE, CheckoutRequestID: [REFERENCE] }],
    ['an acceptance without a code', 200, { ...ACCEPTANCE, ResponseCode: undefined }],
    ['an acceptance with an empty code', 200, { ...ACCEPTANCE, ResponseCode: '' }],
    ['an acceptance that is an error too', 200, { ...ACCEPTANCE, ...error('400.002.02') }],
    ['an error under 200', 200, error('400.002.02')],
    ['an acceptance under 400', 400, ACCEPTANCE],
    ['an acceptance under 401', 401, ACCEPTANCE],
    ['an acceptance under 503', 503, ACCEPTANCE],
    ['a list', 200, [ACCEPTANCE]],
    ['nothing', 200, ''],
    ['a page', 200, '<html>ok</html>'],
    ['half of an answer', 200, text(ACCEPTANCE).slice(0, -5)],
    ['far too much', 200, text({ ...ACCEPTANCE, more: 'x'.repeat(70_000) })],
    ['a busy payer, under 500', 500, error('500.001.1001', 'Unable to lock subscriber')],
    ['a refusal under 500', 500, error('400.002.02')],
    ['an error of theirs under 400', 400, error('500.001.1001')],
    ['a page under 400', 400, '<h1>Bad Request</h1>'],
    ['a page under 403', 403, 'Incapsula incident'],
    ['a time-out', 408, error('408.001.01')],
    ['a conflict', 409, error('409.001.01')],
    ['a misdirected request', 421, ''],
    ['a redirect', 307, ''],
    ['a code that is none', 400, error('none')],
  ])('is unknown after %s', (_name, status, body) => {
    expect(push(status, body)).toMatchObject({ kind: 'unknown', why: expect.stringMatching(/\w/) as string });
  });
});

describe('a question', () => {
  it.each([200, 201])('is answered paid, under %i', (status) => {
    expect(ask(status, RESULT)).toEqual({ kind: 'paid', code: '0' });
    expect(ask(status, { ...RESULT, ResultCode: 0, ResponseCode: 0 })).toEqual({ kind: 'paid', code: '0' });
  });

  it.each([
    ['1', 'too_little_money'],
    ['17', 'busy'],
    ['26', 'busy'],
    ['1001', 'busy'],
    ['1019', 'expired'],
    ['1025', 'not_prompted'],
    ['9999', 'not_prompted'],
    ['1032', 'cancelled'],
    ['1037', 'phone_unreachable'],
    ['2001', 'wrong_pin'],
    ['8006', 'other'],
    ['2', 'other'],
  ])('is answered not paid with %s: %s', (code, reason) => {
    const body = { ...RESULT, ResultCode: code, ResultDesc: '[STK_CB - ]No luck.' };
    expect(ask(200, body)).toEqual({ kind: 'not_paid', code, reason, message: 'No luck.' });
    expect(ask(200, { ...body, ResultCode: Number(code) })).toMatchObject({ kind: 'not_paid', code });
  });

  it.each<[string, number, unknown]>([
    ['as an error of theirs', 500, error('500.001.1001', 'The transaction is being processed')],
    ['as a code of its own', 200, { ...RESULT, ResultCode: '4999', ResultDesc: 'Wait' }],
    [
      'under a code that mostly means a failure',
      200,
      { ...RESULT, ResultCode: '1037', ResultDesc: 'The transaction is still under processing' },
    ],
  ])('is pending %s', (_name, status, body) => {
    expect(ask(status, body)).toEqual({ kind: 'pending' });
  });

  it.each<[string, number, unknown]>([
    ['another payment', 200, { ...RESULT, CheckoutRequestID: `${REFERENCE}1` }],
    ['no payment', 200, { ...RESULT, CheckoutRequestID: undefined }],
    ['a result that is missing', 200, { ...RESULT, ResultCode: undefined }],
    ['a result that is empty', 200, { ...RESULT, ResultCode: '' }],
    ['a result that is null', 200, { ...RESULT, ResultCode: null }],
    ['a result that is false', 200, { ...RESULT, ResultCode: false }],
    ['a result that is no code', 200, { ...RESULT, ResultCode: 'OK' }],
    ['a question that was not accepted', 200, { ...RESULT, ResponseCode: '1' }],
    ['a success that is an error too', 200, { ...RESULT, ...error('500.001.1001') }],
    ['a success under 500', 500, RESULT],
    ['a redirect', 302, RESULT],
    ['the same error code with other words', 500, error('500.001.1001', 'Wrong credentials')],
    ['a token that is none', 404, error('404.001.03', 'Invalid Access Token')],
    ['nothing', 200, ''],
    ['a page', 503, '<h1>Service Unavailable</h1>'],
  ])('stays open after an answer about %s', (_name, status, body) => {
    expect(ask(status, body)).toMatchObject({ kind: 'unknown' });
  });
});

it('nothing throws, and nothing that was damaged is believed to be paid', () => {
  const cut = fc.tuple(
    fc.constantFrom(text(ACCEPTANCE), text(RESULT)),
    fc.nat(400),
    fc.integer({ min: 1, max: 40 }),
    fc.string(),
  );
  const damaged = cut.map(([sample, at, length, put]) => sample.slice(0, at) + put + sample.slice(at + length));
  const bodies = fc.oneof(damaged, fc.string(), fc.json());
  const check = (body: string, status: number): void => {
    const answer = push(status, body);
    if (answer.kind === 'accepted') expect(body).toContain(answer.upstreamReference);
    if (ask(status, body).kind === 'paid') expect(JSON.parse(body)).toMatchObject({ CheckoutRequestID: REFERENCE });
    if (status >= 500) expect([answer.kind, ask(status, body).kind]).toEqual(['unknown', 'unknown']);
  };
  fc.assert(fc.property(bodies, fc.constantFrom(200, 400, 401, 500), check), { numRuns: 2000, seed: 254 });
});
