/**
 * Owns the look at a stored session before anything rests on it. Only its shape is looked at: what it means is the engine's. Null
 * for whatever the engine never writes.
 */

import type { Conversation } from '../../ports/store.ts';

type Session = Conversation['session'];

export function sessionOf(text: string): Session | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  return isSession(value) ? value : null;
}

function isSession(value: unknown): value is Session {
  if (!isObject(value)) return false;
  const { version, language, languageKnown, noticed, draft, parked, choices, failures } = value;
  return (
    version === 1 &&
    (language === 'en' || language === 'sw') &&
    typeof languageKnown === 'boolean' &&
    typeof noticed === 'boolean' &&
    typeof failures === 'number' &&
    Array.isArray(choices) &&
    choices.every(isChoice) &&
    (draft === null || isDraft(draft)) &&
    (parked === undefined || isDraft(parked))
  );
}

function isDraft(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { id, flow, flowVersion, slots, asking, revision, touchedAt } = value;
  return (
    [id, flow, asking].every((text) => typeof text === 'string') &&
    [flowVersion, revision, touchedAt].every((number) => typeof number === 'number') &&
    isObject(slots) &&
    Object.values(slots).every(isObject)
  );
}

function isChoice(value: unknown): boolean {
  return isObject(value) && typeof value['id'] === 'string' && isObject(value['label']);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
