/** The port of the keys by which programs are known: what a key allows, whose wallets it reaches, and where keys are kept. */

import type { Instant } from '../lib/clock.ts';

/** What a program may do with its key; a key of an app reaches only that app's wallets. */
export const API_SCOPES = [
  'wallet:topup',
  'wallet:read',
  'wallet:debit',
  'wallet:threshold',
  'costs:read',
  'costs:write',
  'payment:trust',
] as const;
export type ApiScope = (typeof API_SCOPES)[number];

export interface ApiKey {
  readonly name: string;
  readonly appId: string | null;
  readonly scopes: readonly ApiScope[];
  readonly createdAt: Instant;
  readonly revokedAt: Instant | null;
}

/** Keys of programs; only their digests are kept. */
export interface ApiKeys {
  find(sha256: string): Promise<ApiKey | null>;
  list(): Promise<readonly ApiKey[]>;
  /** False: there is one of that name. */
  create(key: Omit<ApiKey, 'revokedAt'>, sha256: string): Promise<boolean>;
  /** False: there is none of that name, or it was revoked. */
  revoke(name: string, at: Instant): Promise<boolean>;
}
