/** Owns what the operator is told of the link between Jaza and the phone, and the shape of a number that asks for a code. */

import { err, ok, type Result } from '../../lib/result.ts';
import type { ChannelHealth } from '../../ports/channel.ts';

export interface PairingState {
  /** `stopped`: nothing is tried until the operator acts, see `remedy`. */
  readonly state: 'unpaired' | 'qr' | 'code' | 'connecting' | 'open' | 'stopped';
  /** What the phone scans; renewed about every 20 seconds. Whoever scans it links their phone: show it to the operator only. */
  readonly qr: string | null;
  /** Eight letters and digits that are typed into the phone. */
  readonly code: string | null;
  /** Our own number, digits, once linked. */
  readonly number: string | null;
  readonly why: string | null;
  readonly remedy: string | null;
}

export interface OperatorNotice {
  /** `action`: nothing goes on until somebody acts. `trouble`: it may heal by itself. `recovered`: it did. */
  readonly kind: 'action' | 'trouble' | 'recovered' | 'reminder';
  readonly why: string;
  readonly remedy: string | null;
}

export const NOT_LINKED = 'No phone is linked yet.';
export const LINK_IT = 'Open the WhatsApp page of Jaza and link the phone.';

export function healthOf({ state, why, remedy }: PairingState, everOpen: boolean): ChannelHealth {
  switch (state) {
    case 'open':
      return { state: 'up' };
    case 'connecting':
      return everOpen || why !== null
        ? { state: 'down', why: why ?? 'WhatsApp is being connected again.', remedy }
        : { state: 'starting' };
    case 'stopped':
      return { state: 'down', why: why ?? 'WhatsApp is switched off.', remedy };
    case 'unpaired':
    case 'qr':
    case 'code':
      return { state: 'down', why: why ?? NOT_LINKED, remedy: why === null ? LINK_IT : remedy };
  }
}

/** International digits of any country, as WhatsApp wants them: no plus, no leading zero. A Kenyan number may be typed as 07... */
export function readPairingNumber(typed: string): Result<string, string> {
  const digits = typed.replace(/^\s*00/, '').replace(/\D/g, '');
  const international = /^0[17]\d{8}$/.test(digits) ? `254${digits.slice(1)}` : digits;
  if (/^[1-9]\d{7,14}$/.test(international)) return ok(international);
  return err('That is no phone number. Type it with the country code, as in 254722000000.');
}
