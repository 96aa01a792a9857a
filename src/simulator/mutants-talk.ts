/** Owns the planted bugs between the program and people: what is heard, kept, said, and in which order. */

import type { Channel, InboundMessage } from '../ports/channel.ts';
import type { Change, Turn } from '../ports/store.ts';
import type { Mutant } from './mutant.ts';
import { knowing, turning } from './planting.ts';

/** The channel whose messages reach the program otherwise. */
const hearing = (rewrite: (message: InboundMessage) => InboundMessage) => ({
  channel: (channel: Channel): Channel => ({
    ...channel,
    start: (intake) => channel.start((messages) => intake(messages.map(rewrite))),
  }),
});

/** A tap of any confirmation is a yes to whatever stands open. */
const yesOf = (message: InboundMessage): InboundMessage =>
  message.content.kind === 'tap' && message.content.data.startsWith('ok')
    ? { ...message, content: { kind: 'text', text: 'yes' } }
    : message;

/** A delivery that was there before is an event of its own. */
function everyDeliveryNew(): (turn: Turn) => Turn {
  const delivered = new Map<string, number>();
  return (turn) => {
    if (turn.event.kind !== 'message') return turn;
    const { id } = turn.event;
    const times = (delivered.get(id) ?? 0) + 1;
    delivered.set(id, times);
    return times === 1 ? turn : { ...turn, event: { ...turn.event, id: `${id}#${times}` } };
  };
}

const withoutSays = (changes: readonly Change[]): readonly Change[] => changes.filter(({ kind }) => kind !== 'say');

export const TALK_MUTANTS: readonly Mutant[] = [
  {
    name: 'no-dedupe',
    what: 'a message that is delivered twice takes effect twice',
    make: () => ({ store: turning(everyDeliveryNew()) }),
  },
  {
    name: 'reply-before-commit',
    what: 'a person is answered before their message is committed',
    make: () => ({
      channel: (channel) => ({
        ...channel,
        start: (intake) =>
          channel.start(async (messages) => {
            for (const { address, messageId } of messages)
              void channel.send({ kind: 'text', id: `at-once-${messageId}`, address, text: 'Got it.', buttons: [] });
            await intake(messages);
          }),
      }),
    }),
  },
  {
    name: 'ack-before-durable',
    what: 'the network is told that a message was received before it is written',
    make: () => ({
      channel: (channel) => ({
        ...channel,
        start: (intake) =>
          channel.start((messages) => {
            intake(messages).catch(() => undefined);
            return Promise.resolve();
          }),
      }),
    }),
  },
  {
    name: 'nothing-written-down',
    what: 'messages of networks that do not deliver again are not written down before they are turned',
    make: () => ({ store: (store) => ({ ...store, record: () => Promise.resolve() }) }),
  },
  {
    name: 'refusal-swallowed',
    what: 'a batch that the database refused counts as written',
    make: () => ({
      store: (store) => ({
        ...store,
        commit: async (turns) => {
          const outcomes = await store.commit(turns);
          return outcomes.map((outcome) => (outcome.kind === 'unavailable' ? { kind: 'committed' } : outcome));
        },
      }),
    }),
  },
  {
    name: 'stale-yes',
    what: 'a tap on an old confirmation buys what the newest one says',
    make: () => hearing(yesOf),
  },
  {
    name: 'crossed-yes',
    what: 'a yes that was written before its question was seen counts as its answer',
    make: () => ({
      ...hearing((message) => ({ ...message, sentAt: null })),
      store: knowing((known) => ({ ...known, unseen: false })),
    }),
  },
  {
    name: 'versions-ignored',
    what: 'a turn is written although what it had read has changed',
    make: () => ({ store: turning((turn) => ({ ...turn, read: {} })) }),
  },
  {
    name: 'failed-send-overtaken',
    what: 'a message that could not be sent is sent later, and the next of its chat does not wait for it',
    make: (world) => ({
      channel: (channel) => ({
        ...channel,
        async send(message) {
          const outcome = await channel.send(message);
          if (outcome.kind !== 'retry') return outcome;
          world.agenda.later(20_000, () => void channel.send(message));
          return { kind: 'sent', channelMessageId: `sent-${message.id}` };
        },
      }),
    }),
  },
  {
    name: 'gone-at-claim',
    what: 'a message leaves the outbox when it is taken, not when it was sent',
    make: () => ({
      store: (store) => ({
        ...store,
        async claimOutbox(kind, now, ...rest) {
          const items = await store.claimOutbox(kind, now, ...rest);
          const sent = items.filter(({ work }) => work.kind !== 'call');
          await store.finishSends(
            sent.map(({ id }) => ({ id, kind: 'sent', channelMessageId: `sent-${id}`, text: '' })),
            now,
          );
          return items;
        },
      }),
    }),
  },
  {
    name: 'sent-and-forgotten',
    what: 'that a message was sent is not written down',
    make: () => ({
      store: (store) => ({
        ...store,
        finishSends: (results, now) =>
          store.finishSends(
            results.filter(({ kind }) => kind !== 'sent'),
            now,
          ),
      }),
    }),
  },
  {
    name: 'told-delivered-early',
    what: 'people hear that airtime was delivered when the purchase was only accepted',
    make: () => ({
      store: turning((turn) => ({
        ...turn,
        changes: turn.changes.map((change) =>
          change.kind !== 'say' || turn.event.kind !== 'call_answered'
            ? change
            : {
                ...change,
                reply: {
                  ...change.reply,
                  parts: change.reply.parts.map((part) =>
                    part.key === 'order:approve-now' ? { ...part, key: 'order:delivered' } : part,
                  ),
                },
              },
        ),
      })),
    }),
  },
  {
    name: 'end-not-told',
    what: 'the customer hears nothing of how the webhook ended their order',
    make: () => ({
      store: turning((turn) => (turn.event.kind === 'webhook' ? { ...turn, changes: withoutSays(turn.changes) } : turn)),
    }),
  },
  {
    name: 'unanswered',
    what: 'a sticker or a voice message gets no answer',
    make: () => ({
      store: turning((turn) =>
        turn.event.kind === 'message' && turn.event.message.content.kind === 'unsupported'
          ? { ...turn, changes: withoutSays(turn.changes) }
          : turn,
      ),
    }),
  },
];
