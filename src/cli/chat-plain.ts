/**
 * Owns what a person sees in the terminal and what a line of theirs means there: the number beside a button is that button, whatever
 * else the number could be; /phone is the simulated phone; all else is written to the bot.
 */

import { formatMsisdn, type Msisdn } from '../domain/msisdn.ts';
import { PHONE_ANSWERS, type OutLine } from './chat-lines.ts';

export const PHONE_HELP = `SIMULATED: no money moves. /phone 0722000000 approve answers the simulated phone (${PHONE_ANSWERS.join(', ')}; wrong-pin and no-money only where SMS are paid).`;
const PHONE_ANSWER = new RegExp(`^/phone\\s+(\\S+)\\s+(${PHONE_ANSWERS.join('|')})$`);

export interface PlainScreen {
  show(line: OutLine): void;
  /** As a line of `chat --json` without its speaker; null: it begins as /phone and cannot be read. */
  meantBy(typed: string): Readonly<Record<string, string>> | null;
}

export function createPlainScreen(write: (text: string) => void): PlainScreen {
  let buttons: Extract<OutLine, { type: 'message' }>['buttons'] = [];
  return {
    show(line) {
      if (line.type === 'message') {
        if (line.buttons.length > 0) buttons = line.buttons;
        const offered = line.buttons.map(({ label }, at) => `  ${at + 1}. ${label}`).join('\n');
        write(`\n${line.text}\n${offered === '' ? '' : `${offered}\n`}\n`);
      }
      if (line.type === 'prompt') {
        const { phone, amount, paymentNetwork } = line;
        const owner = formatMsisdn(phone as Msisdn);
        write(`\n  [SIMULATED phone ${owner}] Pay KES ${amount} by ${paymentNetwork}?  /phone ${phone} approve\n`);
      }
    },
    meantBy(typed) {
      const line = typed.trim();
      const answered = PHONE_ANSWER.exec(line);
      if (answered !== null) return { phone: answered[1] ?? '', answer: answered[2] ?? '' };
      if (/^\/phone\b/.test(line)) return null;
      const button = /^\d{1,2}$/.test(line) ? buttons[Number(line) - 1] : undefined;
      return button === undefined ? { text: typed } : { tap: button.id };
    },
  };
}
