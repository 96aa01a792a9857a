/**
 * Owns the answers to what is beside the point: questions in the middle, things that are not sold here, complaints, thanks,
 * greetings. Each is answered, and the question that stood open is asked again.
 */

import type { Order } from '../domain/order.ts';
import type { Understood } from '../understanding/understood.ts';
import { showing } from './drafting.ts';
import { orderStatus } from './order-talk.ts';
import type { Phrase } from './reply.ts';
import { again, answered, dropped, freshDraft, told, type Answer, type Scene } from './scene.ts';
import { answerTo, historyChoice, languageQuestion, menu, notHere, support } from './small-talk.ts';
import { askedWhy, cancel, helped, history, started } from './steps.ts';
import type { Effect } from './surroundings.ts';

/** Null: it is nothing of the kind either. */
export function besidesThePoint(scene: Scene, said: Understood): Answer | null {
  if (said.complaint) return complaint(scene);
  if (said.notSold === 'mpesa_message') return claimed(scene);
  const kindly = notHere(said, scene.around);
  if (kindly !== null) return again(scene, [kindly]);
  if (said.question !== null) return questioned(scene, said.question);
  if (said.command === 'thanks') return told(scene, [{ key: 'common:welcome' }]);
  return wished(scene, said);
}

function questioned(scene: Scene, question: NonNullable<Understood['question']>): Answer {
  switch (question) {
    case 'repeat':
      return again(scene, []);
    case 'human':
      return again(scene, [personTold(scene)], [wanted('asked for a person')]);
    case 'mine':
      return again(scene, [answerTo(question, scene.around)], [wanted('wants a copy of their data')]);
    case 'forget_me':
      return again(scene, [answerTo(question, scene.around)], [wanted('wants their data deleted')]);
    default:
      return again(scene, [answerTo(question, scene.around)]);
  }
}

function wished(scene: Scene, said: Understood): Answer | null {
  const { around, session } = scene;
  switch (said.intent) {
    case 'greeting':
      return freshDraft(scene) === null ? dropped(scene, [], menu(around)) : again(scene, [{ key: 'common:hello-again' }]);
    case 'help':
      return helped(scene);
    case 'history':
      return history(scene);
    case 'language':
      return answered(showing(session, languageQuestion()));
    case 'cancel':
      return cancel(scene);
    case 'buy_airtime':
      return started(scene, 'buy-airtime');
    default:
      return null;
  }
}

/** "Money was taken, nothing came": where the last order stands, and a person. */
function complaint(scene: Scene): Answer {
  const latest = scene.around.orders[0];
  const asked = askedWhy(scene, [wanted('complaint about an order that was asked about')]);
  if (asked !== null) return asked;
  return again(scene, [...standing(latest), personTold(scene)], [wanted(`complaint${about(latest)}`)], [historyChoice]);
}

/** A pasted payment message is a claim to look up, never a proof: said where the order stands, and a person looks. */
function claimed(scene: Scene): Answer {
  const { around } = scene;
  const latest = around.orders[0];
  const phrase: Phrase = { key: 'answers:not-sold-mpesa-message', params: { support: support(around) } };
  return again(scene, [phrase, ...standing(latest)], [wanted(`sent a payment message${about(latest)}`)], [historyChoice]);
}

function standing(latest: Order | undefined): Phrase[] {
  return latest === undefined ? [] : [orderStatus(latest)];
}

function about(latest: Order | undefined): string {
  return latest === undefined ? '' : ` about ${latest.reference}`;
}

function personTold({ around }: Scene): Phrase {
  return { key: 'common:human-told', params: { support: support(around) } };
}

function wanted(why: string): Effect {
  return { kind: 'help_wanted', why };
}
