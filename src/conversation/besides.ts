/**
 * Owns the answers to what is beside the point: questions in the middle, things that are not sold here, thanks, greetings;
 * what seems wrong with an order is troubles.ts. Each is answered, and the question that stood open is asked again.
 */

import { isInFlight } from '../domain/order.ts';
import type { Understood } from '../understanding/understood.ts';
import { alertRemoval } from './alert-removal.ts';
import { alertWish } from './alert-wishes.ts';
import { forgetAsked, forgetTakenBack } from './forgetting.ts';
import { showing } from './drafting.ts';
import { orderStatus } from './order-talk.ts';
import type { Param } from './reply.ts';
import { again, answered, dropped, flowNamed, freshDraft, told, type Answer, type Scene } from './scene.ts';
import { smsBalance, smsPrice } from './sms-balance.ts';
import { answerTo, languageQuestion, menu, notHere, readyPhrase, soldChoices } from './small-talk.ts';
import { cancel, helped, history, justOrdered, started } from './steps.ts';
import { charged, claimed, complaint, howLong, nothingRings, personTold, wanted } from './troubles.ts';

/** Null: it is nothing of the kind either. */
export function besidesThePoint(scene: Scene, said: Understood): Answer | null {
  if (said.complaint) return complaint(scene, said);
  if (said.notSold === 'mpesa_message') return claimed(scene);
  const sms = aboutSms(scene, said);
  if (sms !== null) return sms;
  const kindly = notHere(said, scene.around);
  if (kindly !== null) return again(scene, [kindly]);
  if (said.trouble === 'resend') return nothingRings(scene);
  if (said.trouble === 'wrong_number') return complaint(scene, said);
  if (said.question !== null) return questioned(scene, said.question);
  if (namesPayment(scene, said)) return payingAsked(scene, said.paymentNetwork);
  if (said.command === 'thanks') return told(scene, [{ key: 'common:welcome' }]);
  return wished(scene, said);
}

/** What is in the wallets, and what an SMS costs. A balance that is not said of what may be that of airtime, which nobody here can see. */
function aboutSms(scene: Scene, said: Understood): Answer | null {
  const { sellsSms } = scene.around.business;
  if (said.notSold !== null) return null;
  const removes = said.alert?.removes ?? null;
  if (removes !== null) return alertRemoval(scene, said, removes);
  if (said.intent === 'set_threshold') return alertWish(scene, said);
  if (said.intent === 'balance' && said.thing === 'sms') return smsBalance(scene);
  if (said.intent === 'balance' && said.thing === null && sellsSms) return smsBalance(scene, [{ key: 'answers:no-balance' }]);
  if (said.thing !== 'sms' || (said.question !== 'fee' && said.question !== 'how')) return null;
  if (!sellsSms) return again(scene, [{ key: 'answers:not-offered' }]);
  return smsPrice(scene, said.question, said.priced);
}

/** "Lipa na M-Pesa", and nothing else, where nothing is being bought. */
function namesPayment(
  scene: Scene,
  said: Understood,
): said is Understood & { readonly paymentNetwork: NonNullable<Understood['paymentNetwork']> } {
  return said.intent === 'other' && said.paymentNetwork !== null && !said.isAboutElse && freshDraft(scene) === null;
}

/** How it is paid is settled with what is bought; while a prompt is out, it is that one that they want to pay. */
function payingAsked(scene: Scene, paymentNetwork: NonNullable<Understood['paymentNetwork']>): Answer {
  const latest = justOrdered(scene);
  if (latest !== null && isInFlight(latest.state)) return told(scene, [orderStatus(latest, scene.around.now)]);
  const takes = paymentNetwork === 'M-Pesa' || !scene.around.business.sellsSms;
  const key = takes ? 'answers:pay-with' : 'answers:pay-airtime-with';
  return again(scene, [{ key, params: { paymentNetwork } }, readyPhrase(scene.around)], [], soldChoices(scene.around));
}

function questioned(scene: Scene, question: NonNullable<Understood['question']>): Answer {
  switch (question) {
    case 'repeat':
      return again(scene, []);
    case 'human':
      return again(scene, [personTold(scene)], [wanted('person')]);
    case 'mine':
      return again(scene, [answerTo(question, scene.around)], [wanted('copy')]);
    case 'forget_me':
      return forgetAsked(scene);
    case 'keep_me':
      return forgetTakenBack(scene);
    case 'how_long':
      return howLong(scene);
    case 'charged':
      return charged(scene);
    case 'network_of':
      return networkAsked(scene);
    default:
      return again(scene, [answerTo(question, scene.around)]);
  }
}

/** The network of the number that gets the airtime, where one is open. */
function networkAsked(scene: Scene): Answer {
  const draft = freshDraft(scene);
  const shown = (name: string): Param | null =>
    draft === null
      ? null
      : (flowNamed(scene, draft.flow)
          .slots.find((slot) => slot.name === name)
          ?.show(draft, scene.around) ?? null);
  const [recipient, network] = [shown('recipient'), shown('recipientNetwork')];
  if (recipient === null || network === null) return again(scene, [answerTo('payment_network', scene.around)]);
  return again(scene, [{ key: 'buy-airtime:network-is', params: { recipient, network } }]);
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
