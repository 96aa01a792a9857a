/** Owns the planted bugs, each of which the simulator must find. */

import type { Mutant } from './mutant.ts';

export const MUTANTS: readonly Mutant[] = [];
