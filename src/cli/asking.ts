/** Owns the question before something is done that moves what belongs to others: a yes on a terminal, and nothing without one. */

import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';

export interface Terminal {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable;
}

/** `nobody`: there is no terminal to ask on. The end of the input is a no. */
export async function asked(
  question: string,
  { input, output }: Terminal = { input: process.stdin, output: process.stderr },
): Promise<'yes' | 'no' | 'nobody'> {
  if (input.isTTY !== true) return 'nobody';
  const lines = createInterface({ input, output });
  const over = new AbortController();
  lines.once('close', () => over.abort());
  try {
    const answer = await lines.question(`${question} [y/N] `, { signal: over.signal });
    return /^\s*y(es)?\s*$/i.test(answer) ? 'yes' : 'no';
  } catch {
    return 'no';
  } finally {
    lines.close();
  }
}
