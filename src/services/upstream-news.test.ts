/** Shows what operators hear of an upstream, in their language, and that the good news ends the bad in the list. */

import { describe, expect, it } from 'vitest';
import { achieng, commit, message, NOW, welcomed } from '../../test/contracts/store-world.ts';
import { knownOf, only, rulesOf } from '../../test/support/decisions.ts';
import { CLOSED, UPSTREAMS, type Breaker } from '../domain/breaker.ts';
import { ManualClock } from '../lib/clock.ts';
import { silentLog } from '../lib/log.ts';
import type { OperatorChat } from '../ports/desk.ts';
import type { Change, Turn } from '../ports/store.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import { tellOperators } from './tell-operators.ts';
import { toldOfUpstream } from './upstream-news.ts';

const OPEN: Breaker = { kind: 'open', why: 'HTTP 503', since: NOW, until: NOW + 1, waitMs: 1 };
const HALF: Breaker = { ...OPEN, kind: 'half_open', probe: 'o-1' };
const failed = { health: 'failed', why: 'HTTP 503' } as const;
const answered = { health: 'answered', why: '' } as const;
const lockedOut = { health: 'locked_out', why: '4000 No' } as const;

describe('what is told of an upstream', () => {
  it.each([
    ['it opens', CLOSED, OPEN, failed, 'upstream_down'],
    ['it stays open', HALF, OPEN, failed, undefined],
    ['a failure is counted', CLOSED, CLOSED, failed, undefined],
    ['it closes', HALF, CLOSED, answered, 'upstream_up'],
    ['it stays closed', CLOSED, CLOSED, answered, undefined],
    ['the credentials are refused', CLOSED, OPEN, lockedOut, 'token_refused'],
    ['they are refused again', HALF, OPEN, lockedOut, 'token_refused'],
  ] as const)('when %s', (_, before, after, call, what) => {
    const told = toldOfUpstream('daraja', before, after, call);
    expect(told.map((change) => (change.kind === 'audit' ? [change.what, change.subject] : []))).toEqual(
      what === undefined ? [] : [[what, 'daraja']],
    );
  });

  it.each(UPSTREAMS)('is said by its name: %s', (upstream) => {
    const operator = {
      id: 'op',
      name: 'Njeri',
      conversationId: 'v-op',
      channel: 'telegram',
      addedAt: NOW,
      reachable: true,
    } as const;
    const chats: OperatorChat[] = [
      { ...operator, language: 'en' },
      { ...operator, language: 'sw' },
    ];
    const { phrasebook, business: real } = rulesOf();
    const business = { ...real, simulated: false, smsSimulated: true };
    const turn: Turn = {
      event: message(achieng),
      read: {},
      touched: [],
      changes: toldOfUpstream(upstream, CLOSED, OPEN, failed),
    };
    const texts = only(tellOperators(turn, knownOf({ operators: chats }), business), 'say').map(({ reply, language }) =>
      reply.parts.map((part) => phrasebook.say(part, language)).join('\n'),
    );
    const names = {
      topups: ['The airtime supplier', 'anayetuuzia airtime'],
      daraja: ['M-Pesa', 'M-Pesa'],
      tuku: ['The server of SMS wallets', 'seva ya wallet za SMS'],
    }[upstream];
    expect(texts).toHaveLength(2);
    for (const [at, name] of names.entries()) expect(texts[at]).toContain(name);
    expect(texts[0]).toContain('HTTP 503');
    expect(texts[0]).toContain(upstream === 'topups' ? 'no new orders of airtime' : 'no new orders of SMS');
    expect(texts[0]?.includes('SIMULATED')).toBe(upstream !== 'topups');
  });

  it('is one open thing for each upstream, until it answers', async () => {
    const store = await openSqliteStore({ path: ':memory:', clock: new ManualClock(NOW), log: silentLog });
    await welcomed(store, achieng);
    const happens = (changes: readonly Change[]): Promise<void> => commit(store, message(achieng), changes);
    const details = async (): Promise<string[]> => (await store.desk.open()).items.map(({ detail }) => detail);
    await happens(toldOfUpstream('topups', CLOSED, OPEN, failed));
    await happens(toldOfUpstream('daraja', CLOSED, OPEN, lockedOut));
    expect(await details()).toEqual(['topups: HTTP 503', 'daraja: 4000 No']);
    await happens(toldOfUpstream('daraja', HALF, CLOSED, answered));
    expect(await details()).toEqual(['topups: HTTP 503']);
    await happens(toldOfUpstream('topups', HALF, CLOSED, answered));
    expect(await details()).toEqual([]);
    await store.close();
  });
});
