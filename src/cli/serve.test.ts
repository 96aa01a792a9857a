/** Shows what /healthz tells: the channels as they are, and a database that cannot be read or written until it can again. */

import { describe, expect, it } from 'vitest';
import { afterCall, CLOSED, type Upstream } from '../domain/breaker.ts';
import { silentLog } from '../lib/log.ts';
import type { HealthReport } from '../ports/http.ts';
import { healthOf } from './serve.ts';

interface Stand {
  readonly broken: Set<'reading' | 'writing' | 'turns'>;
  readonly looks: () => number;
  health(): Promise<HealthReport>;
}

function stand(
  channels: HealthReport['channels'] = { web: 'up' },
  stopped: () => string | null = () => null,
  locked: Upstream | null = null,
): Stand {
  const broken: Stand['broken'] = new Set();
  let looks = 0;
  const fail = (what: 'reading' | 'writing'): void => {
    looks += 1;
    if (broken.has(what)) throw new Error('disk I/O error');
  };
  const report = healthOf(
    {
      store: {
        nextDueAt: async () => {
          fail('reading');
          return null;
        },
        setting: async () => stopped(),
        putSetting: async () => fail('writing'),
        breaker: async (upstream) =>
          upstream === locked
            ? afterCall(CLOSED, { orderId: 'o', health: 'locked_out', why: '4000' }, 0, { failures: 1, withinMs: 1, waitMs: 1 })
            : CLOSED,
      },
      runner: { canWrite: () => !broken.has('turns') },
      log: silentLog,
    },
    () => channels,
  );
  return {
    broken,
    looks: () => looks,
    health: () => report(),
  };
}

describe('health', () => {
  it('is degraded while no orders are taken', async () => {
    expect(await stand({ web: 'up' }, undefined, 'topups').health()).toMatchObject({
      status: 'degraded',
      breakers: { topups: 'open', daraja: 'closed', tuku: 'closed' },
    });
    expect(await stand({ web: 'up' }, undefined, 'daraja').health()).toMatchObject({
      status: 'degraded',
      breakers: { topups: 'closed', daraja: 'open', tuku: 'closed' },
    });
  });

  it('is well when the database answers and every channel is up or starting', async () => {
    const it = stand({ web: 'up', telegram: 'starting' });
    expect(await it.health()).toEqual({
      status: 'ok',
      store: 'ok',
      breakers: { topups: 'closed', daraja: 'closed', tuku: 'closed' },
      sales: 'open',
      channels: { web: 'up', telegram: 'starting' },
      version: expect.stringMatching(/^\d/) as string,
    });
  });

  it('is degraded when a channel is down', async () => {
    expect(await stand({ web: 'up', telegram: 'down' }).health()).toMatchObject({ status: 'degraded', store: 'ok' });
  });

  it('tells that sales were stopped, and is no less well for it', async () => {
    expect(await stand({ web: 'up' }, () => 'the supplier is down').health()).toMatchObject({ status: 'ok', sales: 'stopped' });
    expect(await stand({ web: 'up' }, () => '').health()).toMatchObject({ sales: 'open' });
  });

  it('tells at once that sales were stopped meanwhile, or go on', async () => {
    const settings = { stopped: '' };
    const report = stand({ web: 'up' }, () => settings.stopped);
    expect(await report.health()).toMatchObject({ sales: 'open' });
    settings.stopped = 'the supplier is down';
    expect(await report.health()).toMatchObject({ sales: 'stopped' });
    settings.stopped = '';
    expect(await report.health()).toMatchObject({ sales: 'open' });
  });

  it('fails when the database cannot be read, and recovers with it', async () => {
    const it = stand();
    it.broken.add('reading');
    expect(await it.health()).toMatchObject({ status: 'failing', store: 'failing' });
    it.broken.clear();
    expect(await it.health()).toMatchObject({ status: 'ok' });
  });

  it('fails while turns cannot be written; a word that can be written again ends that', async () => {
    const it = stand();
    it.broken.add('turns').add('writing');
    expect(await it.health()).toMatchObject({ status: 'failing' });
    it.broken.delete('writing');
    expect(await it.health()).toMatchObject({ status: 'ok' });
  });

  it('writes nothing while all is well', async () => {
    const it = stand();
    await it.health();
    await it.health();
    expect(it.looks()).toBeLessThanOrEqual(6);
  });
});
