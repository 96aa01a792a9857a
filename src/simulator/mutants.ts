/** Owns the list of planted bugs, each of which the simulator must find. */

import type { Mutant } from './mutant.ts';
import { MONEY_MUTANTS } from './mutants-money.ts';
import { REMOTE_MUTANTS } from './mutants-remote.ts';
import { SMS_MUTANTS } from './mutants-sms.ts';
import { TALK_MUTANTS } from './mutants-talk.ts';

export const MUTANTS: readonly Mutant[] = [...MONEY_MUTANTS, ...SMS_MUTANTS, ...REMOTE_MUTANTS, ...TALK_MUTANTS];
