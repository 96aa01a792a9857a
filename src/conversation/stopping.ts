/**
 * Owns STOP and START: a person wants no alerts, and no payment prompts on their own verified numbers, whoever asks for them; or wants
 * them again. A number that is only typed is nobody's own. In the middle of a purchase, and just after one, STOP means that purchase;
 * "stop alerts" means the alerts alone.
 */

import { isInFlight } from '../domain/order.ts';
import type { Msisdn } from '../domain/msisdn.ts';
import type { Understood } from '../understanding/understood.ts';
import type { Phrase } from './reply.ts';
import { again, dropped, freshDraft, type Answer, type Scene } from './scene.ts';
import { menu } from './small-talk.ts';
import { cancelled, cancelledOrder, justOrdered } from './steps.ts';
import type { Effect } from './surroundings.ts';

export function stopped(scene: Scene, said: Pick<Understood, 'intent'>): Answer {
  if (said.intent === 'set_threshold') return again(scene, [{ key: 'alert:stopped' }], [alerts(true)]);
  if (freshDraft(scene) !== null) return cancelled(scene);
  const latest = justOrdered(scene);
  if (latest !== null && isInFlight(latest.state)) return cancelledOrder(scene, latest);
  const { own } = scene.around;
  if (own.length === 0) return again(scene, [{ key: 'answers:stop' }], [alerts(true)]);
  const told = [...own.map(line('answers:prompts-stopped')), { key: 'answers:prompts-undo' }];
  return again(scene, told, [...own.map(effect(true)), alerts(true)]);
}

/** `/start` and its word: the menu, and alerts and prompts again where they were stopped. */
export function begun(scene: Scene): Answer {
  const { around } = scene;
  const lead: Phrase[] = freshDraft(scene) === null ? [] : [{ key: 'common:cancelled' }];
  const answer = dropped(scene, [...lead, ...around.stopped.map(line('answers:prompts-allowed'))], menu(around));
  return { ...answer, effects: [...answer.effects, ...around.stopped.map(effect(false)), alerts(false)] };
}

const line =
  (key: string) =>
  (number: Msisdn): Phrase => ({ key, params: { number: { msisdn: number } } });

const effect =
  (stops: boolean) =>
  (phone: Msisdn): Effect => ({ kind: 'stop_prompts', phone, stopped: stops });

const alerts = (stops: boolean): Effect => ({ kind: 'stop_alerts', stopped: stops });
