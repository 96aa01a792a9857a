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

const speaker = {
  from: z.string().min(1).max(100).default('local'),
  id: z.string().min(1).max(200).optional(),
  msisdn: phone.optional(),
};

const line = z.union([
  z.strictObject({ text: z.string(), ...speaker }),
  z.strictObject({ tap: z.string(), ...speaker }),
  z.strictObject({ contact: z.strictObject({ name: z.string().nullish(), phone: z.string() }), ...speaker }),
  z.strictObject({ phone, answer: z.enum(['approve', 'decline', 'ignore']), ...speaker }),
  z.strictObject({ fault: z.string(), ...speaker }),
  z.strictObject({
    advance: z
      .number()
      .min(0)
      .max(10 * 366 * 86_400),
    ...speaker,
  }),
]);

export type ChatLine = z.infer<typeof line>;

const KNOWN_KEYS = ['text', 'tap', 'contact', 'answer', 'fault', 'advance'] as const;

/** Several events of one instant, or one. The error is a sentence about what could not be read. */
export function parseLine(input: string): Result<readonly ChatLine[], string> {
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
    const parsed = line.safeParse(item);
    if (!parsed.success) return err(explain(item, parsed.error));
    lines.push(parsed.data);
  }
  return ok(lines);
}

function explain(item: unknown, error: z.ZodError): string {
  if (typeof item !== 'object' || item === null) return 'expected an object such as {"text":"hello"}';
  const kind = KNOWN_KEYS.find((key) => key in item);
  if (kind === undefined) return `expected one of ${KNOWN_KEYS.map((key) => `"${key}"`).join(', ')}`;
  const issue = error.issues[0];
  const branches = issue?.code === 'invalid_union' ? issue.errors : [];
  const closest = branches
    .map((issues) => issues[0])
    .find((one) => one !== undefined && !(one.path.length === 1 && one.code === 'invalid_type' && one.path[0] !== kind));
  const about = closest ?? branches[0]?.[0];
  return about === undefined ? 'could not be read' : `${about.path.join('.') || kind}: ${about.message}`;
}

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
