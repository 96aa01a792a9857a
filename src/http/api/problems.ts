/** Owns how the API says no: problem details (RFC 9457) with codes that programs may rely on. Nothing of the inside is told. */

import { z } from '@hono/zod-openapi';

/** Every code with its status and title. They are a contract: one that is taken away breaks somebody's program. */
const PROBLEMS = {
  invalid_request: [400, 'The request cannot be understood'],
  unauthorized: [401, 'A valid API key is needed'],
  forbidden: [403, 'This API key may not do that'],
  unknown_user: [404, 'There is no wallet of that user'],
  unknown_threshold: [404, 'There is no such threshold'],
  not_found: [404, 'There is nothing at this address'],
  method_not_allowed: [405, 'This address does not take that method'],
  conflict: [409, 'That id was used for another request'],
  payment_already_used: [409, 'That payment was credited before'],
  kept_elsewhere: [409, 'Another server keeps the wallets'],
  insufficient_balance: [409, 'There are not as many SMS in the wallet'],
  too_many_thresholds: [409, 'There are as many thresholds as there may be'],
  too_large: [413, 'The request is too large'],
  unsupported_media_type: [415, 'The request must be JSON'],
  unknown_recipient: [422, 'A recipient is not known'],
  too_many_sms: [422, 'More SMS than a wallet takes'],
  text_not_for_others: [422, 'That text may go to the user alone'],
  no_recipient: [422, 'Nobody could be told'],
  reserved_creator: [422, 'That createdBy is the user’s own'],
  too_many_requests: [429, 'Too many requests'],
  internal_error: [500, 'Something went wrong on our side'],
  unavailable: [503, 'Not possible just now'],
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

export const Problem = z
  .object({
    type: z.string().openapi({ example: '/problems/unknown_user' }),
    title: z.string().openapi({ example: 'There is no wallet of that user' }),
    status: z.int().openapi({ example: 404 }),
    code: z.enum(Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]).openapi({ example: 'unknown_user' }),
    detail: z.string().openapi({ example: 'Nobody has topped up for this user yet.' }),
    errors: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .optional()
      .openapi({ description: 'For invalid_request: what is wrong, field by field.' }),
  })
  .openapi('Problem');

export interface ProblemMore {
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
  readonly headers?: Readonly<Record<string, string>>;
}

export function problem(code: ProblemCode, detail: string, { errors, headers = {} }: ProblemMore = {}): Response {
  const [status, title] = PROBLEMS[code];
  const body = { type: `/problems/${code}`, title, status, code, detail, ...(errors === undefined ? {} : { errors }) };
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/problem+json; charset=utf-8', 'cache-control': 'no-store', ...headers },
  });
}

/** As many as a person mends at a time: a request may be wrong in thousands of ways. */
const MOST_ERRORS = 10;

/** What is wrong with the fields of a request, in words that do not repeat what was sent. */
export function invalid(error: z.ZodError): Response {
  const errors = error.issues
    .slice(0, MOST_ERRORS)
    .map((issue) => ({ field: issue.path.join('.') || 'body', message: inPlainWords(issue) }));
  return problem('invalid_request', errors.map(({ field, message }) => `${field}: ${message}`).join('; '), { errors });
}

function inPlainWords({ code, message, ...more }: z.core.$ZodIssue): string {
  if (code === 'unrecognized_keys') return 'has fields that are not known here: see /openapi.json';
  // Our own words stand as they are; the library's name its types.
  if (code !== 'invalid_type' || !message.startsWith('Invalid input: ')) return message;
  if (message.endsWith('received undefined')) return 'is missing';
  return 'expected' in more ? `must be of type ${more.expected}` : message;
}

const described = (code: ProblemCode): string => PROBLEMS[code][1];

/** The answers that an operation may give besides its own, for the description. */
export function problemResponses(
  ...codes: readonly ProblemCode[]
): Record<string, { description: string; content: { 'application/problem+json': { schema: typeof Problem } } }> {
  const all = new Map<number, string[]>();
  for (const code of codes) {
    const [status] = PROBLEMS[code];
    all.set(status, [...(all.get(status) ?? []), `${code}: ${described(code)}`]);
  }
  return Object.fromEntries(
    [...all].map(([status, said]) => [
      String(status),
      { description: said.join('. '), content: { 'application/problem+json': { schema: Problem } } },
    ]),
  );
}
