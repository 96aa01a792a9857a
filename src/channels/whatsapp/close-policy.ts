/**
 * Owns what to do after the connection to WhatsApp closed: a table of code x attempt. Pure. Reconnecting too eagerly gets a
 * number blocked, and some codes never heal by themselves.
 */

export interface Closed {
  /** The status that Baileys gives with the close; 0 when there is none. */
  readonly code: number;
  readonly paired: boolean;
  /** WhatsApp answered on this connection: it showed a QR, or opened. */
  readonly reached: boolean;
  /** Rounds of QRs that nobody scanned, this one included. */
  readonly rounds: number;
  /** Closes since the connection was last open for a whole minute, this one included: 1, 2, ... */
  readonly attempt: number;
  /** How many of those said that another process has the session (440). */
  readonly conflicts: number;
  /** [0, 1) */
  readonly jitter: number;
}

export type AfterClose =
  | { readonly kind: 'reconnect'; readonly afterMs: number; readonly trouble: Trouble | null }
  /** Nothing is tried any more until the operator acts. */
  | ({ readonly kind: 'stop' } & Trouble);

export interface Trouble {
  readonly why: string;
  readonly remedy: string | null;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const LONGEST_BACKOFF_MS = 5 * MINUTE;
/** From here on it is no longer a hiccup: about a minute of tries. */
const TELL_FROM_ATTEMPT = 6;
/** A round of QRs lasts two to three minutes; half an hour without a scan means nobody is there. */
const LAST_QR_ROUND = 10;

/** Without a phone nobody waits for messages: it is told as soon as it is no single slip. */
const UNPAIRED_TELL_FROM_ATTEMPT = 2;

const PAIR_AGAIN = 'Open the WhatsApp page of Jaza, press "Start over" and link the phone again.';

const CHECK_THE_NETWORK = 'Look whether this machine has internet; it is tried again by itself.';

const STOPS: Readonly<Record<number, Trouble>> = {
  401: {
    why: 'WhatsApp logged this device out (it was unlinked on the phone, or the phone was not opened for 14 days).',
    remedy: PAIR_AGAIN,
  },
  403: {
    why: 'WhatsApp has blocked this number.',
    remedy: `Open WhatsApp on the phone and see what it says. If the number is free again: ${PAIR_AGAIN}`,
  },
  419: { why: 'WhatsApp no longer accepts this login.', remedy: PAIR_AGAIN },
};

const CONFLICT: Trouble = {
  why: 'Another program uses the same WhatsApp session.',
  remedy: 'Stop the other copy of Jaza, then restart this one.',
};

const SLOW: Readonly<Record<number, Trouble & { readonly afterMs: number }>> = {
  405: {
    afterMs: 30 * MINUTE,
    why: 'WhatsApp refuses this version of its web client.',
    remedy: 'Update Jaza, or set a newer WhatsApp web version.',
  },
  411: {
    afterMs: 5 * MINUTE,
    why: 'The phone does not offer linked devices to this account.',
    remedy: 'Update WhatsApp on the phone and open it once.',
  },
};

const BROKEN_SESSION: Trouble = { why: 'WhatsApp reports a broken session (500).', remedy: `If this goes on: ${PAIR_AGAIN}` };

/** The first wait is about a second, each next one about twice as long, up to five minutes; between half and all of it. */
export function backoffMs(attempt: number, jitter: number): number {
  const full = Math.min(LONGEST_BACKOFF_MS, SECOND * 2 ** Math.min(attempt - 1, 20));
  return Math.round(full / 2 + (full / 2) * jitter);
}

export function afterClose({ code, paired, reached, rounds, attempt, conflicts, jitter }: Closed): AfterClose {
  const backoff = backoffMs(attempt, jitter);
  // Asked for after every pairing. Only a server gone mad asks again and again.
  if (code === 515 && attempt <= 3) return { kind: 'reconnect', afterMs: 0, trouble: null };
  const slow = SLOW[code];
  if (slow !== undefined) return { kind: 'reconnect', afterMs: slow.afterMs, trouble: { why: slow.why, remedy: slow.remedy } };
  if (!paired && !reached) {
    const trouble = attempt >= UNPAIRED_TELL_FROM_ATTEMPT ? unreachable(code) : null;
    return { kind: 'reconnect', afterMs: backoff, trouble };
  }
  if (!paired) {
    if (rounds < LAST_QR_ROUND) return { kind: 'reconnect', afterMs: code === 408 ? SECOND : backoff, trouble: null };
    return { kind: 'stop', why: 'Nobody linked a phone.', remedy: PAIR_AGAIN };
  }
  const stop = STOPS[code];
  if (stop !== undefined) return { kind: 'stop', ...stop };
  if (code === 440) {
    if (conflicts >= 2) return { kind: 'stop', ...CONFLICT };
    return { kind: 'reconnect', afterMs: 5 * SECOND + backoff, trouble: CONFLICT };
  }
  if (code === 500) return { kind: 'reconnect', afterMs: backoff, trouble: attempt >= 2 ? BROKEN_SESSION : null };
  return { kind: 'reconnect', afterMs: backoff, trouble: attempt >= TELL_FROM_ATTEMPT ? unreachable(code) : null };
}

function unreachable(code: number): Trouble {
  return { why: `WhatsApp cannot be reached (${code === 0 ? 'no reason given' : code}).`, remedy: CHECK_THE_NETWORK };
}
