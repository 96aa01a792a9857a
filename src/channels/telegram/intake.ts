/**
 * Owns the step from raw updates to the turn runner, the same for polls and webhooks: stop the spinners of tapped buttons,
 * then hand all messages over at once and wait until they are durable.
 */

import type { Log } from '../../lib/log.ts';
import type { InboundMessage, Intake } from '../../ports/channel.ts';
import type { TelegramApis } from './api.ts';
import { inboundOf } from './inbound.ts';
import { readUpdate, type TelegramUpdate } from './updates.ts';
import { troubleOf } from './trouble.ts';

export interface IntakeDeps {
  readonly apis: TelegramApis;
  readonly account: string;
  readonly intake: Intake;
  readonly log: Log;
}

/** Rejects when the intake rejects: then nothing may be confirmed to Telegram. An update that cannot be read is logged and left out. */
export async function takeIn(deps: IntakeDeps, updates: readonly unknown[]): Promise<void> {
  const messages: InboundMessage[] = [];
  for (const value of updates) {
    const update = readUpdate(value);
    if (update === null) {
      deps.log.error({ update: updateIdOf(value) }, 'telegram: an update of an unknown shape was left out');
      continue;
    }
    if (update.callback_query !== undefined) void stopSpinner(deps, update.callback_query);
    const message = inboundOf(update, deps.account);
    if (message !== null) messages.push(message);
  }
  if (messages.length > 0) await deps.intake(messages);
}

/** Null when it has none: then it is no update at all. */
export function updateIdOf(value: unknown): number | null {
  if (typeof value !== 'object' || value === null || !('update_id' in value)) return null;
  return Number.isSafeInteger(value.update_id) ? (value.update_id as number) : null;
}

/**
 * The one send outside the outbox. Telegram takes the answer only for some seconds, so it goes out before the tap is dealt
 * with, and nothing depends on it: the tap counts even when the answer is refused.
 */
async function stopSpinner(deps: IntakeDeps, tap: NonNullable<TelegramUpdate['callback_query']>): Promise<void> {
  try {
    const api = await deps.apis.caller();
    await api.answerCallbackQuery(tap.id);
  } catch (error) {
    deps.log.debug({ trouble: troubleOf(error) }, 'telegram: a tap could not be answered');
  }
}
