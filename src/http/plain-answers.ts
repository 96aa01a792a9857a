/** Owns the server's own answers: not found, broken, refused. They tell nothing about the inside, as JSON or as a small page. */

export type PlainAnswer = 'not_found' | 'broken' | 'wrong_host' | 'wrong_method' | 'too_large' | 'not_now' | 'malformed';

const ANSWERS: Record<PlainAnswer, { status: number; text: string; swahili: string }> = {
  not_found: { status: 404, text: 'This page does not exist.', swahili: 'Ukurasa huu haupo.' },
  broken: {
    status: 500,
    text: 'Something went wrong on our side. Please try again.',
    swahili: 'Kuna hitilafu kwetu. Tafadhali jaribu tena.',
  },
  wrong_host: { status: 421, text: 'This server is not known by that name.', swahili: 'Seva hii haijulikani kwa jina hilo.' },
  wrong_method: { status: 405, text: 'This address does not take that method.', swahili: 'Anwani hii haikubali njia hiyo.' },
  too_large: { status: 413, text: 'This is too large.', swahili: 'Hii ni kubwa mno.' },
  not_now: {
    status: 503,
    text: 'Not possible just now. Please try again.',
    swahili: 'Haiwezekani kwa sasa. Tafadhali jaribu tena.',
  },
  malformed: { status: 400, text: 'The request broke off or could not be read.', swahili: 'Ombi halikusomeka.' },
};

export function plainAnswer(kind: PlainAnswer, request: Request, headers: Record<string, string> = {}): Response {
  const { status, text, swahili } = ANSWERS[kind];
  const wantsPage = /\btext\/html\b/.test(request.headers.get('accept') ?? '');
  const body = wantsPage ? page(status, text, swahili) : JSON.stringify({ error: kind, message: text });
  const type = wantsPage ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8';
  return new Response(body, { status, headers: { 'content-type': type, 'cache-control': 'no-store', ...headers } });
}

function page(status: number, text: string, swahili: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>${status}</title>
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
  </head>
  <body>
    <h1>${text}</h1>
    <p lang="sw">${swahili}</p>
    <p><a href="/">Jaza</a></p>
  </body>
</html>
`;
}
