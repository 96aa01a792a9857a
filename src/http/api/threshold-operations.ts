/** Owns the operations on thresholds: set one, see them, take one away. Fields and their limits stand in threshold-schemas.ts. */

import type { OpenAPIHono } from '@hono/zod-openapi';
import { assertNever } from '../../lib/assert.ts';
import type { SetThreshold, ThresholdReads, ThresholdWish } from '../../ports/alert.ts';
import type { ThresholdDesk, ThresholdDeskProblem, ThresholdSet } from '../../services/threshold-desk.ts';
import { ownerOf, type Access } from './access.ts';
import { answered, mount, type Operation } from './operation.ts';
import { problem } from './problems.ts';
import { OwnerQuery } from './schemas.ts';
import {
  quietOf,
  RemoveThresholdRequest,
  ThresholdAnswer,
  ThresholdRequest,
  ThresholdsAnswer,
  timeOf,
} from './threshold-schemas.ts';
import { deskProblem, noWallet } from './desk-problems.ts';
import type { ApiKey } from '../../ports/api-keys.ts';
import type { Buyer } from '../../domain/tariff.ts';
import type { WalletReads } from '../../ports/wallet.ts';

export interface Thresholds {
  readonly desk: ThresholdDesk;
  readonly reads: Pick<ThresholdReads, 'thresholds'> & Pick<WalletReads, 'appsOf'>;
  readonly access: Access;
}

const EXAMPLE = {
  thresholdAmount: 100,
  alertType: 'both',
  notificationMethod: 'sms',
  alertMessage: 'Only {balance} SMS left, please top up.',
  createdBy: 'admin-1',
  recipients: { email: ['shop@example.com'], mobile: ['254722000001'], chat: null },
  quietHours: { from: '21:00', to: '07:00' },
  lastAlert: null,
};

export function thresholdOperations(app: OpenAPIHono, parts: Thresholds): void {
  mount(app, parts.access, setThreshold(parts));
  mount(app, parts.access, listThresholds(parts));
  mount(app, parts.access, removeThreshold(parts));
}

function setThreshold({ desk, reads }: Thresholds): Operation<typeof ThresholdRequest> {
  const { recipients, lastAlert: _none, ...asked } = EXAMPLE;
  return {
    method: 'post',
    path: '/api/sms-wallet/set-threshold',
    summary: 'Be warned when SMS run low',
    description:
      'Whenever the balance falls below the threshold, once, and again only after it was above 110 % of it; while it stays low, a reminder a day. Setting it again changes it. Who is low already is told at once; an address that becomes known while the balance is low is first told with the next daily reminder. alertType and notificationMethod together name the ways that are used: "email" and "sms" is both. Without recipients the user\'s own addresses are told, as far as they are known when the alert goes out; where none is known yet the threshold is set all the same, and the message says so.',
    scopes: ['wallet:threshold'],
    asked: ThresholdRequest,
    answer: ThresholdAnswer,
    example: {
      asked: {
        userId: 'shop-1045',
        ...asked,
        alertType: 'both',
        notificationMethod: 'sms',
        recipients: { email: recipients.email, mobile: ['0722000001'] },
      },
      answer: { status: 'success', userId: 'shop-1045', ...EXAMPLE, message: 'An alert goes out below 100 SMS.' },
    },
    problems: [
      'unknown_user',
      'reserved_creator',
      'unknown_recipient',
      'no_recipient',
      'text_not_for_others',
      'too_many_thresholds',
    ],
    async handle(said, key) {
      const owner = ownerOf(key, said);
      if (!owner.ok) return owner.error;
      const wish: ThresholdWish = {
        createdBy: said.createdBy,
        units: said.thresholdAmount,
        alertType: said.alertType,
        method: said.notificationMethod,
        message: said.alertMessage,
        quiet: said.quietHours === undefined ? null : quietOf(said.quietHours),
        recipients: {
          chat: said.recipients?.chat ?? null,
          mobile: said.recipients?.mobile ?? null,
          email: said.recipients?.email ?? null,
        },
      };
      const tells = key.appId === null ? 'anybody' : 'owner';
      const set = await desk.set(owner.value, wish, { kind: 'program', name: key.name }, tells);
      return set.ok ? done(said.userId, set.value, setAnswer(set.value)) : refused(set.error, owner.value, key, reads);
    },
  };
}

function listThresholds({ reads }: Thresholds): Operation<typeof OwnerQuery> {
  return {
    method: 'get',
    path: '/api/sms-wallet/thresholds',
    summary: 'See who is warned, and when',
    description: 'All thresholds of one wallet, with the addresses that are told.',
    scopes: ['wallet:threshold'],
    asked: OwnerQuery,
    answer: ThresholdsAnswer,
    example: { asked: { userId: 'shop-1045' }, answer: { userId: 'shop-1045', thresholds: [EXAMPLE] } },
    problems: ['unknown_user'],
    async handle(asked, key) {
      const owner = ownerOf(key, asked);
      if (!owner.ok) return owner.error;
      const thresholds = await reads.thresholds(owner.value);
      if (thresholds === null) return noWallet(owner.value, key, reads);
      return answered({ userId: asked.userId, thresholds: thresholds.map(shown) });
    },
  };
}

function removeThreshold({ desk, reads }: Thresholds): Operation<typeof RemoveThresholdRequest> {
  return {
    method: 'post',
    path: '/api/sms-wallet/remove-threshold',
    summary: 'Be warned no more',
    description: 'Takes away the threshold that createdBy has set.',
    scopes: ['wallet:threshold'],
    asked: RemoveThresholdRequest,
    answer: ThresholdAnswer,
    example: {
      asked: { userId: 'shop-1045', createdBy: 'admin-1' },
      answer: { status: 'success', userId: 'shop-1045', ...EXAMPLE, message: 'No alert goes out below 100 SMS any more.' },
    },
    problems: ['unknown_user', 'unknown_threshold', 'reserved_creator'],
    async handle({ createdBy, ...asked }, key) {
      const owner = ownerOf(key, asked);
      if (!owner.ok) return owner.error;
      const gone = await desk.remove(owner.value, createdBy, { kind: 'program', name: key.name });
      if (!gone.ok) return refused(gone.error, owner.value, key, reads);
      return done(asked.userId, gone.value, `No alert goes out below ${gone.value.units} SMS any more.`);
    },
  };
}

function done(userId: string, threshold: SetThreshold, message: string): Response {
  return answered({ status: 'success', userId, ...shown(threshold), message });
}

function shown({ units, alertType, method, message, createdBy, recipients, quiet, alertedAt }: SetThreshold): object {
  // Where a chat is named, the time would say whether anybody writes to us from it.
  const toldAt = (recipients.chat ?? []).length > 0 ? null : alertedAt;
  return {
    thresholdAmount: units,
    alertType,
    notificationMethod: method,
    alertMessage: message,
    createdBy,
    recipients: { email: recipients.email, mobile: recipients.mobile, chat: recipients.chat },
    quietHours: quiet === null ? null : { from: timeOf(quiet.fromMinute), to: timeOf(quiet.toMinute) },
    lastAlert: toldAt === null ? null : new Date(toldAt).toISOString(),
  };
}

/** That it is set; and, where the user's own addresses are meant and none is known, what to do about that. */
function setAnswer({ units, reaches }: ThresholdSet): string {
  const below = `An alert goes out below ${units} SMS`;
  return reaches
    ? `${below}.`
    : `${below}, but nobody can be told yet: no address of this user is known, or its owner wants no alerts. Name recipients (email, mobile or chat) in the same request, or link the wallet to the user's chat with \`jaza wallet link\`.`;
}

async function refused(
  why: ThresholdDeskProblem,
  owner: Buyer,
  key: ApiKey,
  reads: Pick<WalletReads, 'appsOf'>,
): Promise<Response> {
  switch (why.kind) {
    case 'unknown_user':
      return noWallet(owner, key, reads);
    case 'unavailable':
    case 'failed':
      return deskProblem(why.kind);
    case 'unknown_threshold':
      return problem('unknown_threshold', 'No threshold of this createdBy is set for this user.');
    case 'reserved_creator':
      return problem(
        'reserved_creator',
        'createdBy "chat" is what the user sets in the chat, and theirs alone to change: name another. Nothing was changed.',
      );
    case 'others_chat':
      return problem(
        'unknown_recipient',
        `The key of an app may name only chats of the user themselves, and ${why.chats.join(', ')} is not known as theirs. Nothing was changed.`,
      );
    case 'nobody_to_tell':
      return problem(
        'no_recipient',
        'Nobody of those in recipients could be told: it names nobody, or whoever the addresses belong to wants no alerts. Name others (email, mobile or chat). Nothing was changed.',
      );
    case 'leads_elsewhere':
      return problem(
        'text_not_for_others',
        "alertMessage names a link, an address, a code to dial or a number of five digits or more, which only the user's own addresses may be sent: take it out (figures are {balance} and {threshold}, a full stop has a blank after it, and the shop's own contact may stand in it as the shop writes it), or leave recipients out. Nothing was changed.",
      );
    case 'too_many_thresholds':
      return problem('too_many_thresholds', 'This wallet has as many thresholds as it may: remove one first.');
    default:
      return assertNever(why);
  }
}
