/** Shows what channels and webhooks are promised: which id an event gets, when it is durable, and when it must come again. */

import { describe, expect, it } from 'vitest';
import { aMessage, NOW } from '../../test/support/decisions.ts';
import { ManualClock } from '../lib/clock.ts';
import type { WebhookReading } from '../ports/airtime-provider.ts';
import type { InboundMessage } from '../ports/channel.ts';
import type { TurnEvent } from '../ports/store.ts';
import type { Excuses } from './excuse.ts';
import type { Flood } from './flood.ts';
import { intakeFor, NotDurable, webhookIntake } from './intake.ts';
import type { Ending, TurnRunner } from './turn-runner.ts';

interface Stand {
  readonly runner: TurnRunner;
  readonly submitted: TurnEvent[];
  readonly recorded: TurnEvent[];
  /** Ids of the messages that were refused, or `taken`. */
  readonly excused: string[];
  readonly excuses: Excuses;
  readonly flood: Flood;
}

function stand(endings: readonly Ending[] = ['committed'], recording: Error | null = null): Stand {
  const submitted: TurnEvent[] = [];
  const recorded: TurnEvent[] = [];
  const excused: string[] = [];
  const excuses: Excuses = {
    refused: (_channel, events) => excused.push(...events.map(({ message }) => message.messageId)),
    taken: () => excused.push('taken'),
  };
  const runner: TurnRunner = {
    submit(events) {
      submitted.push(...events);
      return Promise.resolve(endings);
    },
    submitRecorded(events) {
      if (recording !== null) return Promise.reject(recording);
      recorded.push(...events);
      return Promise.resolve(endings);
    },
    canWrite: () => true,
    settled: () => Promise.resolve(),
  };
  const flood: Flood = { letThrough: (_channel, events) => events };
  return { runner, submitted, recorded, excused, excuses, flood };
}

const clock = new ManualClock(NOW);
const channel = (redelivers: boolean) => ({
  capabilities: { buttons: true, retireButtons: true, asksOwnPhone: true, redelivers },
  send: () => Promise.reject(new Error('nothing is sent from here')),
});
const words = (more: Partial<InboundMessage> = {}): InboundMessage => aMessage(more).message;

describe('a channel', () => {
  it('gives its messages ids that a second delivery repeats, and our instant', async () => {
    const it = stand();
    const intake = intakeFor(channel(true), it.runner, clock, it);
    await intake([words({ messageId: '7' })]);
    await intake([words({ messageId: '7' })]);
    expect(it.submitted.map(({ id }) => id)).toEqual(['m:telegram:bot:42:7', 'm:telegram:bot:42:7']);
    expect(it.submitted[0]?.at).toBe(NOW);
  });

  it('never gives two messages one id, whatever stands in the names of chats', async () => {
    const it = stand();
    const address = { channel: 'terminal', account: 'local' } as const;
    await intakeFor(
      channel(true),
      it.runner,
      clock,
      it,
    )([
      words({ address: { ...address, chat: 'a:b' }, messageId: 'c' }),
      words({ address: { ...address, chat: 'a' }, messageId: 'b:c' }),
      words({ address: { ...address, chat: 'a%3Ab' }, messageId: 'c' }),
      words({ address: { channel: 'terminal', account: 'local:a', chat: 'b' }, messageId: 'c' }),
    ]);
    expect(new Set(it.submitted.map(({ id }) => id)).size).toBe(4);
  });

  it('that delivers again hears when it has to', async () => {
    const it = stand(['committed', 'unavailable']);
    const intake = intakeFor(channel(true), it.runner, clock, it);
    await expect(intake([words(), words({ messageId: 'm-2' })])).rejects.toThrow(NotDurable);
    expect(it.excused).toEqual(['m-2']);
  });

  it.each<Ending>(['committed', 'duplicate', 'set_aside'])(
    'that delivers again need not when a message ended as %s',
    async (ending) => {
      const it = stand([ending]);
      await expect(intakeFor(channel(true), it.runner, clock, it)([words()])).resolves.toBeUndefined();
      expect(it.excused).toEqual(['taken']);
    },
  );

  it('that does not deliver again has its messages written down first, and is done then', async () => {
    const it = stand(['unavailable']);
    await expect(intakeFor(channel(false), it.runner, clock, it)([words({ messageId: '7' })])).resolves.toBeUndefined();
    expect([it.recorded.length, it.submitted.length]).toEqual([1, 0]);
    // It is kept, but not answered until it can be turned.
    expect(it.excused).toEqual(['7']);
  });

  it('that does not deliver again hears when nothing could be written down', async () => {
    const it = stand([], new Error('full'));
    const intake = intakeFor(channel(false), it.runner, clock, it);
    await expect(intake([words({ messageId: '7' })])).rejects.toThrow('full');
    expect(it.excused).toEqual(['7']);
  });
});

describe('a webhook', () => {
  const reading: WebhookReading = { kind: 'unreadable', why: 'broken JSON' };
  const provider = { name: 'topups', parseWebhook: () => Promise.resolve(reading) } as const;

  it('is written down as it came, with what was read of it, each delivery for itself', async () => {
    const it = stand();
    const take = webhookIntake(provider, it.runner, clock);
    await take('{"broken', 'application/json');
    await take('{"broken', 'application/json');
    expect(it.recorded).toMatchObject([
      { kind: 'webhook', provider: 'topups', raw: '{"broken', reading, at: NOW },
      { kind: 'webhook', raw: '{"broken' },
    ]);
    expect(it.recorded[0]?.id).not.toBe(it.recorded[1]?.id);
  });

  it('that could not be written down has to come again', async () => {
    await expect(webhookIntake(provider, stand([], new Error('full')).runner, clock)('x', null)).rejects.toThrow('full');
  });
});
