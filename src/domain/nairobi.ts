/** Owns the clock that hangs in Kenya: three hours ahead of UTC, all year round. */

import { HOUR_MS } from '../lib/durations.ts';
import type { Instant } from '../lib/clock.ts';

export const NAIROBI_OFFSET_MS = 3 * HOUR_MS;

/** "2026-11-23 12:05:09". */
export function clockInNairobi(at: Instant): string {
  return new Date(at + NAIROBI_OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');
}
