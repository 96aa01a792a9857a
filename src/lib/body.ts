/** Owns reading the body of a request without letting anyone fill the memory. */

import { err, ok, type Result } from './result.ts';

export type BodyProblem = 'too_large' | 'broken_off';

/** Reads at most `maxBytes` as UTF-8 (a byte order mark is dropped); stops reading as soon as there is more. */
export async function readBody(request: Request, maxBytes: number): Promise<Result<string, BodyProblem>> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) return err('too_large');
  if (request.body === null) return ok('');
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of request.body as ReadableStream<Uint8Array>) {
      size += part.byteLength;
      if (size > maxBytes) return err('too_large');
      parts.push(part);
    }
  } catch {
    return err('broken_off');
  }
  return ok(new TextDecoder().decode(Buffer.concat(parts)));
}
