/**
 * Owns who pays: how the number is read from a message, asked for and shown, in every flow that sells. Where a draft has another number
 * as well, one whose words do not say what it is for is left to that flow to ask about.
 */

import { msisdn, parseMsisdn, type Msisdn } from '../../domain/msisdn.ts';
import type { Understood } from '../../understanding/understood.ts';
import { slotText, type Reading, type Slot } from '../flow.ts';
import type { Draft } from '../session.ts';
import type { Surroundings } from '../surroundings.ts';
import { allAgree, NOTHING, numberOption, showNumber } from './buying-options.ts';
import { numberProblem } from './problems.ts';

const OFFERED = 3;

export const payerSlot: Slot = {
  name: 'payer',
  label: { key: 'buying:slot-payer' },
  line: { key: 'buying:line-payer' },

  ask(draft, around) {
    const recipient = slotText(draft, 'recipient');
    const candidates = [...around.own, ...recentPayers(around), ...(recipient === null ? [] : [msisdn(recipient)])];
    return {
      text: { key: 'buying:ask-payer' },
      options: [...new Set(candidates)].slice(0, OFFERED).map((number) => numberOption(number)),
      ...(around.own.length === 0 ? { asksOwnPhone: true as const } : {}),
    };
  },

  read(said, draft, around, asked) {
    const payer = said.payer ?? allAgree(said.orders, 'payer');
    if (payer === 'self') {
      const own = around.own[0];
      return own === undefined ? { kind: 'problem', why: { key: 'buying:which-pays' } } : { kind: 'value', value: own };
    }
    if (payer !== null) return { kind: 'value', value: payer };
    const loose = looseNumber(said);
    if (loose !== null && isPayers(loose, said, draft)) return { kind: 'value', value: loose };
    if (twoNumbers(said) !== null && isAboutPayer(said, draft)) {
      const options = (twoNumbers(said) ?? []).map((number) => numberOption(number));
      return { kind: 'choose', why: { key: 'buying:which-payer' }, options };
    }
    if (asked) {
      const problem = numberProblem(said);
      if (problem !== null) return { kind: 'problem', why: problem };
      if (said.person !== null) return unknownPerson(said);
    }
    if (said.denied.numbers.some((number) => number === slotText(draft, 'payer'))) return { kind: 'denied' };
    return NOTHING;
  },

  take(value) {
    const parsed = parseMsisdn(value);
    return parsed.ok ? { kind: 'value', value: parsed.value } : NOTHING;
  },
  guess: (_draft, around) => around.own[0] ?? null,
  show: (draft) => showNumber(draft, 'payer'),
};

/** The one number of a message whose words do not say whether it gets or pays. */
export function looseNumber(said: Understood): Msisdn | null {
  if (said.recipient !== null || said.payer !== null || said.recipients !== undefined || said.orders !== undefined) return null;
  const loose = [...new Set(said.numbers.flatMap(({ number, role }) => (role === 'unknown' ? [number] : [])))];
  return loose.length === 1 ? (loose[0] ?? null) : null;
}

export function isPayers(number: Msisdn, said: Understood, draft: Draft): boolean {
  const recipient = slotText(draft, 'recipient');
  // "No, 0733..." to who pays: where a draft has no other number it can be about nobody else.
  const onlyOne = draft.asking === 'payer' && recipient === null;
  return (
    said.change === 'payer' ||
    onlyOne ||
    deniesPayer(said, draft) ||
    (number === slotText(draft, 'payer') && number !== recipient)
  );
}

/** "Not 0722..., 0733...": the number that pays is not to, and nobody else's is spoken of. */
export function deniesPayer(said: Understood, draft: Draft): boolean {
  const payer = slotText(draft, 'payer');
  return payer !== slotText(draft, 'recipient') && said.denied.numbers.some((number) => number === payer);
}

export function twoNumbers(said: Understood): readonly Msisdn[] | null {
  return said.problems.find((problem) => problem.kind === 'two_numbers')?.numbers ?? null;
}

export function isAboutPayer(said: Understood, draft: Draft): boolean {
  return draft.asking === 'payer' || said.numbers.some(({ role }) => role === 'payer');
}

export function unknownPerson(said: Understood): Reading {
  if (said.person === null || said.numbers.length > 0) return NOTHING;
  return { kind: 'problem', why: { key: 'buying:unknown-person', params: { name: said.person.slice(0, 30) } } };
}

function recentPayers(around: Surroundings): Msisdn[] {
  return [...new Set(around.orders.map(({ payer }) => payer))];
}
