/** Owns how words of other people stand in a text of ours: between marks that they cannot close, on one line, not too long. */

import { oneLine } from './one-line.ts';
import { shortened } from './shortened.ts';

/** At most `most` code points between the marks; double marks among the words become single ones. */
export function quoted(words: string, most: number): string {
  return `"${shortened(oneLine(words), most).replace(/["“”„‟«»＂]/g, "'")}"`;
}
