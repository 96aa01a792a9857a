/**
 * Owns the table of who may import whom: the one place where a boundary of the program is drawn. What a folder is not given here it
 * may not have; to give it more is a decision about the design, to be made here and in docs/architecture.md together.
 */

export interface Zone {
  readonly folder: string;
  /** What it may import besides itself: a folder (ends in /) or a file. */
  readonly may: readonly string[];
  /** What it may import as types only. */
  readonly mayTypes: readonly string[];
  /** Whether it may use Node's own modules. Rules that decide may not: a file or a socket is no part of a decision. */
  readonly node: boolean;
}

/** What is pure, as every rule that decides must be. Of the clock, only its types: the instant is handed in. */
const PURE = [
  'src/lib/result.ts',
  'src/lib/assert.ts',
  'src/lib/durations.ts',
  'src/lib/ids.ts',
  'src/lib/shortened.ts',
  'src/lib/one-line.ts',
  'src/lib/unseen.ts',
];
const PURE_TYPES = ['src/lib/clock.ts'];

/** Those that touch the world behind a port. */
const ADAPTER: Omit<Zone, 'folder'> = { may: ['src/ports/', 'src/domain/', 'src/lib/'], mayTypes: [], node: true };

export const ZONES: readonly Zone[] = [
  { folder: 'src/lib/', may: [], mayTypes: [], node: true },
  // What a foreign number is, is pure too, though its metadata is loaded late.
  { folder: 'src/domain/', may: [...PURE, 'src/lib/foreign-phone.ts'], mayTypes: PURE_TYPES, node: false },
  { folder: 'src/understanding/', may: [...PURE, 'src/domain/'], mayTypes: PURE_TYPES, node: false },
  { folder: 'src/conversation/', may: [...PURE, 'src/domain/', 'src/understanding/'], mayTypes: PURE_TYPES, node: false },
  // A port names what is decided: replies and sessions are types of the conversation.
  { folder: 'src/ports/', may: [...PURE, 'src/domain/'], mayTypes: [...PURE_TYPES, 'src/conversation/'], node: false },
  {
    folder: 'src/services/',
    may: ['src/ports/', 'src/domain/', 'src/conversation/', 'src/lib/'],
    // What is known of words is handed through to the conversation, never asked here.
    mayTypes: ['src/understanding/'],
    node: false,
  },
  { folder: 'src/channels/', ...ADAPTER },
  { folder: 'src/providers/', ...ADAPTER },
  { folder: 'src/store/', ...ADAPTER },
  // It speaks only HTTP, as the real upstreams do, so it may not know our ports.
  { folder: 'src/sandbox/', may: ['src/domain/', 'src/lib/'], mayTypes: [], node: true },
  {
    folder: 'src/workers/',
    // A reply is put into words when it is sent, so the sender renders it.
    may: [
      'src/services/',
      'src/ports/',
      'src/domain/',
      'src/lib/',
      'src/conversation/render.ts',
      'src/conversation/phrasebook.ts',
      'src/conversation/alert-words.ts',
    ],
    mayTypes: ['src/conversation/'],
    node: false,
  },
  { folder: 'src/http/', may: ['src/services/', 'src/ports/', 'src/domain/', 'src/lib/'], mayTypes: [], node: true },
];

/** The composition: wires everything together, so it may import anything. Nothing outside it imports it. */
export const COMPOSITION: readonly string[] = [
  'src/main.ts',
  'src/wiring.ts',
  'src/config.ts',
  'src/config-values.ts',
  'src/airtime.ts',
  'src/config-daraja.ts',
  'src/payments.ts',
  'src/config-tuku.ts',
  'src/wallet-server.ts',
  'src/wallets-left.ts',
  'src/config-notifiers.ts',
  'src/notifiers.ts',
  'src/reference.ts',
  'src/locales.ts',
  'src/secret-key.ts',
  'src/stop-links.ts',
  'src/cli/',
  // The whole program in a world of its own: virtual time, a faulty network, simulated people.
  'src/simulator/',
];

/** Folders whose sub-folders are strangers to each other: two channels, two providers, two stores. */
export const SIBLINGS: readonly string[] = ['src/channels/', 'src/providers/', 'src/store/'];

/** Package (or scope, ending in /) -> where it may be used. A package that is not here may be used nowhere in src/. */
export const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  'better-sqlite3': ['src/store/'],
  'drizzle-orm': ['src/store/'],
  grammy: ['src/channels/telegram/'],
  '@whiskeysockets/baileys': ['src/channels/whatsapp/'],
  qrcode: ['src/channels/whatsapp/', 'src/cli/'],
  hono: ['src/http/', 'src/channels/', 'src/sandbox/'],
  '@hono/': ['src/http/', 'src/channels/', 'src/sandbox/'],
  zod: [
    'src/config.ts',
    'src/config-values.ts',
    'src/config-daraja.ts',
    'src/config-tuku.ts',
    'src/config-notifiers.ts',
    'src/cli/',
    'src/http/',
    'src/providers/',
    'src/sandbox/',
    'src/channels/',
  ],
  'fast-xml-parser': ['src/lib/xml.ts'],
  'libphonenumber-js': ['src/lib/foreign-phone.ts'],
  i18next: ['src/conversation/phrasebook.ts'],
  pino: ['src/lib/'],
  commander: ['src/cli/'],
  nodemailer: ['src/providers/smtp/'],
};
