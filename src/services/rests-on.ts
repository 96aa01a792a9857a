/**
 * Owns what a decision rests on, as the versions that were loaded with it. What was not there when it was loaded is expected not to be
 * there still: a decision that rests on nobody's having come first is checked like any other.
 */

import type { Counted, VersionsRead } from '../ports/counted.ts';
import type { Known } from '../ports/store.ts';

export function restsOn({ versions }: Pick<Known, 'versions'>, names: readonly Counted[]): VersionsRead {
  return Object.fromEntries(names.map((name) => [name, versions[name] ?? 0]));
}
