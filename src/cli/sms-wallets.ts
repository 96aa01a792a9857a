/**
 * Owns what the doctor says of where the wallets of SMS are kept: here, or on another server; whether that one is reached and lets us in,
 * and whether SMS are left that nobody sees, here or there.
 */

import type { Config } from '../config.ts';
import { createTuku } from '../providers/tuku/client.ts';
import { CARRY_BACK, CARRY_OVER, leftThere, outOfSight } from '../wallets-left.ts';
import { heldHere } from '../store/sqlite/held-here.ts';
import { heldThere } from '../store/sqlite/held-there.ts';
import { lookInto } from '../store/sqlite/look.ts';
import type { Finding } from './doctor.ts';

/** A userId that nobody has: whoever may read is told that there is no such wallet. */
const NOBODY = { appId: null, userId: 'jaza-doctor' };

/** What may be done about that. */
const PRICES_TOO = 'a Jaza tells it to a key that has costs:read';

/** What is said where another server keeps the wallets; where they are kept here, only what is left with another. */
export async function smsWallets(config: Pick<Config, 'tuku' | 'databasePath'>, timeoutMs: number): Promise<Finding[]> {
  if (config.tuku === null) return leftElsewhere(config);
  const [there, here] = await Promise.all([onTheServer(config, timeoutMs), leftHere(config)]);
  return [...there, ...here];
}

async function leftHere({ tuku, databasePath }: Pick<Config, 'tuku' | 'databasePath'>): Promise<Finding[]> {
  if (tuku === null) return [];
  const looked = await lookInto(databasePath, (db) => outOfSight(heldHere(db)));
  if (!looked.ok || looked.value === null) return [];
  const text = `SMS wallets: ${looked.value}`;
  return tuku.hidesOwnSms
    ? [{ mark: 'note', text: `${text}. TUKU_HIDES_OWN_SMS says that this is meant` }]
    : [{ mark: 'wrong', text: `${text}. The bot does not start like that. ${CARRY_OVER}` }];
}

async function leftElsewhere({ databasePath }: Pick<Config, 'databasePath'>): Promise<Finding[]> {
  const looked = await lookInto(databasePath, (db) => leftThere(heldThere(db)));
  return !looked.ok || looked.value === null ? [] : [{ mark: 'note', text: `SMS wallets: ${looked.value}. ${CARRY_BACK}` }];
}

/** Nothing is moved there: its door is tried, and the balance of nobody is asked for. */
async function onTheServer({ tuku }: Pick<Config, 'tuku'>, timeoutMs: number): Promise<Finding[]> {
  if (tuku === null) return [];
  const server = createTuku({ ...tuku, timeoutMs });
  const place = `SMS wallets: ${tuku.baseUrl}`;
  const reached = await server.probe();
  if (!reached.reachable)
    return [{ mark: 'wrong', text: `${place} is not reachable (${reached.why}). No SMS can be bought or counted until it is` }];
  const reading = await server.balance(NOBODY);
  if (reading.kind === 'unknown' && /^HTTP 40[13]\b/.test(reading.why))
    return [{ mark: 'wrong', text: `${place} is reachable, but does not let us in with TUKU_API_KEY (${reading.why})` }];
  if (reading.kind === 'unknown')
    return [{ mark: 'wrong', text: `${place} is reachable, but does not answer as a server of SMS wallets (${reading.why})` }];
  const reads = `${place} keeps them, and lets us read (topping up is tried with the first purchase)`;
  return reading.kind === 'no_wallet' && reading.milliKes === null
    ? [{ mark: 'note', text: `${reads}. It does not say what an SMS costs somebody who never bought: ${PRICES_TOO}` }]
    : [{ mark: 'ok', text: reads }];
}
