/**
 * Owns the typed picture of the tables: what a row looks like to TypeScript, column by column under its own name. The truth is
 * in migrations/*.sql, with triggers, checks and partial indexes that cannot be said here; a test compares the two.
 */

import { blob, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const customer = sqliteTable('customer', {
  id: text().notNull().primaryKey(),
  name: text(),
  merged_into: text(),
  created_at: integer().notNull(),
  erased_at: integer(),
});

export const identity = sqliteTable(
  'identity',
  {
    channel: text().notNull(),
    channel_account: text().notNull(),
    external_id: text().notNull(),
    customer_id: text().notNull(),
    created_at: integer().notNull(),
  },
  (row) => [primaryKey({ columns: [row.channel, row.channel_account, row.external_id] })],
);

export const phone = sqliteTable('phone', {
  id: integer().notNull().primaryKey(),
  msisdn: text(),
  version: integer().notNull().default(0),
});

export const phoneClaim = sqliteTable('phone_claim', {
  id: integer().notNull().primaryKey(),
  customer_id: text().notNull(),
  phone_id: integer().notNull(),
  how: text().notNull(),
  verified_at: integer().notNull(),
  ended_at: integer(),
  claimed_at: integer().notNull().default(0),
});

export const conversation = sqliteTable('conversation', {
  id: text().notNull().primaryKey(),
  customer_id: text().notNull(),
  channel: text().notNull(),
  channel_account: text().notNull(),
  chat: text().notNull(),
  session: text().notNull(),
  blocked_at: integer(),
  version: integer().notNull(),
  created_at: integer().notNull(),
  changed_at: integer().notNull(),
  asked_at: integer(),
  alerts_stopped_at: integer(),
});

export const inboundA = sqliteTable('inbound_a', { id: text().notNull().primaryKey() });
export const inboundB = sqliteTable('inbound_b', { id: text().notNull().primaryKey() });

export const recorded = sqliteTable('recorded', {
  seq: integer().notNull().primaryKey(),
  event_id: text().notNull(),
  event: text().notNull(),
  recorded_at: integer().notNull(),
});

export const poison = sqliteTable('poison', {
  event_id: text().notNull().primaryKey(),
  event: text(),
  attempts: integer().notNull(),
  error: text().notNull(),
  first_at: integer().notNull(),
  last_at: integer().notNull(),
  set_aside_at: integer(),
});

export const message = sqliteTable('message', {
  id: integer().notNull().primaryKey(),
  conversation_id: text().notNull(),
  direction: text().notNull(),
  channel_message_id: text().notNull(),
  text: text().notNull(),
  order_id: text(),
  at: integer().notNull(),
});

export const orders = sqliteTable('orders', {
  id: text().notNull().primaryKey(),
  ref: text().notNull(),
  kind: text().notNull(),
  state: text().notNull(),
  customer_id: text().notNull(),
  conversation_id: text().notNull(),
  currency: text().notNull(),
  amount_minor: integer().notNull(),
  recipient_phone: integer(),
  recipient_network: text(),
  recipient_name: text(),
  wallet_app_id: text(),
  wallet_user_id: text(),
  sms_units: integer(),
  price_millikes: integer(),
  price_source: text(),
  payer_phone: integer().notNull(),
  payment_network: text().notNull(),
  draft: text().notNull(),
  revision: integer().notNull(),
  tries_not_sent: integer().notNull(),
  upstream_reference: text(),
  prompt_live_until: integer(),
  ringing_phone: integer(),
  created_at: integer().notNull(),
  changed_at: integer().notNull(),
  version: integer().notNull(),
  wallet_at: text(),
  paid_at: integer(),
  payment_named_by: text(),
  restored_at: integer(),
  taken_back_at: integer(),
});

export const paymentName = sqliteTable('payment_name', { name: text().notNull(), order_id: text().notNull() }, (row) => [
  primaryKey({ columns: [row.name, row.order_id] }),
]);

export const orderStep = sqliteTable('order_step', {
  id: integer().notNull().primaryKey(),
  order_id: text().notNull(),
  event: text().notNull(),
  from_state: text(),
  to_state: text(),
  actor: text().notNull(),
  actor_id: text(),
  evidence: text().notNull(),
  raw_id: text(),
  at: integer().notNull(),
});

export const call = sqliteTable(
  'call',
  {
    order_id: text().notNull(),
    purpose: text().notNull(),
    state: text().notNull(),
    started_at: integer(),
    changed_at: integer().notNull(),
  },
  (row) => [primaryKey({ columns: [row.order_id, row.purpose] })],
);

export const outbox = sqliteTable('outbox', {
  seq: integer().notNull().primaryKey(),
  id: text().notNull(),
  worker: text().notNull(),
  kind: text().notNull(),
  lane: text().notNull(),
  head: integer().notNull(),
  due_at: integer().notNull(),
  attempts: integer().notNull(),
  lease_until: integer(),
  conversation_id: text(),
  order_id: text(),
  body: text().notNull(),
  why: text(),
  dead_at: integer(),
  created_at: integer().notNull(),
});

export const timer = sqliteTable('timer', {
  key: text().notNull().primaryKey(),
  due_at: integer().notNull(),
  timer: text().notNull(),
});

export const raw = sqliteTable('raw', {
  id: text().notNull().primaryKey(),
  source: text().notNull(),
  sha256: blob().notNull(),
  body: text(),
  kept_at: integer().notNull(),
  delete_after: integer().notNull(),
});

export const audit = sqliteTable('audit', {
  id: integer().notNull().primaryKey(),
  actor: text().notNull(),
  actor_id: text(),
  what: text().notNull(),
  subject: text().notNull(),
  detail: text().notNull(),
  at: integer().notNull(),
});

export const consent = sqliteTable('consent', {
  id: integer().notNull().primaryKey(),
  customer_id: text().notNull(),
  what: text().notNull(),
  text_version: text().notNull(),
  at: integer().notNull(),
});

export const setting = sqliteTable('setting', {
  key: text().notNull().primaryKey(),
  value: text().notNull(),
  changed_at: integer().notNull(),
});

export const stopList = sqliteTable('stop_list', { phone_id: integer().notNull().primaryKey(), since: integer().notNull() });

export const mailStop = sqliteTable('mail_stop', { address: text().notNull().primaryKey(), since: integer().notNull() });

export const breaker = sqliteTable('breaker', {
  upstream: text().notNull().primaryKey(),
  state: text().notNull(),
  changed_at: integer().notNull(),
});

export const version = sqliteTable('version', { aggregate: text().notNull().primaryKey(), version: integer().notNull() });

export const progress = sqliteTable('progress', { name: text().notNull().primaryKey(), value: integer().notNull() });

export const whatsappAuth = sqliteTable(
  'whatsapp_auth',
  { account: text().notNull(), type: text().notNull(), id: text().notNull(), value: blob().notNull() },
  (row) => [primaryKey({ columns: [row.account, row.type, row.id] })],
);

export const webMessage = sqliteTable('web_message', {
  seq: integer().notNull().primaryKey({ autoIncrement: true }),
  chat: text().notNull(),
  author: text().notNull(),
  line_id: text().notNull(),
  line: text().notNull(),
  at: integer().notNull(),
});

export const consoleAnswer = sqliteTable('console_answer', {
  id: integer().notNull().primaryKey(),
  event_id: text().notNull(),
  outcome: text().notNull(),
  detail: text().notNull(),
  at: integer().notNull(),
});

export const putAway = sqliteTable('put_away', {
  id: integer().notNull().primaryKey(),
  item: text().notNull(),
  until: integer().notNull(),
  operator: text().notNull(),
  evidence: text().notNull(),
  at: integer().notNull(),
});

export const operator = sqliteTable('operator', {
  id: text().notNull().primaryKey(),
  name: text().notNull(),
  conversation_id: text().notNull(),
  added_at: integer().notNull(),
  removed_at: integer(),
});

export const operatorInvite = sqliteTable('operator_invite', {
  id: text().notNull().primaryKey(),
  name: text().notNull(),
  hash: text().notNull(),
  expires_at: integer().notNull(),
  used_at: integer(),
});

export const wrongCode = sqliteTable('wrong_code', {
  conversation_id: text().notNull().primaryKey(),
  count: integer().notNull(),
  last_at: integer().notNull(),
});

export const account = sqliteTable('account', {
  id: text().notNull().primaryKey(),
  asset: text().notNull(),
  floor: integer(),
  opened_at: integer().notNull(),
  balance: integer().notNull().default(0),
  last_transfer: integer().notNull().default(0),
});

export const journal = sqliteTable('journal', {
  id: integer().notNull().primaryKey(),
  idempotency_key: text().notNull(),
  kind: text().notNull(),
  order_id: text(),
  reverses: integer(),
  at: integer().notNull(),
});

export const transfer = sqliteTable('transfer', {
  id: integer().notNull().primaryKey(),
  journal_id: integer().notNull(),
  debit_account: text().notNull(),
  credit_account: text().notNull(),
  asset: text().notNull(),
  amount: integer().notNull(),
});

/** The step of the migrations themselves, made by migrate.ts. */
export const migration = sqliteTable('migration', {
  position: integer().notNull().primaryKey(),
  name: text().notNull(),
  sha256: text().notNull(),
  applied_at: integer().notNull(),
});
