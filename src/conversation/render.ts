/**
 * Owns the last step of a reply: text and buttons for one channel. Where there are no buttons the choices become a numbered
 * list, and the number means the same as the button (engine.ts reads it back).
 */

import type { Phrasebook } from './phrasebook.ts';
import type { Reply, Spoken } from './reply.ts';

export interface RenderedButton {
  readonly id: string;
  readonly label: string;
  readonly asksOwnPhone?: true;
}

export interface Rendered {
  readonly text: string;
  readonly buttons: readonly RenderedButton[];
}

export function render(reply: Reply, language: Spoken, phrasebook: Phrasebook, channel: { readonly buttons: boolean }): Rendered {
  const text = reply.parts.map((part) => phrasebook.say(part, language)).join('\n\n');
  const buttons = reply.choices.map((choice) => ({
    id: choice.id,
    label: phrasebook.say(choice.label, language),
    ...(choice.asksOwnPhone === undefined ? {} : { asksOwnPhone: choice.asksOwnPhone }),
  }));
  if (channel.buttons || buttons.length === 0) return { text, buttons };
  const numbered = buttons.map(({ label }, at) => `${at + 1}. ${label}`).join('\n');
  return { text: `${text}\n\n${numbered}\n\n${phrasebook.say({ key: 'common:answer-by-number' }, language)}`, buttons: [] };
}
