/**
 * Owns when two spellings mean one payment. Programs write "mpesa", "M-Pesa" and "m_pesa", and references with other capitals or a space
 * that was copied along; one payment is credited once however it is written. What a program wrote is kept beside it, as it wrote it.
 */

/** Nothing of it can be seen: spaces, and signs that only say how to draw others. */
const UNSEEN = /[\s\p{Default_Ignorable_Code_Point}]/gu;

/** Small first: a large sharp s has no other capital. */
const folded = (text: string): string => text.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase();

const lettersOf = (text: string): string => folded(text).replace(/[^\p{L}\p{N}]/gu, '');

/** "mpesa": dashes, strokes and dots make no other way to pay. */
function methodKey(method: string): string {
  return lettersOf(method);
}

/** Dashes and the like stay: "INV-1-11" and "INV-11-1" are two bills. */
function referenceKey(reference: string): string {
  return folded(reference).replace(UNSEEN, '');
}

/** False: nothing would be left of it to tell it from another. */
export function namesPayment(reference: string): boolean {
  return referenceKey(reference) !== '';
}

/** The same for every spelling of one payment. No blank is left in either half, so the one between them says where each ends. */
export function paymentKey(method: string, reference: string): string {
  return `${methodKey(method)} ${referenceKey(reference)}`;
}

/** Letters of other scripts that are drawn like ours, small as `folded` leaves them: copied from nowhere, put there to look the same. */
const LOOKALIKES = new Map(
  Object.entries({
    а: 'a',
    в: 'b',
    е: 'e',
    ѕ: 's',
    і: 'i',
    ј: 'j',
    к: 'k',
    ԛ: 'q',
    м: 'm',
    н: 'h',
    о: 'o',
    р: 'p',
    с: 'c',
    т: 't',
    у: 'y',
    ү: 'y',
    х: 'x',
    һ: 'h',
    ԝ: 'w',
    ԁ: 'd',
    з: '3',
    α: 'a',
    β: 'b',
    ε: 'e',
    ζ: 'z',
    η: 'h',
    ι: 'i',
    κ: 'k',
    μ: 'm',
    ν: 'n',
    ο: 'o',
    ρ: 'p',
    τ: 't',
    υ: 'y',
    χ: 'x',
    ϳ: 'j',
    ı: 'i',
    ɪ: 'i',
    ѡ: 'w',
  }),
);

/** With our letters for those that look like them, and bare of accents. */
const drawn = (text: string): string =>
  [...folded(text).normalize('NFD').replace(/\p{M}/gu, '')].map((letter) => LOOKALIKES.get(letter) ?? letter).join('');

/** The same for every spelling of M-Pesa's own receipt, which is letters and digits: whatever stands between them was put there. */
export function receiptKey(receipt: string): string {
  return lettersOf(drawn(receipt));
}

/** M-Pesa's receipts have ten letters and digits, the first a letter. */
const RECEIPT_LENGTH = 10;
const RECEIPT = /^[a-z](?=.*\d)[a-z\d]{9}$/;
/** Long enough for a payment's name, and not a plain word: no false receipt "mpesa" takes everybody's reference. */
const NAME = /^(?=.*\d)(?=.*[a-z])[a-z\d]{10,}$/;
/** Of the words of one reference; it has 128 characters at most. */
const WORDS_JOINED = 8;

/**
 * The receipts and names of payments that a program's reference may be, the whole of it first: "SKJ4X8Y2ZQ Confirmed" and "MPESA/SKJ4X8Y2ZQ"
 * bring the payment that "SKJ4X8Y2ZQ" brings.
 */
export function keysWithin(reference: string): ReadonlySet<string> {
  const whole = receiptKey(reference);
  const words = drawn(reference)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  const joined = words.flatMap((_, from) =>
    Array.from({ length: Math.min(WORDS_JOINED, words.length - from) }, (_one, more) =>
      words.slice(from, from + more + 1).join(''),
    ),
  );
  // Glued to what stands before or after it, a receipt is still ten letters and digits of it.
  const inside = Array.from({ length: Math.max(0, whole.length - RECEIPT_LENGTH + 1) }, (_, at) =>
    whole.slice(at, at + RECEIPT_LENGTH),
  );
  return new Set([whole, ...joined.filter((key) => NAME.test(key)), ...inside.filter((key) => RECEIPT.test(key))]);
}
