/** Owns how a number of SMS is shown: as it is, or as an estimate while nobody has told what one costs. */

import type { Param } from './reply.ts';

export function unitsParam(units: number, isEstimate: boolean): Param {
  const exact: Param = { grouped: units };
  return isEstimate ? { key: 'buy-sms:about-units', params: { units: exact } } : exact;
}
