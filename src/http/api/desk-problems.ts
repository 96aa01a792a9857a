/** Owns what a program hears when a desk could do nothing for it. */

import { assertNever } from '../../lib/assert.ts';
import type { DeskProblem } from '../../services/wallet-desk.ts';
import { problem } from './problems.ts';

export function deskProblem(why: DeskProblem): Response {
  switch (why) {
    case 'unknown_user':
      return problem('unknown_user', 'Nobody has topped up for this user yet: the first top-up opens the wallet.');
    case 'conflict':
      return problem('conflict', 'This id came before with other values. Nothing was changed; a new request needs a new id.');
    case 'unavailable':
      return problem('unavailable', 'Nothing was changed. Send the same request again in a moment.', {
        headers: { 'retry-after': '5' },
      });
    case 'failed':
      return problem('internal_error', 'Nothing was changed, and it was set aside for the operator to look at.');
    default:
      return assertNever(why);
  }
}
