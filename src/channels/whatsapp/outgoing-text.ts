/**
 * Owns the shape of what we send: ids that are the same at every attempt, so that the receiving phone shows a repeated message
 * once, and the parts of a long text. Pure: the parts of the same text are always the same, because a phone that could not
 * open a part asks for it again by its id, days later.
 */

import { createHash } from 'node:crypto';

/** WhatsApp takes 65,536; nobody reads that in a chat. */
const LONGEST_PART = 4000;
/** The last digit of an id is the number of the part, in hexadecimal. */
const MOST_PARTS = 16;
/** What WhatsApp Web starts its ids with. */
const ID_START = '3EB0';

/** The id of the first part is what `send` gives out. */
export function partId(messageId: string, part: number): string {
  const hash = createHash('sha256').update(messageId).digest('hex').toUpperCase();
  return `${ID_START}${hash.slice(0, 17)}${part.toString(16).toUpperCase()}`;
}

/** null: not an id of ours. */
export function readPartId(id: string): { readonly first: string; readonly part: number } | null {
  if (!/^3EB0[0-9A-F]{18}$/.test(id)) return null;
  return { first: `${id.slice(0, -1)}0`, part: Number.parseInt(id.slice(-1), 16) };
}

/** At line ends where there are some, else at spaces, else anywhere but inside a character. Null: too long to send at all. */
export function splitText(text: string): readonly string[] | null {
  const parts: string[] = [];
  let rest = text.trim();
  while (rest.length > LONGEST_PART) {
    const head = rest.slice(0, LONGEST_PART);
    const end = [head.lastIndexOf('\n'), head.lastIndexOf(' ')].find((at) => at > LONGEST_PART / 2) ?? wholeCharacters(head);
    parts.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end).trimStart();
  }
  if (rest !== '') parts.push(rest);
  return parts.length <= MOST_PARTS ? parts : null;
}

/** Not between the two halves of a surrogate pair. */
function wholeCharacters(head: string): number {
  const last = head.charCodeAt(head.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? head.length - 1 : head.length;
}
