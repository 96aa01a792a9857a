/**
 * Owns the links by which the reader of an alert e-mail ends them: the address is sealed in the link under the shop's own key, so nobody
 * else can make one, and one tells nothing to whoever sees it. Without PUBLIC_URL there are none.
 */

import type { Config } from './config.ts';
import type { Log } from './lib/log.ts';
import { sealerFrom, type Sealer } from './lib/sealed.ts';
import { STOP_PATH, type StopLinks } from './ports/notifier.ts';
import { secretKeyOf } from './secret-key.ts';

/** Within the purpose there is one place only. */
const PLACE = 'address';
const TOKEN = /^[\w-]{40,1600}$/;

export function stopLinksOf(config: Pick<Config, 'secretKey' | 'databasePath' | 'publicUrl'>, log: Log): StopLinks {
  let opened: Sealer | null = null;
  // With the first link that is written or followed: a shop that sends no mail needs no key for them.
  const sealer = (): Sealer => (opened ??= sealerFrom(secretKeyOf(config), 'jaza/stop-link/1'));
  return {
    linkTo(address) {
      if (config.publicUrl === null) return null;
      try {
        const token = Buffer.from(sealer().seal(PLACE, address)).toString('base64url');
        return `${config.publicUrl}${STOP_PATH}${token}`;
      } catch (error) {
        // The warning matters more than the link, and an answer to the mail stops it as well.
        log.error({ error }, 'no link to stop e-mails could be made');
        return null;
      }
    },
    addressIn(token) {
      if (!TOKEN.test(token)) return null;
      const address = sealer().open(PLACE, Buffer.from(token, 'base64url'));
      return address.ok ? address.value : null;
    },
  };
}
