/**
 * Owns what the simulated upstream does with a purchase: lets the phone ring, and tells the shop by webhook how the payer
 * answered. What was promised to misbehave for this purchase misbehaves here.
 */

import type { Clock } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import { CONTENT_TYPES, writeDocument, type Document, type Format } from './airtime-document.ts';
import type { AirtimeRequest } from './airtime-fields.ts';
import { receipt, REQUESTED, telcoCode, type ReceiptOf, type ReceiptState } from './airtime-receipt.ts';
import type { Fault } from './faults.ts';
import { AIRTIME_ANSWERS, type Answer, type PromptBoard } from './prompts.ts';
import type { SendWebhook, Webhooks } from './webhooks.ts';

export interface PurchasesParts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly businessName: string;
  readonly board: PromptBoard;
  readonly webhooks: Webhooks;
  /** Null: the shop has no address for webhooks, and none are sent. */
  readonly sendWebhook: SendWebhook | null;
}

export interface Purchases {
  /** The phone rings before this returns. Null: too many are ringing. */
  ring(request: AirtimeRequest, format: Format, fault: Fault | null): Document | null;
  /** Resolves when the webhook was answered, if there is one. False: that prompt is not open. */
  answer(reference: string, how: Answer): Promise<boolean>;
}

interface Purchase extends ReceiptOf {
  readonly format: Format;
  readonly fault: Fault | null;
}

const MAX_OPEN_PROMPTS = 10_000;

export function createPurchases({ clock, ids, businessName, board, webhooks, sendWebhook }: PurchasesParts): Purchases {
  /** By the upstream's reference, as long as the prompt is open. */
  const purchases = new Map<string, Purchase>();
  let answered = 0;
  return {
    ring: (request, format, fault) => {
      if (purchases.size >= MAX_OPEN_PROMPTS) return null;
      const reference = ids.id('').slice(0, 10).toUpperCase();
      const purchase = { request, reference, at: clock.now(), businessName, format, fault };
      const { recipient, amountKes, paymentNetwork, note, payer: phone } = request;
      purchases.set(reference, purchase);
      const prompt = { phone, amountKes, paymentNetwork, recipient, reference, note, at: purchase.at, answers: AIRTIME_ANSWERS };
      board.ring(prompt, () => void purchases.delete(reference));
      return receipt(purchase, REQUESTED);
    },
    answer: async (reference, how) => {
      const purchase = purchases.get(reference);
      if (purchase === undefined || !board.end(reference, how)) return false;
      purchases.delete(reference);
      if (how === 'ignore' || sendWebhook === null) return true;
      answered += 1;
      const bodies = webhookBodies(purchase, how === 'approve', telcoCode(clock.now(), answered));
      await webhooks.send(bodies, (raw) => sendWebhook(raw, CONTENT_TYPES[purchase.format]));
      return true;
    },
  };
}

/** No payload is published: the answer's own shape with a new status and code, once, twice or not at all. */
function webhookBodies(purchase: Purchase, approved: boolean, code: string): string[] {
  const state: ReceiptState = approved
    ? { type: 'SUCCESS', code: '0000', message: 'Airtime Sent', status: 'Success', telcoCode: code }
    : { type: 'FAIL', code: '8000', message: 'Purchase Cancelled', status: 'Cancelled', telcoCode: code };
  const body = writeDocument(receipt(purchase, state), purchase.format);
  if (purchase.fault === 'webhook-lost') return [];
  return purchase.fault === 'webhook-twice' ? [body, body] : [body];
}
