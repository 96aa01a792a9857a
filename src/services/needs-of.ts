/** Owns what is to be loaded with a chat because of the draft that is open in it. What a flow needs stands with the flow. */

import type { Flow } from '../conversation/flow.ts';
import type { Session } from '../conversation/session.ts';
import type { Needs } from '../ports/store.ts';

export function needsOf({ draft }: Pick<Session, 'draft'>, flows: readonly Flow[]): Needs {
  const flow = draft === null ? undefined : flows.find(({ name }) => name === draft.flow);
  if (draft === null || flow === undefined) return {};
  const parties = flow.parties(draft);
  return { ...(parties === null ? {} : { parties }), ...(flow.needsWallets === true ? { wallets: true } : {}) };
}
