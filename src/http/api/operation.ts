/**
 * Owns what is the same in every operation of the API: who may use it, what is asked of it, how that is described. An operation itself
 * gets a checked request and answers it.
 */

import { z, type OpenAPIHono } from '@hono/zod-openapi';
import type { ApiKey, ApiScope } from '../../ports/api-keys.ts';
import type { Access } from './access.ts';
import { invalid, problem, problemResponses, type ProblemCode } from './problems.ts';

export interface Operation<Asked extends z.ZodType> {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  readonly scopes: readonly ApiScope[];
  /** Of the query for a GET, of the JSON body for a POST. */
  readonly asked: Asked;
  readonly answer: z.ZodType;
  /** Another form that the answer may have. */
  readonly alsoAs?: 'text/csv';
  /** What somebody may send and gets, in the description; they follow on each other in the order in which operations are mounted. */
  readonly example: { readonly asked: z.input<Asked>; readonly answer: unknown };
  /** Besides those that every operation has. */
  readonly problems: readonly ProblemCode[];
  handle(asked: z.infer<Asked>, key: ApiKey): Promise<Response>;
}

const ALWAYS: readonly ProblemCode[] = ['invalid_request', 'unauthorized', 'forbidden', 'too_many_requests', 'internal_error'];
const OF_A_POST: readonly ProblemCode[] = ['too_large', 'unsupported_media_type', 'unavailable'];

export function mount<Asked extends z.ZodType>(app: OpenAPIHono, access: Access, operation: Operation<Asked>): void {
  describe(app, operation);
  app.on(operation.method.toUpperCase(), operation.path, async ({ req: { raw } }) => {
    const key = await access.check(raw, operation.scopes);
    if (!key.ok) return key.error;
    const said = operation.method === 'get' ? queryOf(raw) : await jsonOf(raw);
    if (said instanceof Response) return said;
    const asked = operation.asked.safeParse(said.value);
    return asked.success ? operation.handle(asked.data, key.value) : invalid(asked.error);
  });
}

export function answered(body: unknown): Response {
  return new Response(JSON.stringify(body), {
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
  });
}

function describe<Asked extends z.ZodType>(app: OpenAPIHono, operation: Operation<Asked>): void {
  const { method, path, summary, description, scopes, asked, answer, alsoAs, example, problems } = operation;
  app.openAPIRegistry.registerPath({
    method,
    path,
    summary,
    description: `${description} Scopes of the key: ${scopes.join(', ')}.`,
    security: [{ key: [] }],
    // A GET has no body to show an example of, so its query is shown as it is written.
    ...(method === 'get' ? { 'x-example-query': new URLSearchParams(example.asked as Record<string, string>).toString() } : {}),
    request:
      method === 'get'
        ? { query: asked as unknown as z.ZodObject }
        : { body: { required: true, content: { 'application/json': { schema: asked, example: example.asked } } } },
    responses: {
      200: {
        description: 'Done',
        content: {
          'application/json': { schema: answer, example: example.answer },
          ...(alsoAs === undefined ? {} : { [alsoAs]: { schema: z.string() } }),
        },
      },
      ...problemResponses(...ALWAYS, ...(method === 'post' ? OF_A_POST : []), ...problems),
    },
  });
}

/** A field that comes twice means two things, so it means nothing. */
function queryOf(request: Request): { readonly value: unknown } | Response {
  const { searchParams } = new URL(request.url);
  const names = [...searchParams.keys()];
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) return problem('invalid_request', 'A field of the query came twice.');
  return { value: Object.fromEntries(searchParams) };
}

async function jsonOf(request: Request): Promise<{ readonly value: unknown } | Response> {
  try {
    return { value: JSON.parse(await request.text()) as unknown };
  } catch {
    return problem('invalid_request', 'The body is no JSON.');
  }
}
