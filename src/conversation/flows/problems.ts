/**
 * Owns how an unusable number or amount is said back: what was read, what is wrong with it, what to write instead. Shared by every
 * flow that asks for one.
 */

import { assertNever } from '../../lib/assert.ts';
import type { Problem, Understood } from '../../understanding/understood.ts';
import type { Phrase } from '../reply.ts';

/** The first problem with a phone number, or null. */
export function numberProblem(said: Understood): Phrase | null {
  for (const problem of said.problems) {
    if (problem.kind === 'no_such_range') return { key: 'problem:no-such-range', params: { number: { msisdn: problem.msisdn } } };
    if (problem.kind === 'msisdn') return msisdnPhrase(problem);
  }
  return null;
}

/** The first problem with an amount, or null. `asked`: an unreadable one counts only as an answer to the question. */
export function amountProblem(said: Understood, asked: boolean): Phrase | null {
  for (const problem of said.problems) {
    switch (problem.kind) {
      case 'part_sms':
        return { key: 'problem:part-sms', params: { typed: problem.typed } };
      case 'cents':
        return { key: 'problem:cents', params: { typed: problem.typed } };
      case 'negative':
        return { key: 'problem:negative', params: { typed: problem.typed } };
      case 'foreign_money':
        return { key: 'problem:foreign-money', params: { typed: problem.typed } };
      case 'range':
        return { key: 'problem:range', params: { typed: problem.typed } };
      case 'unreadable_amount':
        return { key: 'problem:unreadable-amount', params: { typed: problem.typed } };
      case 'two_amounts':
        if (asked) return { key: 'problem:two-amounts' };
        break;
      default:
    }
  }
  return null;
}

function msisdnPhrase({ typed, problem }: Extract<Problem, { kind: 'msisdn' }>): Phrase {
  const shown = grouped(typed);
  switch (problem.kind) {
    case 'not_a_number':
      return { key: 'problem:not-a-number', params: { typed: shown } };
    case 'too_short':
      return { key: 'problem:too-short', params: { typed: shown, digits: problem.digits.length, count: problem.missing } };
    case 'too_long':
      return { key: 'problem:too-long', params: { typed: shown, digits: problem.digits.length, count: problem.extra } };
    case 'foreign':
      return { key: 'problem:foreign', params: { typed: shown } };
    case 'landline':
      return { key: 'problem:landline', params: { typed: shown } };
    case 'not_mobile':
      return { key: 'problem:not-mobile', params: { typed: shown } };
    default:
      return assertNever(problem);
  }
}

/** Digits as people read them: "0722 000 00". */
function grouped(typed: string): string {
  const digits = typed.replace(/[^\d+]/g, '').slice(0, 20);
  return /^0\d+$/.test(digits)
    ? digits.replace(/^(\d{4})(\d{1,3})?(\d+)?$/, (_all, a: string, b = '', c = '') => [a, b, c].filter(Boolean).join(' '))
    : digits;
}
