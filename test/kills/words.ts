/** Owns how the checks read what people were told of their orders, in English: which order, and what was claimed about it. */

export interface Told {
  readonly reference: string;
  readonly text: string;
}

/** What a message claims; `under_way`: no end yet. */
export type Claim = 'delivered' | 'cancelled' | 'rejected' | 'review' | 'under_way';

const CLAIMS: readonly (readonly [RegExp, Claim])[] = [
  [/Airtime sent|airtime went to|SMS added|its SMS are in your wallet/, 'delivered'],
  [
    /not completed, so the order is cancelled|it was cancelled|The payment was cancelled on|it was not paid, and no SMS/,
    'cancelled',
  ],
  [/^A person is looking at (?:your order|the payment)|: a person is looking at (?:it|the payment)/, 'review'],
  [
    /does not allow this purchase|could not reach the airtime supplier|supplier refused the order|it was refused|did not accept the request|could not reach M-Pesa|the payment could not be asked for/,
    'rejected',
  ],
];

export function referenceIn(text: string): string | null {
  return /\bOrder (JZ\w+)/.exec(text)?.[1] ?? null;
}

/** The first word about an order: its call is still to come. */
export function isPlaced(text: string | undefined): boolean {
  return text?.startsWith('Thank you! Order') === true;
}

export function claimOf(text: string): Claim {
  return CLAIMS.find(([words]) => words.test(text))?.[1] ?? 'under_way';
}
