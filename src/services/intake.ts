/**
 * Owns the way in for channels and webhooks: gives each event its id and instant, and promises durability. What a source delivers
 * again is durable with its turn; what it does not is written down first.
 */

import type { Clock } from '../lib/clock.ts';
import { randomToken } from '../lib/random.ts';
import type { AirtimeProvider } from '../ports/airtime-provider.ts';
import type { Channel, InboundMessage, Intake } from '../ports/channel.ts';
import type { TurnEvent } from '../ports/store.ts';
import type { TurnRunner } from './turn-runner.ts';

/** Thrown to a source when its events could not be made durable: it must deliver them again. */
export class NotDurable extends Error {
  override name = 'NotDurable';
}

export function intakeFor(channel: Pick<Channel, 'capabilities'>, runner: TurnRunner, clock: Clock): Intake {
  return async (messages) => {
    const events = messages.map((message) => messageEvent(message, clock.now()));
    const endings = channel.capabilities.redelivers ? await runner.submit(events) : await runner.submitRecorded(events);
    if (channel.capabilities.redelivers && endings.includes('unavailable')) throw new NotDurable('the database cannot write now');
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
      { kind: 'webhook', id: `webhook:${randomToken()}`, at: clock.now(), provider: provider.name, raw, reading },
    ]);
  };
}

function messageEvent(message: InboundMessage, at: number): TurnEvent {
  const { channel, account, chat } = message.address;
  return { kind: 'message', id: `m:${channel}:${part(account)}:${part(chat)}:${message.messageId}`, at, message };
}

/** A colon in a name must not make two messages one. */
function part(name: string): string {
  return name.replaceAll('%', '%25').replaceAll(':', '%3A');
}
