/** Owns what a person sees to choose from in a message: its buttons, or the numbered lines where there are none. */

import type { SaidMessage } from '../support/chat-world.ts';

export interface Shown {
  /** Empty where there are no buttons. */
  readonly id: string;
  readonly label: string;
  readonly number: number | null;
  readonly message: SaidMessage;
}

/** Everything that was ever shown under this label, oldest first. */
export function labelled(said: readonly SaidMessage[], label: string | RegExp, numbered: boolean): readonly Shown[] {
  const fits = (text: string): boolean => (typeof label === 'string' ? text === label : label.test(text));
  return said.flatMap((message) => listed(message, numbered)).filter((shown) => fits(shown.label));
}

export function listed(message: SaidMessage, numbered: boolean): Shown[] {
  if (!numbered) return message.buttons.map(({ id, label }) => ({ id, label, number: null, message }));
  return [...message.text.matchAll(/^(\d)\. (.*)$/gm)].map(([, number, label = '']) => ({
    id: '',
    label,
    number: Number(number),
    message,
  }));
}

/** The number that means this choice now, or null: a later message has a list of its own. */
export function numberShown(said: readonly SaidMessage[], shown: Shown): number | null {
  const last = said.findLast((message) => listed(message, true).length > 0);
  return last === shown.message ? shown.number : null;
}
