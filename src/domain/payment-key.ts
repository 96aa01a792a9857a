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

/** The same for every spelling of M-Pesa's own receipt, which is letters and digits: whatever stands between them was put there. */
export function receiptKey(receipt: string): string {
  return lettersOf(receipt);
}
