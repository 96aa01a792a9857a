/**
 * Owns the question before something that cannot be undone. Asked on a terminal; where nobody can answer, the command must have brought
 * its yes with it.
 */

import { createInterface } from 'node:readline';

export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
}

const CONSOLE: Terminal = { input: process.stdin, output: process.stderr };

/** `nobody`: there is no terminal to ask on. The end of input is a no. */
export async function askedForYes(question: string, { input, output }: Terminal = CONSOLE): Promise<'yes' | 'no' | 'nobody'> {
  if (input.isTTY !== true) return 'nobody';
  const lines = createInterface({ input, output });
  try {
    const answer = await new Promise<string>((resolve) => {
      lines.once('close', () => resolve(''));
      lines.once('SIGINT', () => resolve(''));
      lines.question(`${question} Write yes to go on: `, resolve);
    });
    return /^\s*(?:yes|y|ndiyo)\s*$/i.test(answer) ? 'yes' : 'no';
  } finally {
    lines.close();
  }
}
