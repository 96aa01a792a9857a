/** Owns how the web chat's endpoints answer, and which requests they refuse before looking at them: other origins, other types. */

export type Refusal =
  'cross_origin' | 'not_json' | 'no_visitor' | 'slow_down' | 'too_large' | 'malformed' | 'id_reused' | 'not_now' | 'method';

const REFUSALS: Record<Refusal, { status: number; message: string }> = {
  cross_origin: { status: 403, message: 'This request came from another site.' },
  not_json: { status: 415, message: 'Send JSON, with content-type application/json.' },
  no_visitor: { status: 401, message: 'Begin with POST /chat/session, and allow cookies.' },
  slow_down: { status: 429, message: 'Too many at once. Wait a moment and send it again.' },
  too_large: { status: 413, message: 'The message is too long. Make it shorter.' },
  malformed: { status: 400, message: 'Expected {"id", "text"} or {"id", "tap", "on"}.' },
  id_reused: { status: 409, message: 'This id was used for another message.' },
  not_now: { status: 503, message: 'The message could not be taken just now. Send it again with the same id.' },
  method: { status: 405, message: 'This address does not take that method.' },
};

export function answer(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
  });
}

export function refuse(error: Refusal, headers: Record<string, string> = {}): Response {
  const { status, message } = REFUSALS[error];
  return answer({ error, message }, status, headers);
}

/**
 * True for what our own page sends, and for programs that are no browsers. Browsers tell the truth in both headers, and no
 * page can change them; over plain http only Origin comes.
 */
export function isSameOrigin(request: Request, publicUrl: string | null): boolean {
  const site = request.headers.get('sec-fetch-site');
  if (site !== null && site !== 'same-origin') return false;
  const origin = request.headers.get('origin');
  if (origin === null) return true;
  if (!URL.canParse(origin)) return false;
  const host = request.headers.get('host') ?? new URL(request.url).host;
  return new URL(origin).host === host || (publicUrl !== null && new URL(origin).origin === new URL(publicUrl).origin);
}

export function isJson(request: Request): boolean {
  return /^application\/json\s*(;|$)/i.test(request.headers.get('content-type') ?? '');
}
