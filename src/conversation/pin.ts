/**
 * Owns the PIN that somebody writes to us although nobody ever asks for it: it is no amount, it is answered with a warning, and it is
 * not kept.
 */

/** "my pin is 1234", "PIN: 4321", "pin yangu ni 1234", "namba ya siri 1234": the word, and four to six digits that stand alone. */
const PIN = /(?:\bpin\b|\bsiri\b)/i;
const DIGITS = /(?<![\d+])\d{4,6}(?!\d)/g;

export function mentionsPin(text: string): boolean {
  const start = text.slice(0, 300).normalize('NFKC');
  // A phone number or an amount beside the word "pin" is still no purchase that we would want to guess.
  return PIN.test(start) && start.search(DIGITS) !== -1;
}

/** The text as it may be kept. */
export function withoutPin(text: string): string {
  return mentionsPin(text) ? text.replace(DIGITS, '****') : text;
}
