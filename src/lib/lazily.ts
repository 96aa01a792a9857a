/** Owns the opening of a part with its first use: once, however many ask at the same time, and anew after it failed. */

import { err, ok, type Result } from './result.ts';

/** Never rejects: the error is why it could not be opened. */
export function lazily<T>(open: () => Promise<T>): () => Promise<Result<T, string>> {
  let opening: Promise<T> | null = null;
  return async () => {
    const mine = (opening ??= open());
    try {
      return ok(await mine);
    } catch (error) {
      if (opening === mine) opening = null;
      return err(error instanceof Error ? error.message : 'it could not be loaded');
    }
  };
}
