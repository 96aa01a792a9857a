/**
 * Owns the way in for channels and webhooks: gives each event its id and instant, and promises durability. What a source delivers
 * again is durable with its turn; what it does not is written down first.
 */

import type { Clock } from '../lib/clock.ts';
import { freshId } from '../lib/random.ts';
import type { AirtimeProvider } from '../ports/airtime-provider.ts';
import type { Channel, InboundMessage, Intake } from '../ports/channel.ts';
import type { PaymentProvider } from '../ports/payment-provider.ts';
import type { Excuses, MessageEvent } from './excuse.ts';
import type { Flood } from './flood.ts';
import type { Ending, TurnRunner } from './turn-runner.ts';

/** Thrown to a source when its events could not be made durable: it must deliver them again. */
export class NotDurable extends Error {
  override name = 'NotDurable';
}

export function intakeFor(
  channel: Pick<Channel, 'capabilities' | 'send'>,
  runner: TurnRunner,
  clock: Clock,
  { excuses, flood }: { readonly excuses: Excuses; readonly flood: Flood },
): Intake {
  const { redelivers } = channel.capabilities;
  return async (messages) => {
    const came = messages.map((message) => messageEvent(message, clock.now()));
    const events = flood.letThrough(channel, came);
    if (events.length === 0) return;
    let endings: readonly Ending[];
    try {
      endings = redelivers ? await runner.submit(events) : await runner.submitRecorded(events);
    } catch (error) {
      excuses.refused(channel, events);
      throw error;
    }
    const refused = events.filter((_event, at) => endings[at] === 'unavailable');
    if (refused.length === 0) excuses.taken();
    else excuses.refused(channel, refused);
    if (redelivers && refused.length > 0) throw new NotDurable('the database cannot write now');
  };
}

/** The webhook's raw body is durable when this resolves; it rejects when the upstream should send it again. */
export function webhookIntake(
  provider: Pick<AirtimeProvider, 'name' | 'parseWebhook'>,
  runner: TurnRunner,
  clock: Clock,
): (raw: string, contentType: string | null) => Promise<void> {
  return async (raw, contentType) => {
    const reading = await provider.parseWebhook(raw, contentType);
    await runner.submitRecorded([
      { kind: 'webhook', id: `webhook:${freshId()}`, at: clock.now(), provider: provider.name, raw, reading },
    ]);
  };
}

/** The same of a callback of M-Pesa. */
export function callbackIntake(
  provider: Pick<PaymentProvider, 'name' | 'parseCallback'>,
  runner: TurnRunner,
  clock: Clock,
): (reference: string, raw: string) => Promise<void> {
  return async (reference, raw) => {
    const reading = provider.parseCallback(raw);
    await runner.submitRecorded([
      {
        kind: 'payment_callback',
        id: `callback:${freshId()}`,
        at: clock.now(),
        provider: provider.name,
        reference,
        raw,
        reading,
      },
    ]);
  };
}

function messageEvent(message: InboundMessage, at: number): MessageEvent {
  const { channel, account, chat } = message.address;
  return { kind: 'message', id: `m:${channel}:${part(account)}:${part(chat)}:${message.messageId}`, at, message };
}

/** A colon in a name must not make two messages one. */
function part(name: string): string {
  return name.replaceAll('%', '%25').replaceAll(':', '%3A');
}
