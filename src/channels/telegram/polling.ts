/**
 * Owns the poll loop. An update counts as received only when a later poll names a higher offset, so the offset moves after the
 * intake has made everything durable, never before: what was not saved comes again, after an error as after a crash.
 */

import type { Clock } from '../../lib/clock.ts';
import type { ChannelHealth } from '../../ports/channel.ts';
import { ALLOWED_UPDATES, forGrammy, type Timing } from './api.ts';
import { takeIn, updateIdOf, type IntakeDeps } from './intake.ts';
import { backoffMs, delayAfter, pause } from './pause.ts';
import { CANNOT_SAVE, healthOf, troubleOf, type Trouble } from './trouble.ts';

export interface LoopDeps extends IntakeDeps {
  readonly clock: Clock;
  readonly timing: Timing;
  readonly report: (health: ChannelHealth) => void;
  /** Called when Telegram has taken our set-up; again if it had to be done again. */
  readonly onReached: () => void;
}

const MOST_UPDATES = 100;

/** Runs until the signal aborts; never rejects. A poll in the air is given up then, an intake is waited for. */
export async function poll(deps: LoopDeps, signal: AbortSignal): Promise<void> {
  const { clock, timing, log } = deps;
  let offset: number | undefined;
  let failures = 0;
  let webhookGone = false;
  let conflictUntil = 0;
  /** Until Telegram has answered a poll, and after each failure, we ask without waiting: only an answer tells that all is well. */
  let proven = false;

  while (!signal.aborted) {
    let updates: readonly unknown[];
    try {
      if (!webhookGone) {
        // A bot that has a webhook cannot poll. What waits for it is kept: `drop_pending_updates` stays away.
        await (await deps.apis.caller()).deleteWebhook({}, forGrammy(signal));
        webhookGone = true;
        deps.onReached();
      }
      updates = await nextUpdates(deps, offset, proven ? timing.longPollSeconds : 0, signal);
    } catch (error) {
      if (signal.aborted) return;
      const trouble = troubleOf(error);
      failures += 1;
      proven = false;
      if (trouble.kind === 'conflict') conflictUntil = clock.now() + timing.conflictMemoryMs;
      if (trouble.kind === 'conflict' && trouble.over === 'webhook') webhookGone = false;
      tellTrouble(deps, trouble, failures);
      await pause(clock, delayAfter(trouble, failures, timing), signal);
      continue;
    }
    try {
      await takeIn(deps, updates);
    } catch (error) {
      failures += 1;
      proven = false;
      log.error({ error, updates: updates.length }, 'telegram: messages could not be saved, they will come again');
      deps.report(CANNOT_SAVE);
      await pause(clock, backoffMs(failures, timing), signal);
      continue;
    }
    offset = offsetAfter(updates, offset);
    proven = true;
    // Two instances throw each other out in turns, so one good poll proves nothing then.
    if (clock.now() < conflictUntil) continue;
    failures = 0;
    deps.report({ state: 'up' });
  }
}

async function nextUpdates(
  deps: LoopDeps,
  offset: number | undefined,
  timeout: number,
  signal: AbortSignal,
): Promise<readonly unknown[]> {
  const api = await deps.apis.poller();
  const updates: unknown = await api.getUpdates(
    {
      limit: MOST_UPDATES,
      timeout,
      allowed_updates: ALLOWED_UPDATES,
      ...(offset === undefined ? {} : { offset }),
    },
    forGrammy(signal),
  );
  if (!Array.isArray(updates)) throw new TypeError('getUpdates answered without a list');
  return updates;
}

/** By the ids alone, so that an update we cannot read does not hold up the others for ever. */
function offsetAfter(updates: readonly unknown[], offset: number | undefined): number | undefined {
  return updates.reduce<number | undefined>((highest, update) => {
    const id = updateIdOf(update);
    return id === null ? highest : Math.max(highest ?? id + 1, id + 1);
  }, offset);
}

function tellTrouble(deps: LoopDeps, trouble: Trouble, failures: number): void {
  const health = healthOf(trouble);
  deps.report(health);
  const fields = { trouble, failures };
  if (trouble.kind === 'unreachable' || trouble.kind === 'flood') deps.log.warn(fields, 'telegram: a poll failed');
  else deps.log.error(fields, 'telegram: polling is not possible');
}
