/**
 * Owns shared contacts: somebody's contact is a recipient, or answers the open question for a number; the speaker's own, on the
 * network's word, is theirs from now on. A number in a contact is checked like a typed one.
 */

import type { Msisdn } from '../domain/msisdn.ts';
import { understand } from '../understanding/understand.ts';
import { applyReading, emptyFilling, fill } from './filling.ts';
import type { Phrase } from './reply.ts';
import { again, dropped, flowNamed, freshDraft, goOn, withDraft, type Answer, type Scene } from './scene.ts';
import type { SlotOption } from './session.ts';
import { menu } from './small-talk.ts';
import { anew, FLOW_OF } from './steps.ts';

const LONGEST_NAME = 30;

/** `phones` as the contact has them, unread. */
export function heardContact(scene: Scene, name: string | null, phones: readonly string[]): Answer {
  if (phones.length === 0) return again(scene, [{ key: 'problem:contact-without-number' }]);
  const begun = withDraft(scene, freshDraft(scene)?.flow ?? FLOW_OF.airtime);
  if ('refused' in begun) return begun.refused;
  const { flow, draft } = begun;
  const gets = flow.slots.some(({ name }) => name === 'recipient');
  const asked = draft.asking === 'payer' || !gets ? 'payer' : 'recipient';
  const readings = phones.map((phone) => understand(phone, scene.around.knowledge, asked));
  const numbers = [...new Set(readings.flatMap((said) => (said[asked] === null ? [] : [said[asked]])))];
  if (numbers.length > 1) {
    const options = numbers.map((number): SlotOption => ({
      value: number,
      label: { key: 'buying:option-number', params: { number: { msisdn: number as Msisdn } } },
    }));
    const text: Phrase =
      name === null
        ? { key: 'buying:which-of-contact' }
        : { key: 'buying:which-of-named', params: { name: name.slice(0, LONGEST_NAME) } };
    return goOn(begun.scene, flow, { ...emptyFilling(draft), question: { slot: asked, question: { text, options } } });
  }
  const said = readings.find((one) => one[asked] !== null) ?? readings[0];
  return said === undefined ? again(scene, []) : goOn(begun.scene, flow, fill(flow, draft, said, scene.around));
}

/** It answers a question for a number, and is the default payer from now on. */
export function ownContact(scene: Scene, phone: Msisdn): Answer {
  const saved: Phrase = { key: 'common:own-number-saved', params: { number: { msisdn: phone } } };
  const draft = freshDraft(scene);
  if (draft === null) return dropped(scene, [saved], menu(scene.around));
  const flow = flowNamed(scene, draft.flow);
  const asked = flow.slots.find(({ name }) => name === draft.asking && (name === 'recipient' || name === 'payer'));
  if (asked === undefined) return anew(scene, draft, [saved]);
  const filling = applyReading(flow, emptyFilling(draft), asked, { kind: 'value', value: phone });
  return goOn(scene, flow, { ...filling, lead: [saved, ...filling.lead] });
}
