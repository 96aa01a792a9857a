/** Owns what the doctor says of where the wallets of SMS are kept: here, or on another server, and whether that one is reached and lets us in. */

import type { Config } from '../config.ts';
import { createTuku } from '../providers/tuku/client.ts';
import type { Finding } from './doctor.ts';

/** A userId that nobody has: whoever may read is told that there is no such wallet. */
const NOBODY = { appId: null, userId: 'jaza-doctor' };

/** Nothing is moved there: its door is tried, and the balance of nobody is asked for. */
export async function smsWallets({ tuku }: Pick<Config, 'tuku'>, timeoutMs: number): Promise<Finding[]> {
  if (tuku === null) return [];
  const server = createTuku({ ...tuku, timeoutMs });
  const place = `SMS wallets: ${tuku.baseUrl}`;
  const reached = await server.probe();
  if (!reached.reachable)
    return [{ mark: 'wrong', text: `${place} is not reachable (${reached.why}). No SMS can be bought or counted until it is` }];
  const reading = await server.balance(NOBODY);
  if (reading.kind === 'unknown')
    return [{ mark: 'wrong', text: `${place} is reachable, but does not answer as a server of SMS wallets (${reading.why})` }];
  return [{ mark: 'ok', text: `${place} keeps them, and lets us read (topping up is tried with the first purchase)` }];
}
