/**
 * Owns the keyboards under our messages. A message has one keyboard: buttons in the message as a rule; below the input field
 * when the speaker's own number is asked for, because only there Telegram asks the person for it.
 */

import type { Button } from '../../ports/channel.ts';

export type ReplyMarkup =
  | { inline_keyboard: { text: string; callback_data: string }[][] }
  | { keyboard: { text: string; request_contact?: true }[][]; one_time_keyboard: true; resize_keyboard: true }
  | { remove_keyboard: true };

/** Two labels up to this length stand side by side on a small phone without being cut. */
const SHORT_LABEL = 16;

/**
 * Beside a button that asks for the own number the others become plain keys: they send their label as text, which means the
 * same as the button. A message without buttons takes away the keys that an earlier one may have left below the input field.
 */
export function keyboardOf(buttons: readonly Button[]): ReplyMarkup {
  if (buttons.length === 0) return { remove_keyboard: true };
  if (buttons.some(({ asksOwnPhone }) => asksOwnPhone === true)) {
    return {
      keyboard: rowsOf(buttons).map((row) =>
        row.map(({ label, asksOwnPhone }) => (asksOwnPhone === true ? { text: label, request_contact: true } : { text: label })),
      ),
      one_time_keyboard: true,
      resize_keyboard: true,
    };
  }
  return { inline_keyboard: rowsOf(buttons).map((row) => row.map(({ id, label }) => ({ text: label, callback_data: id }))) };
}

/** In the given order: two short labels share a row, a long one or the one that asks for the number has its own. */
function rowsOf(buttons: readonly Button[]): Button[][] {
  const rows: Button[][] = [];
  for (const button of buttons) {
    const last = rows.at(-1);
    if (last?.length === 1 && last.every(fitsHalf) && fitsHalf(button)) last.push(button);
    else rows.push([button]);
  }
  return rows;
}

function fitsHalf({ label, asksOwnPhone }: Button): boolean {
  return asksOwnPhone !== true && label.length <= SHORT_LABEL;
}
