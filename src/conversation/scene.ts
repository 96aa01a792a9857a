/**
 * Owns what the parts of the engine share: the scene that a message finds, the answer it leads to, and the few steps that taps and
 * words both take.
 */

import { draftChoice } from './choice.ts';
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
  /** The message before this one was answered with the question for a number that is to get no prompts. */
  readonly numberAwaited: boolean;
  /** The message before this one set an alert on the wallet of this key. */
  readonly alertSet: string | null;
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

/** A draft to go on with, and the scene that it stands in; or the answer that there can be none just now. */
export type Begun = { readonly scene: Scene; readonly flow: Flow; readonly draft: Draft } | { readonly refused: Answer };

/** The fresh draft of this flow, or a new one. An open draft of another flow is set aside until this one ends. */
export function withDraft(scene: Scene, flowName: string): Begun {
  const fresh = freshDraft(scene);
  const flow = flowNamed(scene, flowName);
  if (fresh?.flow === flowName) return { scene, flow, draft: fresh };
  const why = flow.closed(scene.around);
  if (why !== null) return { refused: again(fresh === null ? withoutDraft(scene) : scene, [why]) };
  if (flow.needsWallets === true && scene.around.wallets === null) return { refused: lookFirst(scene) };
  const aside = fresh === null ? null : parked(scene);
  const own = aside?.flow === flowName ? aside : openDraft(flow, scene.around);
  return { scene: fresh === null ? withoutDraft(scene) : withParked(scene, fresh), flow, draft: own };
}

/** Nobody has looked at the person's wallets yet: the message is decided again when that is done. What it says is for when it is not. */
export function lookFirst(scene: Scene): Answer {
  return told(scene, [{ key: 'sms-wallet:not-looked' }], [{ kind: 'needs_wallets' }]);
}

/** What was interrupted by the draft that is open, if it can still be gone on with. */
export function parked({ session, around, flows }: Scene): Draft | null {
  const draft = session.parked;
  if (draft === undefined || !isFresh(draft, around.now)) return null;
  return flows.some(({ name, version }) => name === draft.flow && version === draft.flowVersion) ? draft : null;
}

function withParked(scene: Scene, draft: Draft): Scene {
  return { ...scene, session: { ...scene.session, parked: draft } };
}

export function withoutDraft(scene: Scene): Scene {
  return { ...scene, session: withoutDrafts(scene.session) };
}

function withoutDrafts({ parked: _aside, ...session }: Session): Session {
  return { ...session, draft: null };
}

/**
 * The draft has ended: what it interrupted is offered again, but nothing of it is asked, because a late yes would answer that. For the
 * same reason it comes back under a new revision: a yes that was tapped before, and held up, shows it and does not buy it.
 */
export function ended(
  scene: Scene,
  lead: readonly Phrase[],
  choices: readonly Choice[],
  effects: readonly Effect[] = [],
): Answer {
  const interrupted = parked(scene);
  if (interrupted === null) return answered(showing(withoutDrafts(scene.session), { parts: lead, choices }), effects);
  const aside = { ...interrupted, revision: interrupted.revision + 1 };
  const parts: Phrase[] = [...lead, { key: `${aside.flow}:parked` }];
  const session = { ...withoutDrafts(scene.session), draft: aside };
  const on: Choice[] = [
    { id: draftChoice(aside, 'keep'), label: { key: 'common:go-on' } },
    { id: draftChoice(aside, 'no'), label: { key: 'common:cancel' } },
  ];
  return answered(showing(session, { parts, choices: on }), effects);
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
  choices: readonly Choice[] = shortMenuChoices(scene.around),
): Answer {
  const { session, around } = scene;
  const draft = freshDraft(scene);
  if (draft !== null)
    return answered(askAgain(flowNamed(scene, draft.flow), { ...session, draft }, draft, lead, around), effects);
  const main: Reply = lead.length === 0 ? menu(around) : { parts: [...lead], choices };
  return answered(showing(withoutDrafts(session), main), effects);
}

/** A word that asks nothing and takes nothing back: what was offered before still counts. */
export function told(scene: Scene, parts: readonly Phrase[], effects: readonly Effect[] = []): Answer {
  return { session: { ...scene.session, failures: 0 }, reply: { parts, choices: [] }, effects };
}

/** Every draft is dropped, and its buttons with it. */
export function dropped(scene: Scene, lead: readonly Phrase[], main: Reply | null = null): Answer {
  const reply = main === null ? { parts: [...lead], choices: shortMenuChoices(scene.around) } : withLead(lead, main);
  return answered(showing(withoutDrafts(scene.session), reply));
}
