/**
 * Owns a person's wish to have what is kept of them deleted: asked back once, filed for a person at their yes, taken back while it is not
 * done. After the deletion the chat knows nothing of it any more.
 */

import { inWords } from '../domain/attention.ts';
import { DAY_MS, HOUR_MS } from '../lib/durations.ts';
import type { Instant } from '../lib/clock.ts';
import { freeChoice } from './choice.ts';
import type { Choice, Phrase } from './reply.ts';
import { again, freshDraft, withoutDraft, type Answer, type Scene } from './scene.ts';
import type { Session } from './session.ts';
import { support } from './small-talk.ts';
import { wanted } from './troubles.ts';

/** As the law has it, from the day on that it was filed. */
const DONE_WITHIN_MS = 7 * DAY_MS;
/** A yes to a question that is older files nothing: it is asked again. */
const ASKED_MS = HOUR_MS;

const yes: Choice = { id: freeChoice('forget', 'yes'), label: { key: 'answers:forget-yes' } };
const no: Choice = { id: freeChoice('forget', 'no'), label: { key: 'answers:forget-no' } };

/** "Delete my data". A purchase that is open ends with it, and buys nothing: of two questions, nobody could tell which a yes answers. */
export function forgetAsked(scene: Scene): Answer {
  const { session, around } = scene;
  if (session.deletion?.filed === true) return again(scene, [filed('answers:forget-filed-before', session.deletion.at, scene)]);
  if (calledLately(scene)) return again(scene, [{ key: 'answers:forget-soon' }]);
  const ends: Phrase[] = freshDraft(scene) === null ? [] : [{ key: 'answers:forget-ends' }];
  const asked: Session = { ...session, deletion: { filed: false, at: around.now } };
  return again(withoutDraft({ ...scene, session: asked }), [...ends, { key: 'answers:forget-me' }], [], [yes, no]);
}

/** The yes, tapped or written. */
export function forgetConfirmed(scene: Scene): Answer {
  const { session, around } = scene;
  const { deletion } = session;
  if (deletion === undefined || deletion.filed || around.now - deletion.at > ASKED_MS) return forgetAsked(scene);
  const called = without(session, inWords({ code: 'keep' }));
  const now: Scene = { ...scene, session: { ...called, deletion: { filed: true, at: around.now } } };
  return again(now, [filed('answers:forget-filed', around.now, scene)], [wanted('delete')]);
}

/** "Keep my data": the wish that was filed here is taken back, and a person hears so. */
export function forgetTakenBack(scene: Scene): Answer {
  const { deletion, ...session } = scene.session;
  const now: Scene = { ...scene, session };
  if (deletion === undefined) return again(now, [{ key: 'answers:forget-none' }]);
  return deletion.filed
    ? again(now, [{ key: 'answers:forget-taken-back' }], [wanted('keep')])
    : again(now, [{ key: 'answers:forget-not' }]);
}

/** A person is called for one reason once an hour: a wish that could not reach them is not promised. */
function calledLately({ session, around }: Scene): boolean {
  const at = session.calledFor?.[inWords({ code: 'delete' })];
  return at !== undefined && Math.abs(around.now - at) < HOUR_MS;
}

/** Taking the next wish back must reach a person, however lately the one before was. */
function without({ calledFor, ...session }: Session, reason: string): Session {
  if (calledFor === undefined) return session;
  return { ...session, calledFor: Object.fromEntries(Object.entries(calledFor).filter(([why]) => why !== reason)) };
}

function filed(key: string, at: Instant, { around }: Scene): Phrase {
  return { key, params: { when: { day: at }, until: { day: at + DONE_WITHIN_MS }, support: support(around) } };
}
