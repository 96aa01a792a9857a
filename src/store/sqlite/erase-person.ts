/**
 * Owns what is left of a customer who asked to be deleted: nothing that says who they were. Ids, amounts and states stay, because orders
 * and the ledger must still add up; so does a number that stands on the STOP list, or in what another customer did. Every table is
 * named below, erased or kept; a test looks for one that is not.
 */

import type { Change } from '../../ports/store.ts';
import type { Db } from './connection.ts';
import { StaleTurn, type TurnScope } from './turn-scope.ts';
import type { Versions } from './versions.ts';

type Erase = Extract<Change, { kind: 'erase_customer' }>;

/** What a statement may name: the customer and all whom they were before, their chats, their orders. */
const THEIRS = `WITH RECURSIVE was(id) AS (SELECT @customer UNION SELECT c.id FROM customer c JOIN was w ON c.merged_into = w.id),
  chats(id, channel, account, chat) AS (SELECT id, channel, channel_account, chat FROM conversation WHERE customer_id IN was),
  placed(id) AS (SELECT id FROM orders WHERE customer_id IN was),
  numbers(msisdn) AS (SELECT p.msisdn FROM phone_claim c JOIN phone p ON p.id = c.phone_id
    WHERE c.customer_id IN was AND c.ended_at IS NULL AND p.msisdn IS NOT NULL),
  purses(id, by_id) AS (SELECT w.id, w.app_id = '' AND w.user_id IN was FROM wallet w
    WHERE (w.app_id = '' AND (w.user_id IN was OR substr(w.user_id, -9) IN (SELECT substr(msisdn, 4) FROM numbers)))
      OR EXISTS (SELECT 1 FROM wallet_link l WHERE l.app_id = w.app_id AND l.user_id = w.user_id AND l.customer_id IN was))`;

/** In this order: what is looked up by a chat's address or a claim comes before they go. */
const BLANKED = {
  message: 'DELETE FROM message WHERE conversation_id IN (SELECT id FROM chats)',
  web_message: "DELETE FROM web_message WHERE chat IN (SELECT chat FROM chats WHERE channel = 'web')",
  outbox: `DELETE FROM outbox WHERE conversation_id IN (SELECT id FROM chats)
    OR (kind = 'notify' AND body ->> '$.to' IN (SELECT msisdn FROM numbers))`,
  // What failed and was set aside, with the words in it.
  poison: `DELETE FROM poison WHERE event IS NOT NULL AND EXISTS (SELECT 1 FROM chats
    WHERE channel = poison.event ->> '$.message.address.channel' AND account = poison.event ->> '$.message.address.account'
      AND chat = poison.event ->> '$.message.address.chat')`,
  raw: `UPDATE raw SET body = NULL WHERE body IS NOT NULL AND (
    id IN (SELECT raw_id FROM order_step WHERE order_id IN placed)
    -- One that fits no order and bears a number of theirs, however it is written.
    OR (id NOT IN (SELECT raw_id FROM order_step WHERE raw_id IS NOT NULL) AND EXISTS (
      SELECT 1 FROM phone_claim c JOIN phone p ON p.id = c.phone_id
      WHERE c.customer_id IN was AND c.ended_at IS NULL AND instr(raw.body, substr(p.msisdn, 4)) > 0)))`,
  timer: `DELETE FROM timer WHERE timer ->> '$.conversationId' IN (SELECT id FROM chats) OR timer ->> '$.orderId' IN placed`,
  wrong_code: 'DELETE FROM wrong_code WHERE conversation_id IN (SELECT id FROM chats)',
  operator: `UPDATE operator SET name = '(erased)', removed_at = coalesce(removed_at, @at) WHERE conversation_id IN (SELECT id FROM chats)`,
  // What a person set in the chat, and all of a wallet that is nobody's from now on; a program's own stay.
  threshold: `DELETE FROM threshold WHERE wallet_id IN (SELECT id FROM purses WHERE by_id OR threshold.created_by = 'chat')`,
  alert: `UPDATE alert SET facts = json_set(facts, '$.message', NULL, '$.wallet', NULL) WHERE wallet_id IN (SELECT id FROM purses)`,
  alert_send: `UPDATE alert_send SET address = '(erased)', state = iif(state = 'sent', state, 'failed'), why = coalesce(why, 'erased')
    WHERE (way = 'chat' AND address IN (SELECT channel || ':' || chat FROM chats)) OR (way = 'sms' AND address IN (SELECT msisdn FROM numbers))`,
  wallet_link: 'DELETE FROM wallet_link WHERE customer_id IN was',
  identity: 'DELETE FROM identity WHERE customer_id IN was',
  customer: 'UPDATE customer SET name = NULL, erased_at = @at WHERE id IN was',
} as const;

/** Their orders and claims: where they point to is settled number by number. */
const REPOINTED = ['orders', 'phone_claim', 'phone', 'conversation'] as const;

export const ERASED: readonly string[] = [...Object.keys(BLANKED), ...REPOINTED];

/** Why each other table may stay as it is. */
export const KEPT: Readonly<Record<string, string>> = {
  order_step: 'append-only: ids, codes, grounds without numbers',
  audit: 'append-only: ids, grounds without numbers',
  consent: 'append-only: that a notice was given, to an id',
  put_away: 'append-only: an item and the operator’s own words without numbers',
  journal: 'append-only: ids and amounts',
  transfer: 'append-only: ids and amounts',
  account: 'append-only: ids and amounts',
  call: 'an order and how its call stands',
  payment_name: 'an order and a payment provider’s references',
  stop_list: 'the wish of a number’s owner, which holds until they take it back',
  mail_stop: 'the wish of whoever reads an address, which holds until they take it back',
  recorded: 'turned within moments, into whoever speaks then',
  inbound_a: 'hashes, dropped within 60 days',
  inbound_b: 'hashes, dropped within 60 days',
  console_answer: 'words to the operator without numbers, dropped after 90 days',
  whatsapp_auth: 'keys that WhatsApp needs to go on with any chat, sealed; their ids are the network’s',
  wallet: 'its name is a program’s own, or a customer’s id; without SMS if the latter',
  remote_balance: 'figures under the name of a wallet, as it stands in wallet',
  wallet_request: 'append-only: ids, amounts, a payment provider’s references',
  payment_receipt: 'an order’s id and a payment provider’s receipt, so that it is credited once',
  sms_purchase: 'append-only: ids and amounts',
  sms_cost: 'prices',
  api_key: 'of programs',
  operator_invite: 'codes of operators',
  setting: 'of the shop',
  breaker: 'of the shop',
  version: 'counts under ids',
  progress: 'of the store',
  migration: 'of the store',
};

export function customerEraser(db: Db, versions: Versions): (erase: Erase, scope: TurnScope) => void {
  const alive = db
    .prepare<[string], number>('SELECT 1 FROM customer WHERE id = ? AND merged_into IS NULL AND erased_at IS NULL')
    .pluck();
  const blank = Object.values(BLANKED).map((sql) => db.prepare<[{ customer: string; at: number }]>(`${THEIRS} ${sql}`));
  // Another wallet than that of their own id is named by a number, or by a program: its own id tells nothing, and the books still add up.
  const forgetWallets = db.prepare<[{ customer: string }]>(
    `${THEIRS} UPDATE orders SET version = version + 1, wallet_app_id = '', wallet_user_id = coalesce(
       (SELECT w.id FROM wallet w WHERE w.app_id = wallet_app_id AND w.user_id = wallet_user_id), 'erased:' || id)
     WHERE id IN placed AND kind = 'sms' AND NOT (wallet_app_id = '' AND wallet_user_id IN was)`,
  );
  const forgetChats = db.prepare<[string, number, string]>(
    `UPDATE conversation SET chat = 'erased:' || id, session = ?, blocked_at = ?, asked_at = NULL, version = version + 1
     WHERE customer_id = ?`,
  );
  const forgetNumbers = numbersForgotten(db);
  return ({ customerId: customer, session }, { at }) => {
    if (alive.get(customer) === undefined) throw new StaleTurn('erased or merged before');
    // What is overwritten is not left lying in free parts of the file.
    db.pragma('secure_delete = ON');
    try {
      for (const one of blank) one.run({ customer, at });
      forgetWallets.run({ customer });
      forgetNumbers(customer);
      forgetChats.run(JSON.stringify(session), at, customer);
    } finally {
      db.pragma('secure_delete = OFF');
    }
    versions.bump(`customer:${customer}`);
  };
}

/** Each number of theirs becomes one that is not known; a row of `phone` that nobody else points to goes with it. */
function numbersForgotten(db: Db): (customer: string) => void {
  const numbers = db
    .prepare<[string, string, string], number>(
      `SELECT recipient_phone FROM orders WHERE customer_id = ? AND recipient_phone IS NOT NULL UNION SELECT payer_phone FROM orders WHERE customer_id = ?
       UNION SELECT phone_id FROM phone_claim WHERE customer_id = ?`,
    )
    .pluck();
  const unclaim = db.prepare<[string]>('DELETE FROM phone_claim WHERE customer_id = ?');
  const nameless = db.prepare('INSERT INTO phone (msisdn) VALUES (NULL)');
  const repoint = db.prepare<[{ customer: string; before: number; after: number | bigint }]>(
    `UPDATE orders SET recipient_name = NULL, ringing_phone = NULL, version = version + 1,
       recipient_phone = iif(recipient_phone = @before, @after, recipient_phone),
       payer_phone = iif(payer_phone = @before, @after, payer_phone)
     WHERE customer_id = @customer AND (recipient_phone = @before OR payer_phone = @before)`,
  );
  const drop = db.prepare<[{ id: number | bigint }]>(
    `DELETE FROM phone WHERE id = @id AND NOT EXISTS (SELECT 1 FROM orders WHERE recipient_phone = @id OR payer_phone = @id)
       AND NOT EXISTS (SELECT 1 FROM phone_claim WHERE phone_id = @id) AND NOT EXISTS (SELECT 1 FROM stop_list WHERE phone_id = @id)`,
  );
  return (customer) => {
    const before = numbers.all(customer, customer, customer);
    unclaim.run(customer);
    for (const id of before) {
      const after = nameless.run().lastInsertRowid;
      repoint.run({ customer, before: id, after });
      for (const one of [id, after]) drop.run({ id: one });
    }
  };
}
