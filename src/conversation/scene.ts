/**
 * Owns what the parts of the engine share: the scene that a message finds, the answer it leads to, and the few steps that taps and
 * words both take.
 */

import { askAgain, askNext, isFresh, showing, type Asked, type ToAsk } from './drafting.ts';
import { openDraft } from './filling.ts';
import type { Flow } from './flow.ts';
import { withLead, type Choice, type Phrase, type Reply } from './reply.ts';
import type { Draft, Session } from './session.ts';
import { menu, shortMenuChoices } from './small-talk.ts';
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

/** The draft that a message may go on with; null when there is none, or none that is fresh. */
export function freshDraft(scene: Scene): Draft | null {
  return expired(scene) ? null : scene.session.draft;
}

/** An open draft that nobody touched for an hour: it may be shown again, it is never bought. */
export function expired(scene: Scene): boolean {
  const { draft } = scene.session;
  return draft !== null && !isFresh(draft, scene.around.now);
}

/** The fresh draft, or a new one of this flow; or the answer that none can be begun just now. */
export function withDraft(
  scene: Scene,
  flowName: string,
): { readonly flow: Flow; readonly draft: Draft } | { readonly refused: Answer } {
  const fresh = freshDraft(scene);
  if (fresh !== null) return { flow: flowNamed(scene, fresh.flow), draft: fresh };
  const flow = flowNamed(scene, flowName);
  const why = flow.closed(scene.around);
  if (why !== null) return { refused: again({ ...scene, session: { ...scene.session, draft: null } }, [why]) };
  return { flow, draft: openDraft(flow, scene.around) };
}

/** Goes on with what was read: the next question, or the confirmation. */
export function goOn(scene: Scene, flow: Flow, filling: ToAsk): Answer {
  return answered(askNext(flow, scene.session, filling, scene.around));
}

/** What was to say, and then the question that stands open, or what else can be done. A draft that has expired is gone by now. */
export function again(
  scene: Scene,
  lead: readonly Phrase[],
  effects: readonly Effect[] = [],
  choices: readonly Choice[] = shortMenuChoices(),
): Answer {
  const { session, around } = scene;
  const draft = freshDraft(scene);
  if (draft !== null)
    return answered(askAgain(flowNamed(scene, draft.flow), { ...session, draft }, draft, lead, around), effects);
  const main: Reply = lead.length === 0 ? menu(around) : { parts: [...lead], choices };
  return answered(showing({ ...session, draft: null }, main), effects);
}

/** A word that asks nothing and takes nothing back: what was offered before still counts. */
export function told(scene: Scene, parts: readonly Phrase[], effects: readonly Effect[] = []): Answer {
  return { session: { ...scene.session, failures: 0 }, reply: { parts, choices: [] }, effects };
}

/** The draft is dropped, and its buttons with it. */
export function dropped(scene: Scene, lead: readonly Phrase[], main: Reply | null = null): Answer {
  const reply = main === null ? { parts: [...lead], choices: shortMenuChoices() } : withLead(lead, main);
  return answered(showing({ ...scene.session, draft: null }, reply));
}
