/** Owns what carries alerts outside of chats: a gateway of SMS and a mail server, which take a message, refuse it, or leave it unclear. */

import type { Notifier, NotifierKind, NotifyResult, OutsideMessage } from '../ports/notifier.ts';
import type { Fence } from './fence.ts';
import type { World } from './world.ts';

export class Gateways {
  readonly #world: World;
  /** Ids of messages that may have gone out. */
  readonly #handedOver = new Set<string>();

  constructor(world: World) {
    this.#world = world;
  }

  notifiers(fence: Fence): ReadonlyMap<NotifierKind, Notifier> {
    const notifier = (kind: NotifierKind, name: Notifier['name']): Notifier => ({
      kind,
      name,
      send: (message) => this.#send(kind, message, fence),
      probe: () => Promise.resolve({ reachable: true }),
    });
    return new Map([
      ['sms', notifier('sms', 'fast-message')],
      ['email', notifier('email', 'smtp')],
    ]);
  }

  async #send(kind: NotifierKind, { id, to, text }: OutsideMessage, fence: Fence): Promise<NotifyResult> {
    const world = this.#world;
    await fence.passing('notice', 'before');
    world.watch.happened({ kind: 'notice', way: kind, to, again: this.#handedOver.has(id) });
    world.tell('gateway', `${kind} to ${to}: ${text}`);
    this.#handedOver.add(id);
    await fence.pause(world.roll('notices').between(50, 3_000));
    await fence.passing('notice', 'after');
    if (world.strikes('notice not taken')) {
      this.#handedOver.delete(id);
      return { kind: 'retry', why: 'busy', afterMs: null };
    }
    if (world.strikes('notice refused')) return { kind: 'refused', why: 'no such address', ours: false };
    if (world.strikes('notice unclear')) return { kind: 'unknown', why: 'no answer' };
    return { kind: 'sent', upstreamId: null };
  }
}
