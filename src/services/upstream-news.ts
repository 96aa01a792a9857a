/**
 * Owns what operators hear of an upstream as a whole: that its breaker opened, that orders are taken again, that it refused our
 * credentials. It is about no order, although one found it out; the good news ends the bad in the list.
 */

import type { Breaker, EndedCall, Upstream } from '../domain/breaker.ts';
import { assertNever } from '../lib/assert.ts';
import type { Change } from '../ports/store.ts';

/** `call`: the one whose end led from `before` to `after`. */
export function toldOfUpstream(
  upstream: Upstream,
  before: Breaker,
  after: Breaker,
  { health, why }: Pick<EndedCall, 'health' | 'why'>,
): Change[] {
  const tell = (what: 'token_refused' | 'upstream_down' | 'upstream_up', detail: string): Change[] => [
    { kind: 'audit', actor: { kind: 'upstream' }, what, subject: upstream, detail },
  ];
  switch (health) {
    case 'locked_out':
      // The shop's own trouble, at every order that is tried.
      return tell('token_refused', why);
    case 'failed':
      return after.kind === 'open' && before.kind === 'closed' ? tell('upstream_down', after.why) : [];
    case 'answered':
      return after.kind === 'closed' && before.kind !== 'closed' ? tell('upstream_up', 'it answers: orders are taken again') : [];
    default:
      return assertNever(health);
  }
}
