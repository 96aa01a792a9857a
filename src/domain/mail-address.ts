/** Owns what an e-mail address is here, one plain address and nothing around it, and the one spelling under which a reader's stop is kept. */

const LONGEST = 254;

/** No list, no display name, no quoting, no control characters. */
const ADDRESS = /^[^\p{Cc}\p{Cs}\p{Z}<>()[\]\\,;:"@]+@[^\p{Cc}\p{Cs}\p{Z}<>()[\]\\,;:"@]+$/u;

export function isMailAddress(text: string): boolean {
  return text.length <= LONGEST && ADDRESS.test(text);
}

/** Capitals make no other mailbox: whoever stops one spelling has stopped them all. */
export function mailKey(address: string): string {
  return address.normalize('NFC').toLowerCase();
}

/** Enough for its owner to know it again: `a…@example.com`. */
export function maskMail(address: string): string {
  return `${[...address][0] ?? ''}…${address.slice(address.lastIndexOf('@'))}`;
}
