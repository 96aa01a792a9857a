/**
 * Owns what a message with values does: it fills the open draft, corrects it, or begins a purchase. Whatever was said and cannot
 * be used is said back; what was said and changes nothing is acknowledged.
 */

import type { Understood } from '../understanding/understood.ts';
import { fill, refill, type Filling } from './filling.ts';
import type { Flow } from './flow.ts';
import type { Phrase } from './reply.ts';
import { again, freshDraft, goOn, withDraft, type Answer, type Scene } from './scene.ts';
import type { Draft } from './session.ts';
import { answerTo, notHere } from './small-talk.ts';
import { FLOW_OF, orderValues } from './steps.ts';

/** Null: the message says no value, or what it says is not meant for a purchase. */
export function byValues(scene: Scene, said: Understood): Answer | null {
  if (!isMeant(scene, said)) return null;
  const name = meantFlow(scene, said);
  const begun = withDraft(scene, name);
  if ('refused' in begun) return begun.refused;
  const { flow } = begun;
  const open = freshDraft(scene)?.flow === name;
  const repeated = said.again ? lastAgain(begun.scene, flow, begun.draft, open) : null;
  const draft = repeated?.draft ?? begun.draft;
  const filling = fill(flow, draft, said, scene.around);
  const begins = said.intent === 'buy_airtime' || said.intent === 'buy_sms';
  if (!filling.heard && open && !said.again) return begins ? again(scene, []) : null;
  return goOn(begun.scene, flow, { ...filling, opening: [...(repeated?.lead ?? []), ...besides(scene, said, filling)] });
}

/** What is named outright is meant, a wallet as SMS; else the purchase that is open; else, where the last one is to be made again, one like it. */
function meantFlow(scene: Scene, said: Understood): string {
  const open = freshDraft(scene)?.flow ?? null;
  const [last] = scene.around.orders;
  const names = said.wallet?.kind === 'named' && said.thing !== 'airtime';
  if (said.intent === 'buy_sms' || (said.again && said.thing === 'sms') || names) return FLOW_OF.sms;
  if (open === FLOW_OF.sms && namesAirtime(said)) return FLOW_OF.airtime;
  if (open !== null) return open;
  return said.again && said.thing === null && last !== undefined ? FLOW_OF[last.kind] : FLOW_OF.airtime;
}

/** In the middle of buying SMS "buy 200" is about SMS; airtime is what is called so, or so much for a number. */
function namesAirtime({ intent, thing, recipient, recipients, orders, amount }: Understood): boolean {
  if (intent !== 'buy_airtime') return false;
  const whole = recipient !== null && recipient !== 'self' && amount !== null;
  return thing === 'airtime' || whole || recipients !== undefined || orders !== undefined;
}

function isMeant(scene: Scene, said: Understood): boolean {
  // The answer to which wallet, whatever else its words may be.
  if (freshDraft(scene)?.asking === 'wallet' && said.wallet !== null) return true;
  if ((said.complaint && !correctsNumber(scene, said)) || (notHere(said, scene.around) !== null && !isSambaza(said)))
    return false;
  if (said.intent === 'buy_airtime' || said.intent === 'buy_sms' || said.again) return true;
  if (said.unit !== null && freshDraft(scene)?.choosing !== undefined) return true;
  if (isNumberOfNothing(scene, said)) return false;
  if (freshDraft(scene) !== null) return carriesValue(said) || said.numbers.length > 0 || said.person !== null;
  return said.intent === 'other' && begins(said);
}

/** "Namba mbaya, ni 0733..." at a confirmation is about that number, and complains of no order. */
function correctsNumber(scene: Scene, { corrects, trouble, numbers }: Understood): boolean {
  return corrects && trouble === 'wrong_number' && numbers.length > 0 && freshDraft(scene)?.asking === 'confirm';
}

/** "Sambaza 50 to 0722..." moves airtime between phones, which is not done here; a purchase is offered in its place. */
function isSambaza(said: Understood): boolean {
  return said.notSold === 'transfer' && said.intent === 'buy_airtime' && carriesValue(said);
}

/** A bare number below the smallest amount, where amounts are not asked for: it was meant for a list that is gone, or for a shorter one. */
function isNumberOfNothing(scene: Scene, { menuNumber, amount }: Understood): boolean {
  const { around } = scene;
  if (menuNumber === null || amount !== menuNumber || amount >= around.business.limits.airtimeMinKes) return false;
  const asking = freshDraft(scene)?.asking ?? null;
  return asking !== 'amount' && !(asking === 'confirm' && around.channel.buttons);
}

/** An amount or a number begins a purchase. A network, a denial or the number of a choice that is gone does not. */
function begins(said: Understood): boolean {
  const unusable = said.problems.some(({ kind }) => kind !== 'two_networks');
  return said.amount !== null || said.numbers.length > 0 || said.recipient !== null || unusable;
}

/** The last order's values, where this draft has none of its own: "same as last time". A whole draft stays what it is, and that is said. */
function lastAgain({ around }: Scene, flow: Flow, draft: Draft, open: boolean): Pick<Filling, 'draft' | 'lead'> {
  const isWhole = draft.asking === 'confirm' || draft.asking === 'change' || draft.changing === true;
  if (open && isWhole) return { draft, lead: [{ key: 'buying:not-the-earlier' }] };
  const last = around.orders.find(({ kind }) => FLOW_OF[kind] === flow.name);
  if (last !== undefined) return refill(flow, draft, orderValues(last), around);
  if (around.orders.length === 0) return { draft, lead: [{ key: 'order:history-empty' }] };
  return { draft, lead: [{ key: flow.name === FLOW_OF.sms ? 'buy-sms:none-before' : 'buy-airtime:none-before' }] };
}

const PAID_WITH: Phrase = { key: 'buying:line-payment-network' };

/** What is said beside the values: a question that came with them, and that nothing of it was new. */
function besides({ around }: Scene, said: Understood, filling: Filling): Phrase[] {
  const lead: Phrase[] = [];
  if (isSambaza(said)) lead.push({ key: 'answers:sambaza' });
  if (said.question !== null && !['repeat', 'human', 'mine', 'forget_me', 'keep_me', 'charged'].includes(said.question))
    lead.push(answerTo(said.question, around));
  const nothingNew = filling.heard && !filling.changed && filling.lead.length === 0 && filling.question === null;
  if (!nothingNew || lead.length > 0) return lead;
  if (filling.draft.asking === 'confirm') lead.push({ key: 'common:unchanged' });
  else if (said.paymentNetwork !== null)
    // The way to pay was guessed, or said before: it is heard all the same, and the question stands.
    lead.push({ key: 'common:noted', params: { label: PAID_WITH, value: said.paymentNetwork } });
  return lead;
}

export function carriesValue(said: Understood): boolean {
  const { amounts, numbers, networks, wallets } = said.denied;
  return (
    said.recipient !== null ||
    said.amount !== null ||
    said.smsUnits !== null ||
    said.payer !== null ||
    said.paymentNetwork !== null ||
    said.orders !== undefined ||
    said.recipients !== undefined ||
    said.problems.length > 0 ||
    said.wallet !== null ||
    amounts.length + numbers.length + networks.length + wallets.length > 0
  );
}
