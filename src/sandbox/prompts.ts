/**
 * Owns the prompts on the simulated phones: they ring, wait for at most three minutes of the clock, and end once. What the
 * end of a prompt means to the upstream is the business of sandbox.ts.
 */

import type { Msisdn } from '../domain/msisdn.ts';
import type { PaymentNetwork } from '../domain/networks.ts';
import type { Clock, Instant } from '../lib/clock.ts';

export interface Prompt {
  readonly phone: Msisdn;
  readonly amountKes: number;
  readonly paymentNetwork: PaymentNetwork;
  /** Who gets the airtime; null: a payment to the business itself. */
  readonly recipient: Msisdn | null;
  /** The upstream's reference, unique. */
  readonly reference: string;
  /** What the request gave as `note` or account; may be empty. */
  readonly note: string;
  readonly at: Instant;
  /** What the payer can do with it. */
  readonly answers: readonly Answer[];
}

export type Answer = 'approve' | 'decline' | 'wrong-pin' | 'no-money' | 'ignore';

/** Of the airtime upstream nothing is known of PINs and balances: it tells of success or cancellation. */
export const AIRTIME_ANSWERS: readonly Answer[] = ['approve', 'decline', 'ignore'];
export const PAYMENT_ANSWERS: readonly Answer[] = ['approve', 'decline', 'wrong-pin', 'no-money', 'ignore'];

export type PromptEnd = Answer | 'expired';

export interface EndedPrompt {
  readonly prompt: Prompt;
  readonly end: PromptEnd;
  readonly at: Instant;
}

export interface PromptBoard {
  /** `onExpired` is told if nobody ends it in time. */
  ring(prompt: Prompt, onExpired?: () => void): void;
  /** Oldest first. */
  open(): readonly Prompt[];
  /** Newest first, the last fifty. */
  ended(): readonly EndedPrompt[];
  /** False: it is not open (any more), and nothing happened. */
  end(reference: string, end: PromptEnd): boolean;
  onRing(listener: (prompt: Prompt) => void): void;
  /** After every change; the returned function takes it back. */
  onChange(listener: () => void): () => void;
  /** Takes the timers back. */
  close(): void;
}

/** A prompt of a payment network lives about this long. */
export const PROMPT_LIFE_MS = 3 * 60_000;
const MAX_ENDED = 50;

export function createPromptBoard(clock: Clock): PromptBoard {
  const open = new Map<string, { prompt: Prompt; takeBack: () => void }>();
  const ended: EndedPrompt[] = [];
  const ringListeners: ((prompt: Prompt) => void)[] = [];
  const changeListeners = new Set<() => void>();
  const changed = (): void => {
    for (const listener of changeListeners) listener();
  };

  const end = (reference: string, how: PromptEnd): boolean => {
    const entry = open.get(reference);
    if (entry === undefined) return false;
    entry.takeBack();
    open.delete(reference);
    ended.unshift({ prompt: entry.prompt, end: how, at: clock.now() });
    ended.length = Math.min(ended.length, MAX_ENDED);
    changed();
    return true;
  };

  return {
    ring: (prompt, onExpired) => {
      const takeBack = clock.after(PROMPT_LIFE_MS, () => {
        if (end(prompt.reference, 'expired')) onExpired?.();
      });
      open.set(prompt.reference, { prompt, takeBack });
      changed();
      for (const listener of ringListeners) listener(prompt);
    },
    open: () => [...open.values()].map(({ prompt }) => prompt),
    ended: () => ended,
    end,
    onRing: (listener) => void ringListeners.push(listener),
    onChange: (listener) => {
      changeListeners.add(listener);
      return () => changeListeners.delete(listener);
    },
    close: () => {
      for (const { takeBack } of open.values()) takeBack();
    },
  };
}
