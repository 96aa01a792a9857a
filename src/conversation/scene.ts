/**
 * Owns what the parts of the engine share: the scene that a message finds, the answer it leads to, and the few steps that taps and
 * words both take.
 */

import { askAgain, DRAFT_EXPIRES_MS, openDraft, showing, type Asked } from './drafting.ts';
import type { Flow } from './flow.ts';
import { withLead, type Phrase, type Reply } from './reply.ts';
import type { Session } from './session.ts';
import { menu } from './small-talk.ts';
import type { Effect, Surroundings } from './surroundings.ts';

/** What the parts of the engine hand on to each other. */
export interface Scene {
  readonly session: Session;
  readonly around: Surroundings;
  readonly flows: readonly Flow[];
}

/** What one message led to, before the privacy notice is put in front of a first answer. `reply` null: silence, by rule. */
export interface Answer {
  readonly session: Session;
  readonly reply: Reply | null;
  readonly effects: readonly Effect[];
}

export function answered(asked: Asked, effects: readonly Effect[] = []): Answer {
  return { session: { ...asked.session, failures: 0 }, reply: asked.reply, effects };
}

export function flowNamed(scene: Scene, name: string): Flow {
  const flow = scene.flows.find((one) => one.name === name);
  if (flow === undefined) throw new Error(`invariant broken: no flow ${name}`);
  return flow;
}

/** The open draft, or a new one of this flow. */
export function withDraft(scene: Scene, flowName: string): { readonly flow: Flow; readonly session: Session } {
  const { session, around } = scene;
  if (session.draft !== null && !expired(scene)) return { flow: flowNamed(scene, session.draft.flow), session };
  const flow = flowNamed(scene, flowName);
  return { flow, session: { ...session, draft: openDraft(flow, around) } };
}

/** What was to say, and then the question that stands open; the menu if none does. */
export function again(scene: Scene, lead: readonly Phrase[], effects: readonly Effect[] = []): Answer {
  const { session, around } = scene;
  if (session.draft === null)
    return answered(
      showing(session, lead.length === 0 ? menu(around) : withLead(lead, menu(around, 'common:menu-short'))),
      effects,
    );
  return answered(askAgain(flowNamed(scene, session.draft.flow), session, session.draft, lead, around), effects);
}

/** An open draft that nobody touched for an hour: it may be shown again, it is never bought. */
export function expired(scene: Scene): boolean {
  const { draft } = scene.session;
  return draft !== null && scene.around.now - draft.touchedAt > DRAFT_EXPIRES_MS;
}
