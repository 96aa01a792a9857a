/**
 * The port of what carries a short message outside of any chat: an SMS or an e-mail. Used for alerts; a message that may have gone out is
 * never sent again by the same way.
 */

import type { Reachability } from './airtime-provider.ts';

export type NotifierKind = 'sms' | 'email';

export interface OutsideMessage {
  /** Ours; an e-mail's Message-ID is made of it. */
  readonly id: string;
  /** A number as `2547...`, or an e-mail address. */
  readonly to: string;
  /** E-mails only. */
  readonly subject: string;
  /** Plain text. */
  readonly text: string;
  /** E-mails only, where there is one: a POST there ends them for this address (RFC 8058). */
  readonly stopUrl?: string;
}

/** What a link to stop e-mails has before its token, behind the public address. */
export const STOP_PATH = '/alerts/stop/';

export interface StopLinks {
  /** For one e-mail to the address; null: there are no links. */
  linkTo(address: string): string | null;
  /** Null: no token that we made, or not all of it. */
  addressIn(token: string): string | null;
}

/** `code`: what the other side calls its refusal. The words beside it may name the address, and so differ with every message. */
export type NotifyResult =
  | { readonly kind: 'sent'; readonly upstreamId: string | null }
  /** Provably not taken, and it may be later. */
  | { readonly kind: 'retry'; readonly why: string; readonly afterMs: number | null; readonly code?: string }
  /** Never by this way: the address or the account is refused. `ours`: every message fails until the shop mends it. */
  | { readonly kind: 'refused'; readonly why: string; readonly ours: boolean; readonly code?: string }
  /** It may have gone out: not repeated by this way. */
  | { readonly kind: 'unknown'; readonly why: string; readonly code?: string };

export interface Notifier {
  readonly kind: NotifierKind;
  readonly name: 'fast-message' | 'smtp';
  /** Never throws for what the other side does. */
  send(message: OutsideMessage): Promise<NotifyResult>;
  /** Opens a connection and closes it; sends nothing. For `jaza doctor`. */
  probe(): Promise<Reachability>;
}
