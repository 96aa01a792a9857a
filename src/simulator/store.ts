/**
 * Owns the store as one life sees it: the real one behind the fence, which may be slow, may refuse to write for a while, and whose
 * commits are looked at before the program hears of it.
 */

import type { Store } from '../ports/store.ts';
import type { Fence } from './fence.ts';
import type { World } from './world.ts';

export function storeBehind(fence: Fence, world: World): Store {
  const { disk, watch } = world;
  /** A write that is refused, or null. */
  const refused = (): Error | null => {
    if (world.refusal === null) return null;
    world.count(world.refusal);
    world.refusedAt = world.agenda.now();
    return new Error(world.refusal);
  };
  const write = <T>(what: string, effect: () => Promise<T>): Promise<T> =>
    fence.op(what, () => {
      const error = refused();
      return error === null ? effect() : Promise.reject(error);
    });
  /** The store does its work before it returns, so what it wrote is seen before anybody else does anything. */
  const commit: Store['commit'] = (turns) => {
    const outcomes = disk.store.commit(turns);
    watch.wrote();
    return outcomes;
  };
  const read = <T>(what: string, effect: () => Promise<T>): Promise<T> => fence.op(what, effect);

  return {
    load: (events, parties) => read('load', () => disk.store.load(events, parties)),
    commit: (turns) =>
      fence.op('commit', () => {
        const error = refused();
        return error === null ? commit(turns) : Promise.resolve(turns.map(() => ({ kind: 'unavailable', error })));
      }),
    record: (events) => write('record', () => disk.store.record(events)),
    recorded: (limit) => read('recorded', () => disk.store.recorded(limit)),
    poison: (event, error) => write('poison', () => disk.store.poison(event, error)),
    claimOutbox: (kind, now, ...rest) =>
      // In most histories nobody is alerted, and a look that finds nothing is no point at which to die.
      kind === 'notify' && !watch.somethingDue(kind, now)
        ? Promise.resolve([])
        : fence.op(`claim ${kind}`, () => {
            const error = world.refusal !== null && watch.somethingDue(kind, now) ? refused() : null;
            return error === null ? disk.store.claimOutbox(kind, now, ...rest) : Promise.reject(error);
          }),
    finishSends: (results, now) => write('finishSends', () => disk.store.finishSends(results, now)),
    finishNotices: (ends, now) => write('finishNotices', () => disk.store.finishNotices(ends, now)),
    takeOver: () => write('takeOver', () => disk.store.takeOver()),
    claimBalances: (now, limit, leaseMs) => write('claimBalances', () => disk.store.claimBalances(now, limit, leaseMs)),
    dueTimers: (now, limit) => read('dueTimers', () => disk.store.dueTimers(now, limit)),
    nextDueAt: (channels) => read('nextDueAt', () => disk.store.nextDueAt(channels)),
    mindTheClock: () => read('mindTheClock', () => disk.store.mindTheClock()),
    sentText: (channel, id) => read('sentText', () => disk.store.sentText(channel, id)),
    setting: (key) => read('setting', () => disk.store.setting(key)),
    putSetting: (key, value) => write('putSetting', () => disk.store.putSetting(key, value)),
    breaker: (upstream) => read('breaker', () => disk.store.breaker(upstream)),
    stopList: () => read('stopList', () => disk.store.stopList()),
    lastCommittedAt: () => read('lastCommittedAt', () => disk.store.lastCommittedAt()),
    check: () => read('check', () => disk.store.check()),
    close: () => Promise.resolve(),
  };
}
