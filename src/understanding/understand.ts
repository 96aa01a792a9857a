/**
 * Owns the way from a chat message to what was understood of it: pure, deterministic, microseconds, no language model. Never
 * throws, whatever the input. It says what was said and no more: limits, saved people and numbered choices are the caller's.
 */

import { parseMsisdn, type Msisdn } from '../domain/msisdn.ts';
import { networkOf, type NumberRanges, type PaymentNetwork } from '../domain/networks.ts';
import type { Intent, SlotName, Understood } from './understood.ts';

export type * from './understood.ts';

export interface Lexicon {
  readonly files: number;
}

export function parseLexicon(files: Record<string, unknown>): Lexicon {
  return { files: Object.keys(files).length };
}

export interface Knowledge {
  readonly lexicon: Lexicon;
  readonly ranges: NumberRanges;
}

const LONGEST_TEXT = 2_000;

export function understand(text: string, knowledge: Knowledge, asking: SlotName | null = null): Understood {
  const lower = text.slice(0, LONGEST_TEXT).normalize('NFKC').toLowerCase();
  const numbers: Msisdn[] = [];
  const rest = lower.replace(/\+?\d[\d ]{7,14}\d/g, (run) => {
    const parsed = parseMsisdn(run);
    if (parsed.ok && networkOf(parsed.value, knowledge.ranges) !== null) numbers.push(parsed.value);
    return ' ';
  });
  const found = /\d+/.exec(rest);
  const amount = found === null ? null : Number(found[0]);
  const network: PaymentNetwork | null = /m-?pesa/.test(lower) ? 'M-Pesa' : /airtel money/.test(lower) ? 'Airtel Money' : null;
  const intent = intentOf(lower);
  const self = /\b(me|mimi|my line|nitumie)\b/.test(lower) ? 'self' : null;
  const bare = numbers[0] ?? self;
  return {
    ...NOTHING,
    intent,
    recipient: asking === 'payer' ? null : (numbers[0] ?? self),
    amount: intent === 'set_threshold' ? null : amount,
    threshold: intent === 'set_threshold' ? amount : null,
    paymentNetwork: network,
    payer: asking === 'payer' ? bare : (numbers[1] ?? null),
    answer: /^(yes|ndio|sawa|ok)\b/.test(lower) ? 'yes' : /^(no|hapana|la)\b/.test(lower) ? 'no' : null,
    command: intent === 'cancel' ? 'cancel' : /^\/?(back|rudi)\b/.test(lower) ? 'back' : /^\/start/.test(lower) ? 'start' : null,
    menuNumber: /^\d$/.test(lower.trim()) ? Number(lower.trim()) : null,
    numbers: numbers.map((number) => ({ number, role: 'unknown' })),
  };
}

function intentOf(lower: string): Intent {
  if (/\b(cancel|ghairi|acha)\b/.test(lower)) return 'cancel';
  if (/\b(alert|threshold)\b/.test(lower)) return 'set_threshold';
  if (/\b(balance|salio)\b/.test(lower)) return 'balance';
  if (/\bbuy .*sms|nunua sms/.test(lower)) return 'buy_sms';
  if (/\b(buy|nunua|airtime|nitumie|tuma|top ?up)\b/.test(lower)) return 'buy_airtime';
  if (/\b(history|historia)\b/.test(lower)) return 'history';
  if (/\b(help|nisaidie)\b/.test(lower)) return 'help';
  if (/\b(language|lugha|kiswahili|english)\b/.test(lower)) return 'language';
  return /^(hi|hello|sasa|niaje|habari)\b/.test(lower) ? 'greeting' : 'other';
}

const NOTHING: Understood = {
  intent: 'other',
  recipient: null,
  amount: null,
  paymentNetwork: null,
  payer: null,
  client: null,
  threshold: null,
  language: 'en',
  answer: null,
  command: null,
  wantsLanguage: null,
  change: null,
  question: null,
  menuNumber: null,
  menuLast: false,
  numbers: [],
  denied: { amounts: [], numbers: [], networks: [] },
  problems: [],
  notSold: null,
  complaint: false,
  again: false,
  person: null,
  smsUnits: null,
};

/** Exactly what `jaza understand` prints, in the contract's order. */
export function printedUnderstanding(u: Understood): object {
  const { intent, recipient, amount, paymentNetwork, payer, client, threshold, language } = u;
  return {
    intent,
    recipient,
    amount,
    paymentNetwork,
    payer,
    client,
    threshold,
    language,
    ...(u.orders === undefined ? {} : { orders: u.orders }),
    ...(u.recipients === undefined ? {} : { recipients: u.recipients }),
  };
}

/** The label that a person meant by typing it, or null; for menu labels and command words only, never for values. */
export function bestMatch(typed: string, labels: readonly string[]): number | null {
  const wanted = typed.trim().toLowerCase();
  const at = labels.findIndex((label) => label.trim().toLowerCase() === wanted);
  return at === -1 ? null : at;
}
