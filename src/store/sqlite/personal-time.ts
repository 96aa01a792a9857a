/** Owns how a copy for a person tells a time: as the clock in Kenya shows it, with its distance from UTC. */

import { NAIROBI_OFFSET_MS } from '../../domain/nairobi.ts';

/** SQL that tells the instant of a column. */
export function timeInNairobi(column: string): string {
  return `strftime('%Y-%m-%dT%H:%M:%S+03:00', (${column} + ${NAIROBI_OFFSET_MS}) / 1000, 'unixepoch')`;
}
