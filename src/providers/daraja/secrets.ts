/**
 * Owns that no secret of ours comes back in an answer of Daraja, which is read, told and kept: whatever was sent to prove who we are is
 * replaced before anything looks at it, wherever the answer repeats it.
 */

import type { PostOutcome } from '../../lib/single-post.ts';

/** `secrets`: each under the name that stands in its place. */
export function withoutSecrets(outcome: PostOutcome, secrets: Readonly<Record<string, string>>): PostOutcome {
  if (outcome.kind !== 'answered') return outcome;
  let { body } = outcome;
  // What holds another one goes first.
  const longestFirst = Object.entries(secrets).sort(([, one], [, other]) => other.length - one.length);
  for (const [name, secret] of longestFirst) {
    for (const written of new Set([secret, ...inJson(secret)])) body = body.replaceAll(written, `[${name}]`);
  }
  return { ...outcome, body };
}

/** JSON may be written with its slashes escaped, which base64 is full of. */
function inJson(secret: string): readonly string[] {
  const plain = JSON.stringify(secret).slice(1, -1);
  return [plain, plain.replaceAll('/', '\\/')];
}
