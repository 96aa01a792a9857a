/**
 * Owns STOP and START: a person wants no alerts, and no payment prompts on their own verified numbers, whoever asks for them; or wants
 * them again. A number that is only typed is nobody's own: it is handed to a person, as is whoever asks a second time. In the middle of
 * a purchase, and just after one, STOP means that purchase; "stop alerts" means the alerts alone.
 */

import { isInFlight } from '../domain/order.ts';
import type { Msisdn } from '../domain/msisdn.ts';
import type { Understood } from '../understanding/understood.ts';
import { freeChoice } from './choice.ts';
import type { Choice, Phrase } from './reply.ts';
import { again, dropped, freshDraft, type Answer, type Scene } from './scene.ts';
import { menu, support } from './small-talk.ts';
import { cancelled, cancelledOrder, justOrdered } from './steps.ts';
import type { Effect } from './surroundings.ts';
import { wanted } from './troubles.ts';
import { DAY_MS } from '../lib/durations.ts';

/** Who writes STOP again so soon is in earnest. */
const ASKED_MS = DAY_MS;
const NUMBER_EXPECTED_MS = 10 * 60_000;
/** "No prompts to my number please, it is ...": whoever says more speaks of something else. */
const WORDS_BESIDE_A_NUMBER = 5;

const alertsAgain: Choice = { id: freeChoice('alerts_on'), label: { key: 'alert:again' } };
const myAlerts: Choice = { id: freeChoice('alerts'), label: { key: 'alert:mine' } };

export function stopped(scene: Scene, said: Understood): Answer {
  if (said.intent === 'set_threshold') return again(scene, [{ key: 'alert:stopped' }], [alerts(true)], [alertsAgain]);
  if (freshDraft(scene) !== null) return cancelled(scene, [{ key: 'answers:stopped-purchase' }]);
  const latest = justOrdered(scene);
  if (latest !== null && isInFlight(latest.state)) return cancelledOrder(scene, latest);
  const { own, now } = scene.around;
  const [number] = said.numbers;
  if (own.length === 0 && number !== undefined) return numberHandedOn(scene, number.number, [alerts(true)]);
  if (own.length === 0) {
    const { stopAskedAt } = scene.session;
    const asking: Scene = { ...scene, session: { ...scene.session, numberAwaited: true } };
    if (stopAskedAt !== undefined && now - stopAskedAt < ASKED_MS)
      return again(asking, [{ key: 'answers:stop-told' }, support(scene.around, true)], [alerts(true), wanted('stop')]);
    return again({ ...asking, session: { ...asking.session, stopAskedAt: now } }, [{ key: 'answers:stop' }], [alerts(true)]);
  }
  const told = [...own.map(line('answers:prompts-stopped')), { key: 'answers:prompts-undo' }];
  return again(scene, told, [...own.map(effect(true)), alerts(true)]);
}

/**
 * The number that STOP asked for, when it comes next and by itself: whose it is we cannot tell, so a person looks at it. Null:
 * it is none, or it is part of something else.
 */
export function stopNumber(scene: Scene, said: Understood, text: string): Answer | null {
  if (!scene.numberAwaited || said.complaint || (text.match(/\p{L}+/gu) ?? []).length > WORDS_BESIDE_A_NUMBER) return null;
  const { stopAskedAt, ...session } = scene.session;
  const [only, ...others] = said.numbers;
  const asked = stopAskedAt !== undefined && scene.around.now - stopAskedAt < NUMBER_EXPECTED_MS && freshDraft(scene) === null;
  if (!asked || only === undefined || others.length > 0 || said.amount !== null || said.intent === 'buy_airtime') return null;
  return numberHandedOn({ ...scene, session }, only.number);
}

function numberHandedOn(scene: Scene, number: Msisdn, effects: readonly Effect[] = []): Answer {
  const phrase: Phrase = { key: 'answers:stop-number', params: { number: { msisdn: number } } };
  return again(scene, [phrase, support(scene.around, true)], [...effects, wanted('stop')]);
}

/** "Tell me again", and the button that takes "stop alerts" back. */
export function alertsOn(scene: Scene): Answer {
  return again(scene, [{ key: 'alert:on-again' }], [alerts(false)], [myAlerts]);
}

/** `/start` and its word: the menu, or the purchase that is open; and alerts and prompts again where they were stopped. */
export function begun(scene: Scene): Answer {
  const { around } = scene;
  const allowed = [
    ...around.stopped.map(line('answers:prompts-allowed')),
    ...(around.alertsStopped ? [{ key: 'alert:on-again' }] : []),
  ];
  const effects = [...around.stopped.map(effect(false)), alerts(false)];
  // The word that undoes STOP ends no purchase: "cancel" does.
  if (freshDraft(scene) !== null) return again(scene, [...allowed, { key: 'common:hello-again' }], effects);
  return { ...dropped(scene, allowed, menu(around)), effects };
}

const line =
  (key: string) =>
  (number: Msisdn): Phrase => ({ key, params: { number: { msisdn: number } } });

const effect =
  (stops: boolean) =>
  (phone: Msisdn): Effect => ({ kind: 'stop_prompts', phone, stopped: stops });

const alerts = (stops: boolean): Effect => ({ kind: 'stop_alerts', stopped: stops });
