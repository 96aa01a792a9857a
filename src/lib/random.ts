/** Owns chance: secrets and seeds are made here and nowhere else. Decisions derive their ids from a seed, see ids.ts. */

import { randomBytes } from 'node:crypto';

/** URL-safe text with `bytes` bytes of entropy (16 gives 22 characters). */
export function randomToken(bytes = 16): string {
  return randomBytes(bytes).toString('base64url');
}

let fresh: () => string = randomToken;

/** Tells what came in from all else that did: an id, and no secret. */
export function freshId(): string {
  return fresh();
}

/** For the simulator, whose ids are the same whenever a seed is lived. Returns what made them before. */
export function divertFreshIds(from: () => string): () => string {
  const before = fresh;
  fresh = from;
  return before;
}

let chance: () => number = Math.random;

/** A number in [0, 1), for jitter only. */
export function jitter(): number {
  return chance();
}

/** For the simulator, whose jitter comes from its seed. Returns what it came from before. Secrets are never diverted. */
export function divertJitter(from: () => number): () => number {
  const before = chance;
  chance = from;
  return before;
}
