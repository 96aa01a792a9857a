/**
 * Owns how often one chat calls a person for the same reason: once an hour, tapped or typed, so that nobody can ring the operators
 * with every message. Another reason is another call.
 */

import type { Sprint } from '../conversation/surroundings.ts';
import { inWords } from '../domain/attention.ts';
import type { Instant } from '../lib/clock.ts';
import { HOUR_MS } from '../lib/durations.ts';

const CALL_AGAIN_MS = HOUR_MS;

/** The sprint without the calls that were made before; its session remembers those that are made now. */
export function withCallsOnce(sprint: Sprint, now: Instant): Sprint {
  const before = Object.entries(sprint.session.calledFor ?? {}).filter(([, at]) => Math.abs(now - at) < CALL_AGAIN_MS);
  const calledFor = new Map(before);
  const effects = sprint.effects.filter((effect) => {
    if (effect.kind !== 'help_wanted') return true;
    const why = inWords(effect.why);
    const isNew = !calledFor.has(why);
    if (isNew) calledFor.set(why, now);
    return isNew;
  });
  if (calledFor.size === before.length) return { ...sprint, effects };
  return { ...sprint, effects, session: { ...sprint.session, calledFor: Object.fromEntries(calledFor) } };
}
