/**
 * Owns what a message with an operator's code changes: the chat becomes an operator's, or a wrong code is counted. After five wrong
 * ones in a row the chat's codes are not even looked at for an hour, and the answer does not tell which it was. The code itself is
 * kept nowhere.
 */

import { inWords, type Reason } from '../domain/attention.ts';
import type { Reply } from '../conversation/reply.ts';
import { idsFrom } from '../lib/ids.ts';
import { codeIn, isCode } from '../lib/one-time-code.ts';
import type { Joining } from '../ports/desk.ts';
import type { Change, Known, Turn } from '../ports/store.ts';
import type { Rules } from './decide.ts';
import { reachability, speakerOf, type MessageEvent } from './decide-message.ts';
import { HOUR_MS } from '../lib/durations.ts';

const MOST_WRONG = 5;
const IGNORED_MS = HOUR_MS;

export function decideJoining(known: Known, joining: Joining, event: MessageEvent, rules: Rules): Turn {
  const { message } = event;
  const ids = idsFrom(`${rules.salt}/${event.id}`);
  const { customer, conversation, changes: met } = speakerOf(known, message, ids);
  const base: Change[] = [
    ...met,
    ...reachability(conversation, message, event.at),
    { kind: 'heard', conversationId: conversation.id, messageId: message.messageId, text: 'operator ****-****' },
  ];
  const say = (key: string): Change => {
    const reply: Reply = { parts: [{ key }], choices: [] };
    return { kind: 'say', conversationId: conversation.id, reply, language: conversation.session.language, orderId: null };
  };
  const turn = (...changes: Change[]): Turn => ({ event, read: {}, touched: [], changes: [...base, ...changes] });

  if (known.operators.some(({ conversationId }) => conversationId === conversation.id)) return turn(say('operator:already'));
  const quiet = joining.lastWrongAt === null || event.at - joining.lastWrongAt >= IGNORED_MS;
  const wrong = quiet ? 0 : joining.wrong;
  const code = message.content.kind === 'text' ? codeIn(message.content.text) : null;
  if (wrong >= MOST_WRONG || code === null) return turn(say('operator:code-wrong'));

  const invite = joining.invites.find(({ id, hash, expiresAt }) => expiresAt > event.at && isCode(id, code, hash));
  if (invite === undefined) {
    const actor = { kind: 'customer', id: customer.id } as const;
    const reason: Reason = { code: 'wrong_codes' };
    const alert: Change = {
      kind: 'audit',
      actor,
      what: 'operator_alert',
      subject: conversation.id,
      detail: inWords(reason),
      reason,
    };
    const counted: Change = { kind: 'wrong_code', conversationId: conversation.id, count: wrong + 1 };
    return turn(counted, ...(wrong + 1 === MOST_WRONG ? [alert] : []), say('operator:code-wrong'));
  }
  const operatorId = ids.id('op');
  return turn(
    { kind: 'join_operator', operatorId, invite, conversationId: conversation.id },
    {
      kind: 'audit',
      actor: { kind: 'operator', name: invite.name },
      what: 'operator_joined',
      subject: operatorId,
      detail: invite.name,
    },
    say('operator:joined'),
  );
}
