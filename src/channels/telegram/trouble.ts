/**
 * Owns the reading of failed calls: whatever grammY throws becomes one of a closed list, and that becomes a send's outcome or
 * the channel's health. Never repeats an error's own text when the network failed, because it may hold the address with the token.
 */

import { assertNever } from '../../lib/assert.ts';
import type { ChannelHealth, SendOutcome } from '../../ports/channel.ts';

export type Trouble =
  /** No answer, or one that did not come from a Bot API: the cable, the country's filter, a broken gateway. */
  | { readonly kind: 'unreachable'; readonly why: string }
  | { readonly kind: 'flood'; readonly afterMs: number }
  | { readonly kind: 'bad_token' }
  /** Another program polls with our token, or has set a webhook for it. */
  | { readonly kind: 'conflict'; readonly over: 'polling' | 'webhook' }
  | { readonly kind: 'forbidden'; readonly why: string }
  | { readonly kind: 'bad_request'; readonly why: string };

export function troubleOf(error: unknown): Trouble {
  if (!(error instanceof Error)) return { kind: 'unreachable', why: 'no reason given' };
  if (!('error_code' in error) || typeof error.error_code !== 'number') return { kind: 'unreachable', why: networkCause(error) };
  const code = error.error_code;
  const why = 'description' in error && typeof error.description === 'string' ? error.description : `error ${code}`;
  if (code === 429) return { kind: 'flood', afterMs: retryAfterMs(error) };
  // Telegram answers 404 to a token that is not even shaped like one.
  if (code === 401 || code === 404) return { kind: 'bad_token' };
  if (code === 409) return { kind: 'conflict', over: /webhook/i.test(why) ? 'webhook' : 'polling' };
  if (code === 403) return { kind: 'forbidden', why };
  if (code >= 500) return { kind: 'unreachable', why };
  return { kind: 'bad_request', why };
}

/** The code of the innermost error, as in ECONNREFUSED, else its class: neither holds the address. */
function networkCause(error: Error): string {
  let innermost: unknown = error;
  let code: string | null = null;
  for (let depth = 0; depth < 5 && innermost instanceof Error; depth += 1) {
    if ('code' in innermost && typeof innermost.code === 'string') code = innermost.code;
    const deeper: unknown = 'error' in innermost ? innermost.error : innermost.cause;
    if (!(deeper instanceof Error)) break;
    innermost = deeper;
  }
  if (code !== null) return code;
  if (innermost instanceof SyntaxError) return 'the answer was not JSON';
  return innermost instanceof Error && /timed out after/.test(innermost.message) ? 'timed out' : 'connection failed';
}

const SECOND_MS = 1_000;

function retryAfterMs(error: Error): number {
  const parameters: unknown = 'parameters' in error ? error.parameters : null;
  const seconds =
    typeof parameters === 'object' && parameters !== null && 'retry_after' in parameters
      ? Number(parameters.retry_after)
      : Number.NaN;
  return (Number.isFinite(seconds) && seconds >= 0 ? seconds : 1) * SECOND_MS;
}

/** These 400s are about the chat, not about the message. */
const CHAT_IS_GONE = /chat not found|user not found|PEER_ID_INVALID|user is deactivated|group chat was (?:deleted|upgraded)/i;

/** A wrong token is nobody's message's fault: it waits until the operator has mended it. */
const AFTER_BAD_TOKEN_MS = 60_000;

export function sendOutcomeOf(trouble: Trouble): SendOutcome {
  switch (trouble.kind) {
    case 'unreachable':
      return { kind: 'retry', why: `Telegram unreachable: ${trouble.why}`, afterMs: null };
    case 'flood':
      return { kind: 'retry', why: 'Telegram asked us to slow down', afterMs: trouble.afterMs };
    case 'bad_token':
      return { kind: 'retry', why: 'Telegram does not know our token', afterMs: AFTER_BAD_TOKEN_MS };
    case 'conflict':
      return { kind: 'retry', why: 'another program uses our token', afterMs: null };
    case 'forbidden':
      return { kind: 'blocked', why: trouble.why };
    case 'bad_request':
      return CHAT_IS_GONE.test(trouble.why) ? { kind: 'blocked', why: trouble.why } : { kind: 'refused', why: trouble.why };
    default:
      return assertNever(trouble);
  }
}

/** The bot is broken, not Telegram: nothing is confirmed, and everything comes again. */
export const CANNOT_SAVE: ChannelHealth = {
  state: 'down',
  why: 'messages cannot be saved',
  remedy: 'See the log, then run `jaza doctor`.',
};

/** Health as the operator reads it. Trouble on the way to Telegram heals by itself and so has no remedy. */
export function healthOf(trouble: Trouble): ChannelHealth {
  switch (trouble.kind) {
    case 'unreachable':
      return { state: 'down', why: `Telegram unreachable: ${trouble.why}`, remedy: null };
    case 'flood':
      return { state: 'down', why: 'Telegram asked us to slow down', remedy: null };
    case 'bad_token':
      return {
        state: 'down',
        why: 'Telegram does not know our token',
        remedy: 'Ask @BotFather for the token (/mybots, API Token), put it into TELEGRAM_BOT_TOKEN and start again.',
      };
    case 'conflict':
      return {
        state: 'down',
        why:
          trouble.over === 'polling'
            ? 'a second instance runs with the same bot token'
            : 'another program has set a webhook for this bot',
        remedy:
          'Stop the other program. If you do not know it, revoke the token at @BotFather and set the new one in TELEGRAM_BOT_TOKEN.',
      };
    case 'forbidden':
    case 'bad_request':
      return {
        state: 'down',
        why: `Telegram refuses: ${trouble.why}`,
        remedy: 'Check TELEGRAM_MODE and PUBLIC_URL (https, and a port among 443, 80, 88, 8443).',
      };
    default:
      return assertNever(trouble);
  }
}
