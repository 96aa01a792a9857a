/** Shows which links to stop e-mails are ours: those that we made for that, under the shop's own key. */

import { describe, expect, it } from 'vitest';
import { sealerFrom } from './lib/sealed.ts';
import { silentLog } from './lib/log.ts';
import { STOP_PATH } from './ports/notifier.ts';
import { secretKeyOf } from './secret-key.ts';
import { stopLinksOf } from './stop-links.ts';

const settings = { secretKey: 'a-key-of-the-shop-of-32-letters!', databasePath: ':memory:', publicUrl: 'https://duka.example' };
const links = stopLinksOf(settings, silentLog);
const READER = 'reader.of.alerts@example.com';

const tokenOf = (link: string | null): string => link?.slice(`https://duka.example${STOP_PATH}`.length) ?? '';
const sealed = (...[purpose, place]: [Parameters<typeof sealerFrom>[1], string]): string =>
  Buffer.from(sealerFrom(secretKeyOf(settings), purpose).seal(place, READER)).toString('base64url');

describe('a link to stop e-mails', () => {
  it('names the address to us alone, and another time in another way', () => {
    const token = tokenOf(links.linkTo(READER));
    expect(links.addressIn(token)).toBe(READER);
    expect(tokenOf(links.linkTo(READER))).not.toBe(token);
    expect(stopLinksOf({ ...settings, secretKey: 'another-key-of-another-shop-here' }, silentLog).addressIn(token)).toBeNull();
  });

  it('is there only where its page can be reached', () => {
    expect(stopLinksOf({ ...settings, publicUrl: null }, silentLog).linkTo(READER)).toBeNull();
  });

  it('is nothing that was sealed for another purpose, or for another place', () => {
    expect(links.addressIn(sealed('jaza/stop-link/1', 'address'))).toBe(READER);
    expect(links.addressIn(sealed('jaza/whatsapp-auth/1', 'address'))).toBeNull();
    expect(links.addressIn(sealed('jaza/stop-link/1', 'creds'))).toBeNull();
  });
});
