/** Owns the way by which whoever reads an alert by e-mail ends them for that address: an event like any other. */

import type { Clock } from '../lib/clock.ts';
import { freshId } from '../lib/random.ts';
import type { TurnRunner } from './turn-runner.ts';

/** False: nothing was written, and it has to be asked again. To ask twice is no mistake. */
export type StopMails = (address: string) => Promise<boolean>;

export function stopMailsBy(runner: Pick<TurnRunner, 'submit'>, clock: Clock): StopMails {
  return async (address) => {
    const id = `mail-stop:${freshId()}`;
    const entry = { kind: 'email', address } as const;
    const [ending] = await runner.submit([
      { kind: 'stop_list', id, at: clock.now(), entry, stopped: true, actor: { kind: 'reader' } },
    ]);
    return ending === 'committed';
  };
}
