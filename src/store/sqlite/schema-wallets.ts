/** Owns the typed picture of the tables about wallets of SMS: what is asked of them, what an SMS costs, who is told. See schema.ts. */

import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const wallet = sqliteTable('wallet', {
  id: text().notNull().primaryKey(),
  app_id: text().notNull(),
  user_id: text().notNull(),
  opened_at: integer().notNull(),
  changed_at: integer().notNull(),
  version: integer().notNull(),
});

export const walletRequest = sqliteTable(
  'wallet_request',
  {
    kind: text().notNull(),
    app_id: text().notNull(),
    request_key: text().notNull(),
    sha256: text().notNull(),
    wallet_id: text(),
    journal_key: text(),
    reason: text(),
    answer: text().notNull(),
    at: integer().notNull(),
    payment_method: text(),
    payment_reference: text(),
    topped_up_at: integer(),
    payment_key: text(),
  },
  (row) => [primaryKey({ columns: [row.kind, row.app_id, row.request_key] })],
);

export const smsPurchase = sqliteTable('sms_purchase', {
  journal_key: text().notNull().primaryKey(),
  wallet_id: text().notNull(),
  amount_kes: integer().notNull(),
  units: integer().notNull(),
  price_millikes: integer().notNull(),
  price_source: text().notNull(),
  payment_method: text().notNull(),
  at: integer().notNull(),
});

export const smsCost = sqliteTable('sms_cost', {
  id: integer().notNull().primaryKey(),
  level: text().notNull(),
  app_id: text().notNull(),
  user_id: text().notNull(),
  millikes: integer().notNull(),
  set_by: text().notNull(),
  set_at: integer().notNull(),
  ended_at: integer(),
});

export const paymentReceipt = sqliteTable(
  'payment_receipt',
  {
    receipt_key: text().notNull(),
    order_id: text().notNull(),
    at: integer().notNull(),
  },
  (row) => [primaryKey({ columns: [row.receipt_key, row.order_id] })],
);

export const threshold = sqliteTable('threshold', {
  id: text().notNull().primaryKey(),
  wallet_id: text().notNull(),
  created_by: text().notNull(),
  units: integer().notNull(),
  alert_type: text().notNull(),
  method: text().notNull(),
  message: text(),
  quiet_from: integer(),
  quiet_to: integer(),
  recipients: text().notNull(),
  armed: integer().notNull(),
  alerted_at: integer(),
  set_at: integer().notNull(),
  reminders: integer().notNull(),
});

export const alert = sqliteTable('alert', {
  id: text().notNull().primaryKey(),
  wallet_id: text().notNull(),
  threshold_id: text().notNull(),
  facts: text().notNull(),
  language: text().notNull(),
  at: integer().notNull(),
});

export const alertSend = sqliteTable('alert_send', {
  id: integer().notNull().primaryKey(),
  alert_id: text().notNull(),
  n: integer().notNull(),
  way: text().notNull(),
  address: text().notNull(),
  own: integer().notNull(),
  state: text().notNull(),
  why: text(),
  at: integer().notNull(),
  app_id: text().notNull(),
});

export const apiKey = sqliteTable('api_key', {
  name: text().notNull().primaryKey(),
  sha256: text().notNull(),
  app_id: text().notNull(),
  scopes: text().notNull(),
  created_at: integer().notNull(),
  revoked_at: integer(),
});

export const walletLink = sqliteTable(
  'wallet_link',
  {
    app_id: text().notNull(),
    user_id: text().notNull(),
    customer_id: text().notNull(),
    linked_by: text().notNull(),
    linked_at: integer().notNull(),
  },
  (row) => [primaryKey({ columns: [row.app_id, row.user_id] })],
);

export const remoteBalance = sqliteTable(
  'remote_balance',
  {
    app_id: text().notNull(),
    user_id: text().notNull(),
    units: integer(),
    millikes: integer(),
    changed_at: integer(),
    read_at: integer(),
    before_units: integer(),
    before_at: integer(),
    spent_units: integer().notNull(),
    spent_since: integer(),
    failures: integer().notNull(),
    looks: integer().notNull(),
    due_at: integer(),
    asked: text().notNull(),
    told_at: integer(),
  },
  (row) => [primaryKey({ columns: [row.app_id, row.user_id] })],
);
