/**
 * Owns what the answers of a remote SMS wallet mean. Only a statement that is whole and free of contradiction is believed; numbers are
 * read as text, never rounded. No format of errors is published, so a no counts only as problem details (RFC 9457).
 */

import { z } from 'zod';
import { parseMilliKes, unitsFor, type Buyer } from '../../domain/tariff.ts';
import { oneLine } from '../../lib/one-line.ts';
import type { PostOutcome } from '../../lib/single-post.ts';
import type { BalanceReading, PaidTopUp, ThresholdAnswer, TopUpAnswer } from '../../ports/wallet-server.ts';

type Refused = Extract<TopUpAnswer, { kind: 'refused' }>;
type Answered = Extract<PostOutcome, { kind: 'answered' }>;

const MAX_MESSAGE_CHARACTERS = 300;

/** 500, "500", "500.00"; null for a fraction, a sign, an exponent. */
function wholeNumber(value: number | string): number | null {
  const digits = /^0*(\d{1,15})(?:\.0*)?$/.exec(String(value))?.[1];
  return digits === undefined ? null : Number(digits);
}

/** "0.8", 0.8, "0.80000": thousandths, or null when it has more to it. */
function price(value: number | string): number | null {
  const milliKes = parseMilliKes(String(value).replace(/(\.\d{3})0+$/, '$1'));
  return milliKes === null || milliKes === 0 ? null : milliKes;
}

const numeric = z.union([z.number(), z.string()]);
const whole = numeric.transform(wholeNumber).pipe(z.number());
const milliKes = numeric.transform(price).pipe(z.number());

const topUpStatus = z.object({ status: z.string(), smsAdded: numeric.optional(), message: z.string().optional() });
const topUpReceipt = z.object({
  smsAdded: whole,
  newSmsBalance: whole,
  userId: z.string(),
  purchaseAmount: whole,
  unitCost: milliKes,
});
const balance = z.object({ userId: z.string(), smsBalance: whole, unitCost: milliKes, lastUpdated: z.unknown() });
const currentCost = z.object({ userId: z.string(), pricePerSms: milliKes });
const thresholdStatus = z.object({ status: z.string().optional(), message: z.string().optional() });

const problem = z.object({
  title: z.string(),
  type: z.string().optional(),
  code: z.string().optional(),
  detail: z.string().optional(),
});

/** Never throws. */
export function readTopUp(paid: PaidTopUp, outcome: PostOutcome): TopUpAnswer {
  if (outcome.kind === 'not_sent') return outcome;
  if (outcome.kind === 'lost') return { kind: 'unknown', why: outcome.why };
  if (!isDone(outcome)) return notDone(outcome);
  const body = jsonOf(outcome.body);
  const head = topUpStatus.safeParse(body);
  if (!head.success) return { kind: 'unknown', why: 'an answer without a status' };
  const { status, message = '' } = head.data;
  if (isFailure(status) && wholeNumber(head.data.smsAdded ?? 0) === 0)
    return { kind: 'refused', code: 'failure', message: plainText(message), ours: false };
  if (!isSuccess(status)) return { kind: 'unknown', why: `an answer of status ${plainText(status)}` };
  const receipt = topUpReceipt.safeParse(body);
  if (!receipt.success) return { kind: 'unknown', why: 'a success of another shape' };
  const { userId, purchaseAmount, smsAdded, newSmsBalance, unitCost } = receipt.data;
  if (userId !== paid.owner.userId) return { kind: 'unknown', why: 'a success that names another user' };
  if (purchaseAmount !== paid.amountKes) return { kind: 'unknown', why: 'a success that names another amount' };
  // What was left over of earlier purchases may make one more.
  if (smsAdded === 0 || Math.abs(smsAdded - unitsFor(purchaseAmount * 1_000, unitCost).units) > 1)
    return { kind: 'unknown', why: `a success of ${smsAdded} SMS, which its own amount and price contradict` };
  if (newSmsBalance < smsAdded) return { kind: 'unknown', why: 'a success whose balance is less than what was added' };
  return { kind: 'added', smsAdded, smsBalance: newSmsBalance, milliKes: unitCost };
}

/** Never throws. */
export function readBalance({ userId }: Buyer, outcome: PostOutcome): BalanceReading {
  if (outcome.kind !== 'answered') return { kind: 'unknown', why: outcome.why };
  if (!isDone(outcome)) {
    const refused = refusalOf(outcome);
    if (refused?.code === 'unknown_user') return { kind: 'no_wallet', milliKes: null };
    return { kind: 'unknown', why: refused === null ? `HTTP ${outcome.status}` : `HTTP ${outcome.status}, ${refused.message}` };
  }
  const read = balance.safeParse(jsonOf(outcome.body));
  if (!read.success) return { kind: 'unknown', why: 'a balance of another shape' };
  if (read.data.userId !== userId) return { kind: 'unknown', why: 'the balance of another user' };
  const { smsBalance, unitCost, lastUpdated } = read.data;
  return { kind: 'read', smsBalance, milliKes: unitCost, changedAt: instantOf(lastUpdated) };
}

/** What an SMS costs somebody who has no wallet yet; null: that server does not say. The operation is ours: no specification has it. */
export function readPrice({ userId }: Buyer, outcome: Answered): number | null {
  const read = isDone(outcome) ? currentCost.safeParse(jsonOf(outcome.body)) : null;
  return read?.success === true && read.data.userId === userId ? read.data.pricePerSms : null;
}

/** What a success looks like is not published: whatever is no failure. Never throws. */
export function readThreshold(outcome: PostOutcome): ThresholdAnswer {
  if (outcome.kind === 'not_sent') return outcome;
  if (outcome.kind === 'lost') return { kind: 'unknown', why: outcome.why };
  if (!isDone(outcome)) return notDone(outcome);
  const read = thresholdStatus.safeParse(jsonOf(outcome.body));
  if (!read.success) return { kind: 'unknown', why: 'an answer of another shape' };
  const { status = 'success', message = '' } = read.data;
  return isFailure(status) ? { kind: 'refused', code: 'failure', message: plainText(message), ours: false } : { kind: 'set' };
}

const isDone = ({ status }: Answered): boolean => status >= 200 && status < 300;
const isSuccess = (status: string): boolean => /^success(ful)?$/i.test(status.trim());
const isFailure = (status: string): boolean => /^(failure|failed)$/i.test(status.trim());

/**
 * Says nothing of what became of the request: the other side waited in vain, knows its id from before, or was too early. The second of
 * two may be told so of the one that was done.
 */
const TELLS_NOTHING: readonly number[] = [408, 409, 425];
/** Key and rights: no request will do better. */
const OURS: readonly number[] = [401, 403];

/** "Too many requests" is the one no that asks to be asked again: nothing was done. */
const COME_AGAIN = 429;

function notDone(outcome: Answered): Exclude<TopUpAnswer, { kind: 'added' }> {
  const refused = refusalOf(outcome);
  if (refused === null) return { kind: 'unknown', why: `HTTP ${outcome.status}` };
  return outcome.status === COME_AGAIN ? { kind: 'not_sent', why: `HTTP ${COME_AGAIN}, ${refused.message}` } : refused;
}

/** Null: it is no clear no. */
function refusalOf({ status, body }: Answered): Refused | null {
  if (status < 400 || status >= 500 || TELLS_NOTHING.includes(status)) return null;
  const read = problem.safeParse(jsonOf(body));
  if (!read.success) return null;
  const { title, type, code, detail } = read.data;
  // A gateway in between that says "Not Found" in JSON names neither.
  if (code === undefined && type === undefined) return null;
  const named = code ?? type?.split('/').at(-1) ?? '';
  return { kind: 'refused', code: plainText(named), message: plainText(detail ?? title), ours: OURS.includes(status) };
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return null;
  }
}

/** An instant with its offset; without one, nobody knows when it was. */
function instantOf(value: unknown): number | null {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}:\d{2})$/.test(value)) return null;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : at;
}

function plainText(words: string): string {
  return oneLine(words, MAX_MESSAGE_CHARACTERS);
}
