/**
 * Owns the lines of `jaza chat --json`: what may come in, as a schema, and what goes out. A stable contract for programs: see
 * docs/architecture.md.
 */

import { z } from 'zod';
import { parseMsisdn, type Msisdn } from '../domain/msisdn.ts';
import { err, ok, type Result } from '../lib/result.ts';

const phone = z.string().transform((text, context): Msisdn => {
  const parsed = parseMsisdn(text);
  if (parsed.ok) return parsed.value;
  context.addIssue(`"${text.slice(0, 30)}" is not a Kenyan mobile number`);
  return z.NEVER;
});

/** Letters of the longest name of a speaker. */
export const LONGEST_SPEAKER = 100;

const speaker = {
  from: z.string().min(1).max(LONGEST_SPEAKER),
  id: z.string().min(1).max(200).optional(),
  msisdn: phone.optional(),
};

/** What a simulated phone can be told to do; the two in the middle only with a payment by M-Pesa. */
export const PHONE_ANSWERS = ['approve', 'decline', 'wrong-pin', 'no-money', 'ignore'] as const;

/** By the key that tells the kind of a line. */
const LINES = {
  text: z.strictObject({ text: z.string(), ...speaker }),
  tap: z.strictObject({ tap: z.string(), ...speaker }),
  contact: z.strictObject({ contact: z.strictObject({ name: z.string().nullish(), phone: z.string() }), ...speaker }),
  answer: z.strictObject({ phone, answer: z.enum(PHONE_ANSWERS), ...speaker }),
  fault: z.strictObject({ fault: z.string(), ...speaker }),
  advance: z.strictObject({
    advance: z
      .number()
      .min(0)
      .max(10 * 366 * 86_400),
    ...speaker,
  }),
} as const;

type Kind = keyof typeof LINES;
const KINDS = Object.keys(LINES) as Kind[];

export type ChatLine = { [K in Kind]: z.infer<(typeof LINES)[K]> }[Kind];

/** Several events of one instant, or one; `from` speaks where a line names nobody. The error is a sentence about what could not be read. */
export function parseLine(input: string, from: string): Result<readonly ChatLine[], string> {
  let json: unknown;
  try {
    json = JSON.parse(input);
  } catch {
    return err('this line is no JSON');
  }
  const items: unknown[] = Array.isArray(json) ? json : [json];
  if (items.length === 0) return err('an empty list: nothing to do');
  const lines: ChatLine[] = [];
  for (const item of items) {
    const read = readItem(item, from);
    if (!read.ok) return read;
    lines.push(read.value);
  }
  return ok(lines);
}

function readItem(item: unknown, from: string): Result<ChatLine, string> {
  if (typeof item !== 'object' || item === null) return err('expected an object such as {"text":"hello"}');
  const kinds = KINDS.filter((key) => Object.hasOwn(item, key));
  const [kind] = kinds;
  if (kind === undefined) return err(`expected one of ${KINDS.map((key) => `"${key}"`).join(', ')}`);
  if (kinds.length > 1) return err(`expected only one of ${kinds.map((key) => `"${key}"`).join(', ')}`);
  const parsed = LINES[kind].safeParse({ from, ...item });
  if (parsed.success) return ok(parsed.data);
  const [issue] = parsed.error.issues;
  return err(issue === undefined ? `${kind}: could not be read` : `${issue.path.join('.') || kind}: ${issue.message}`);
}

/** What `--help` says of the lines that come in; each example is one that is read. */
export const LINES_HELP = `
With --json, one line in is one of these (examples):
  {"text":"buy 100 for 0722000000"}                the person writes
  {"tap":"<id of a button>"}                       they tap a button that was shown, now or long ago
  {"contact":{"name":"Mum","phone":"0733000000"}}  they share a contact; name may be left out
  {"phone":"0722000000","answer":"approve"}        the simulated phone answers its oldest open prompt; both are needed
  {"fault":"timeout"}                              the simulated provider misbehaves at the next purchase; a wrong one lists all
  {"advance":900}                                  so many seconds pass; only with --clock
  [{"text":"100"},{"text":"0722000000"}]           several in the same instant
answer is one of ${PHONE_ANSWERS.join(', ')}. wrong-pin and no-money end only a payment by M-Pesa, as for
SMS: a prompt for airtime takes approve, decline and ignore, because the airtime provider tells no more than that.
Each may also have from (who is speaking; else --from), id (the same one again is a redelivery) and msisdn (the
speaker's own number, taken as vouched for from then on).
One line out has a type: message, prompt, error, and after each line in idle.
`;

export type OutLine =
  | {
      readonly type: 'message';
      readonly id: string;
      readonly to: string;
      readonly text: string;
      readonly buttons: readonly { readonly id: string; readonly label: string }[];
    }
  | { readonly type: 'prompt'; readonly phone: string; readonly amount: number; readonly paymentNetwork: string }
  | { readonly type: 'error'; readonly line: number; readonly message: string }
  | { readonly type: 'idle' };
