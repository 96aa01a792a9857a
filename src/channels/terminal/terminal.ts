/**
 * Owns the terminal as a channel: a trusted one, in which whoever types says who they are. It moves messages between the command
 * `jaza chat` and the core, in the same process; what the lines look like is the command's business.
 */

import type { Channel, ChannelHealth, Intake, InboundMessage, OutboundMessage, SendOutcome } from '../../ports/channel.ts';

export interface TerminalChannel extends Channel {
  /** Hands in what was typed; resolves when it is committed. Several together happen in the same instant. */
  submit(messages: readonly InboundMessage[]): Promise<void>;
}

/** `show` is called once per message to a person, in order within a chat. */
export function createTerminal(show: (message: Extract<OutboundMessage, { kind: 'text' }>) => void): TerminalChannel {
  let intake: Intake | null = null;
  return {
    name: 'terminal',
    capabilities: { buttons: true, retireButtons: false, asksOwnPhone: false, redelivers: true },
    start(given) {
      intake = given;
      return Promise.resolve();
    },
    stop() {
      intake = null;
      return Promise.resolve();
    },
    async submit(messages) {
      if (intake === null) throw new Error('the terminal is not open');
      await intake(messages);
    },
    send(message: OutboundMessage): Promise<SendOutcome> {
      if (message.kind === 'text') show(message);
      return Promise.resolve({ kind: 'sent', channelMessageId: message.id });
    },
    health: (): ChannelHealth => (intake === null ? { state: 'starting' } : { state: 'up' }),
  };
}
