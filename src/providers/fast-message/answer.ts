/**
 * Owns what the answers of Fast Message mean: its table of codes, its misspelt keys, and numbers that come as texts or as numbers.
 * Only a statement that is whole, documented and free of contradiction is believed; everything else is unknown.
 */

import { z } from 'zod';
import { assertNever } from '../../lib/assert.ts';
import { oneLine } from '../../lib/one-line.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { NotifyResult } from '../../ports/notifier.ts';
import { parseMsisdn, type Msisdn } from '../../domain/msisdn.ts';

const SUCCESS = '200';
const TRY_LATER_MS = 5 * 60_000;
const MAX_WORDS = 160;

/** What a code says of an SMS. `ours`: no message goes out until the shop mends it. Codes that are missing here are unknown. */
type Verdict = 'refused' | 'ours' | 'later' | 'unknown';

const VERDICTS: ReadonlyMap<string, readonly [verdict: Verdict, meaning: string]> = new Map([
  ['1001', ['ours', 'invalid sender id']],
  ['1002', ['refused', 'network not allowed']],
  ['1003', ['refused', 'invalid mobile number']],
  ['1004', ['ours', 'low credits']],
  ['1005', ['unknown', 'system error']],
  ['1006', ['ours', 'invalid credentials']],
  ['1007', ['unknown', 'system error']],
  ['1008', ['unknown', 'no delivery report']],
  ['1009', ['ours', 'unsupported data type']],
  ['1010', ['ours', 'unsupported request type']],
  ['1012', ['ours', 'too many messages']],
  ['1104', ['ours', 'too many contacts']],
  ['4090', ['later', 'internal error, try after 5 minutes']],
  ['4091', ['ours', 'no partner id']],
  ['4092', ['ours', 'no API key']],
  ['4093', ['ours', 'details not found']],
]);

/** A code, a number or an id: as a text or as a number. Nothing and null are no value. */
const value = z.union([z.string(), z.number()]).transform((given) => String(given).trim());
const statement = z.object({
  'response-code': value.optional(),
  // As live servers write it.
  'respose-code': value.optional(),
  'response-description': value.nullish(),
  mobile: value.nullish(),
  messageid: value.nullish(),
  credit: value.nullish(),
});

type Statement = z.infer<typeof statement>;

/** Never throws. `status` is the HTTP status; `secret` is never repeated in what is said. */
export function readSmsAnswer(mobile: Msisdn, status: number, body: string, secret: string): NotifyResult {
  const read = readStatement(status, body);
  if (!read.ok) return { kind: 'unknown', why: read.error };
  const { said, code } = read.value;
  if (code === SUCCESS) return accepted(mobile, said);
  const [verdict, meaning] = VERDICTS.get(code) ?? ['unknown', 'an undocumented code'];
  const why = explain(code, meaning, said, secret);
  // What is no code of the table may be anything, another one in each answer.
  const named = VERDICTS.has(code) ? code : 'undocumented';
  switch (verdict) {
    case 'refused':
      return { kind: 'refused', why, ours: false, code: named };
    case 'ours':
      return { kind: 'refused', why, ours: true, code: named };
    case 'later':
      return { kind: 'retry', why, afterMs: TRY_LATER_MS, code: named };
    case 'unknown':
      return { kind: 'unknown', why, code: named };
    default:
      return assertNever(verdict);
  }
}

/** The account's credit in thousandths of a shilling; the error says why it is not known. Never throws. */
export function readCreditAnswer(status: number, body: string, secret: string): Result<number, string> {
  const read = readStatement(status, body);
  if (!read.ok) return read;
  const { said, code } = read.value;
  if (code !== SUCCESS) return err(explain(code, VERDICTS.get(code)?.[1] ?? 'an undocumented code', said, secret));
  const credit = milliKesOf(said.credit ?? '');
  return credit === null ? err('the answer names no credit') : ok(credit);
}

function accepted(mobile: Msisdn, said: Statement): NotifyResult {
  const echoed = said.mobile ?? '';
  if (echoed !== '') {
    const parsed = parseMsisdn(echoed);
    if (!parsed.ok || parsed.value !== mobile) return { kind: 'unknown', why: 'an acceptance that names another number' };
  }
  const id = oneLine(said.messageid ?? '', 100);
  return { kind: 'sent', upstreamId: id === '' ? null : id };
}

/** One message has one statement: in a list of one, or standing alone, as refusals of the whole request do. */
function readStatement(status: number, body: string): Result<{ readonly said: Statement; readonly code: string }, string> {
  if (status < 200 || status >= 500 || (status >= 300 && status < 400)) return err(`HTTP ${status}`);
  const document = parseJson(body);
  const parsed = statement.safeParse(alone(document));
  if (!parsed.success) return err(`HTTP ${status}, an answer of another shape`);
  const said = parsed.data;
  const codes = new Set([said['response-code'], said['respose-code']].filter((code) => code !== undefined && code !== ''));
  const [code] = codes;
  if (code === undefined || codes.size !== 1) return err(`HTTP ${status}, an answer without one code`);
  if (code === SUCCESS && status >= 300) return err(`HTTP ${status}, though it says ${SUCCESS}`);
  return ok({ said, code });
}

function alone(document: unknown): unknown {
  if (typeof document !== 'object' || document === null || !('responses' in document)) return document;
  const { responses } = document;
  return Array.isArray(responses) && responses.length === 1 ? (responses[0] as unknown) : undefined;
}

/** Undefined: no JSON. */
function parseJson(body: string): unknown {
  try {
    return JSON.parse(body.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

function explain(code: string, meaning: string, said: Statement, secret: string): string {
  const words = oneLine((said['response-description'] ?? '').replaceAll(secret, '[key]'), MAX_WORDS);
  return `code ${oneLine(code.replaceAll(secret, '[key]'), 20)}, ${meaning}${words === '' ? '' : `: ${words}`}`;
}

/** "545.00", "1,545.5", "-3.250": by its digits, because a fraction of a shilling has no exact binary form. Null: no amount. */
function milliKesOf(words: string): number | null {
  const [, sign = '', whole = '', fraction = ''] =
    /^(-?)(\d{1,12})(?:\.(\d{0,3})0*)?$/.exec(words.replace(/(?<=\d),(?=\d{3}(?:\D|$))/g, '')) ?? [];
  if (whole === '') return null;
  const milliKes = Number(whole) * 1_000 + Number(fraction.padEnd(3, '0'));
  return sign === '-' && milliKes !== 0 ? -milliKes : milliKes;
}
