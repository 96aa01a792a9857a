/** Shows who stands in for a send of an alert that failed, and that no stranger does once the shop's ceiling is reached. */

import { describe, expect, it } from 'vitest';
import { ALERT_FACTS as FACTS } from '../../test/support/alert-facts.ts';
import { NOW, OWN, rulesOf } from '../../test/support/decisions.ts';
import type { AlertSend, KnownAlert } from '../ports/alert.ts';
import { toldInstead } from './alert-changes.ts';

const RULES = rulesOf({ sellsSms: true });
const CEILING = RULES.business.limits.noticesToOthers;

const failed: AlertSend = { n: 0, way: 'sms', address: '254733000009', own: false, state: 'failed', chat: null };
const stranger: AlertSend = { n: 1, way: 'email', address: 'a@example.com', own: false, state: 'spare', chat: null };
const owner: AlertSend = { n: 2, way: 'sms', address: OWN, own: true, state: 'spare', chat: null };

/** What is written down, and who is told, when so many went to others in the last day. */
function instead(sends: readonly AlertSend[], shopLastDay: number): unknown[] {
  const alert: KnownAlert = {
    id: 'a-1',
    facts: FACTS,
    language: 'en',
    sends,
    stopped: new Set(),
    told: new Map(),
    toOthers: { appLastHour: 0, appLastDay: 0, shopLastDay, held: false },
  };
  return toldInstead(alert, { event: { id: 'timer', at: NOW }, rules: RULES }).changes.map((change) => {
    if (change.kind === 'try_send') return [change.kind, change.alert.n, change.ceiling];
    return change.kind === 'notify' ? [change.kind, change.alert.n, change.to] : [change.kind];
  });
}

describe('in place of a send that failed', () => {
  it('the next address is told while the ceiling leaves room', () => {
    expect(instead([failed, stranger, owner], CEILING.perDay - 1)).toEqual([
      ['try_send', 1, CEILING],
      ['notify', 1, 'a@example.com'],
    ]);
  });

  it('no stranger is told above the ceiling; the owner always is', () => {
    expect(instead([failed, stranger, owner], CEILING.perDay)).toEqual([
      ['try_send', 2, CEILING],
      ['notify', 2, OWN],
    ]);
    expect(instead([failed, stranger], CEILING.perDay)).toEqual([]);
  });
});
