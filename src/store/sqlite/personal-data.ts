/**
 * Owns what a person may ask for: everything that is kept about one customer, as plain data with times as people read them. It reads
 * and changes nothing. What others typed about a number is theirs and is not in it.
 */

import { msisdn, parseMsisdn } from '../../domain/msisdn.ts';
import type { Db } from './connection.ts';
import { timeInNairobi } from './personal-time.ts';
import { personalWalletsReader, type PersonalWallets } from './personal-wallets.ts';

export interface PersonalData extends PersonalWallets {
  readonly customer: { readonly id: string; readonly name: string | null };
  readonly accounts: readonly { readonly channel: string; readonly id: string }[];
  readonly numbers: readonly { readonly number: string | null; readonly endedAt: string | null }[];
  readonly orders: readonly object[];
  readonly messages: readonly object[];
  readonly webChat: readonly object[];
  readonly consents: readonly object[];
}

/** Null: nobody. */
export type PersonalDataReader = (who: string) => PersonalData | null;

/**
 * `who`: a customer's id, a verified own number, the reference of an order, or `channel:id` of an account; as they are now, after all merges.
 * Null: nobody, or erased.
 */
export type CustomerFinder = (who: string) => string | null;

export function customerFinder(db: Db): CustomerFinder {
  const one = (sql: string) => db.prepare<[string], string>(sql).pluck();
  const finders = [
    one(`WITH RECURSIVE became(id, next) AS (
           SELECT id, merged_into FROM customer WHERE id = ?
           UNION SELECT c.id, c.merged_into FROM customer c JOIN became b ON c.id = b.next)
         SELECT id FROM became WHERE next IS NULL`),
    one('SELECT customer_id FROM orders WHERE ref = upper(?)'),
    one(`SELECT customer_id FROM identity WHERE channel || ':' || external_id = ?`),
  ];
  const byNumber = one(
    'SELECT c.customer_id FROM phone_claim c JOIN phone p ON p.id = c.phone_id WHERE p.msisdn = ? AND c.ended_at IS NULL',
  );
  const isErased = db.prepare<[string], number>('SELECT 1 FROM customer WHERE id = ? AND erased_at IS NOT NULL').pluck();
  return (who) => {
    const number = parseMsisdn(who);
    const found = finders.map((find) => find.get(who)).find((id) => id !== undefined);
    const id = found ?? (number.ok ? byNumber.get(number.value) : undefined);
    return id === undefined || isErased.get(id) !== undefined ? null : id;
  };
}

export function personalDataReader(db: Db): PersonalDataReader {
  const customerId = customerFinder(db);
  const ofWallets = personalWalletsReader(db);
  const about = <Row extends object = object>(sql: string) => db.prepare<[string], Row>(sql);
  const customer = about<PersonalData['customer']>(
    `SELECT id, name, ${timeInNairobi('created_at')} AS since FROM customer WHERE id = ?`,
  );
  const accounts = about<PersonalData['accounts'][number]>(
    `SELECT channel, external_id AS id, ${timeInNairobi('created_at')} AS since FROM identity WHERE customer_id = ? ORDER BY created_at`,
  );
  const numbers = about<PersonalData['numbers'][number]>(
    `SELECT p.msisdn AS number, c.how, ${timeInNairobi('c.verified_at')} AS verifiedAt, ${timeInNairobi('c.ended_at')} AS endedAt
     FROM phone_claim c JOIN phone p ON p.id = c.phone_id WHERE c.customer_id = ? ORDER BY c.id`,
  );
  const orders = about(
    `SELECT o.ref AS reference, ${timeInNairobi('o.created_at')} AS at, o.state, o.currency, o.amount_minor AS amountInCents,
            o.kind, g.msisdn AS recipient, o.recipient_name AS recipientName, o.sms_units AS sms, o.wallet_user_id AS wallet,
            p.msisdn AS payer, o.payment_network AS paymentNetwork
     FROM orders o LEFT JOIN phone g ON g.id = o.recipient_phone JOIN phone p ON p.id = o.payer_phone
     WHERE o.customer_id = ? ORDER BY o.rowid`,
  );
  const messages = about(
    `SELECT c.channel, ${timeInNairobi('m.at')} AS at, CASE m.direction WHEN 'in' THEN 'you' ELSE 'we' END AS wrote, m.text
     FROM message m JOIN conversation c ON c.id = m.conversation_id WHERE c.customer_id = ? ORDER BY m.id`,
  );
  const webChat = db
    .prepare<[string], string>(
      `SELECT w.line FROM web_message w JOIN conversation c ON c.channel = 'web' AND c.chat = w.chat WHERE c.customer_id = ? ORDER BY w.seq`,
    )
    .pluck();
  // They stay where they were given: with whoever this customer was as well.
  const consents = about(
    `WITH RECURSIVE was(id) AS (SELECT ? UNION SELECT c.id FROM customer c JOIN was w ON c.merged_into = w.id)
     SELECT what, text_version AS textVersion, ${timeInNairobi('at')} AS at FROM consent WHERE customer_id IN was ORDER BY id`,
  );

  return (who) => {
    const id = customerId(who);
    const person = id === null ? undefined : customer.get(id);
    if (id === null || person === undefined) return null;
    const claimed = numbers.all(id);
    const own = claimed.flatMap(({ number, endedAt }) => (number === null || endedAt !== null ? [] : [msisdn(number)]));
    return {
      customer: person,
      accounts: accounts.all(id),
      numbers: claimed,
      orders: orders.all(id),
      messages: messages.all(id),
      webChat: webChat.all(id).map((line) => JSON.parse(line) as object),
      consents: consents.all(id),
      ...ofWallets(id, own),
    };
  };
}
