/** Owns reading a shared contact: a name and the numbers out of a vCard that anybody may have written. Pure, never throws. */

/** Real ones are a few hundred characters; a picture may make one large, but then the numbers stand before it. */
const LONGEST_VCARD = 100_000;
const MOST_PHONES = 10;

export interface SharedContact {
  readonly name: string | null;
  /** As `+254...` where WhatsApp knows the account (`waid`), else as typed in the address book. Each number once. */
  readonly phones: readonly string[];
}

export function readVcard(vcard: string): SharedContact {
  const lines = vcard
    .slice(0, LONGEST_VCARD)
    .replace(/\r?\n[ \t]/g, '')
    .split(/\r?\n/);
  const phones = new Map<string, string>();
  let name: string | null = null;
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    const [property = '', ...parameters] = line.slice(0, colon).split(';');
    const value = line.slice(colon + 1).trim();
    const kind = property.replace(/^[\w-]+\./, '').toUpperCase();
    if (kind === 'FN' && value !== '') name ??= unescape(value);
    if (kind !== 'TEL' || phones.size >= MOST_PHONES) continue;
    const waid = parameters.map((parameter) => /^waid=(\d{7,15})$/i.exec(parameter)?.[1]).find((digits) => digits !== undefined);
    const phone = waid === undefined ? value.replace(/^tel:/i, '') : `+${waid}`;
    const digits = phone.replace(/\D/g, '');
    if (digits !== '' && !phones.has(digits)) phones.set(digits, phone);
  }
  return { name, phones: [...phones.values()] };
}

function unescape(value: string): string {
  return value
    .replace(/\\([,;\\])/g, '$1')
    .replace(/\\n/gi, ' ')
    .trim();
}
