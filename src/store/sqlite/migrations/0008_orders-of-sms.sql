-- Orders of two kinds: airtime for a number, SMS for a wallet. Not every order has a recipient any more, so the table is built anew.
-- Nothing may point at it by name meanwhile but the trigger that is made again below.
DROP TRIGGER journal_sale_of_delivered;

CREATE TABLE orders_of_two_kinds (
  id TEXT NOT NULL PRIMARY KEY,
  ref TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('airtime', 'sms')),
  state TEXT NOT NULL,
  customer_id TEXT NOT NULL REFERENCES customer (id),
  conversation_id TEXT NOT NULL REFERENCES conversation (id),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
  -- of airtime
  recipient_phone INTEGER REFERENCES phone (id),
  recipient_network TEXT,
  recipient_name TEXT,
  -- of SMS: whose wallet is filled (no app is written as empty, as in wallet), how many were promised, at which price and on whose word
  wallet_app_id TEXT,
  wallet_user_id TEXT,
  sms_units INTEGER CHECK (sms_units > 0),
  price_millikes INTEGER CHECK (price_millikes > 0),
  price_source TEXT,
  payer_phone INTEGER NOT NULL REFERENCES phone (id),
  payment_network TEXT NOT NULL,
  draft TEXT NOT NULL,
  revision INTEGER NOT NULL,
  tries_not_sent INTEGER NOT NULL CHECK (tries_not_sent >= 0),
  upstream_reference TEXT,
  prompt_live_until INTEGER,
  -- The payer while its prompt may ring: one per payer, whatever it pays for, by the index below.
  ringing_phone INTEGER CHECK (ringing_phone IS NULL OR ringing_phone = payer_phone),
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  version INTEGER NOT NULL,
  CHECK ((kind = 'airtime') = (recipient_phone IS NOT NULL)),
  CHECK (kind = 'airtime' OR (recipient_network IS NULL AND recipient_name IS NULL)),
  CHECK ((kind = 'sms') = (wallet_app_id IS NOT NULL)),
  CHECK ((kind = 'sms') = (wallet_user_id IS NOT NULL)),
  CHECK ((kind = 'sms') = (sms_units IS NOT NULL)),
  CHECK ((kind = 'sms') = (price_millikes IS NOT NULL)),
  CHECK ((kind = 'sms') = (price_source IS NOT NULL))
) STRICT;
-- In the order in which they were made: what is asked for newest first relies on it.
INSERT INTO orders_of_two_kinds (rowid, id, ref, kind, state, customer_id, conversation_id, currency, amount_minor, recipient_phone,
    recipient_network, recipient_name, payer_phone, payment_network, draft, revision, tries_not_sent, upstream_reference,
    prompt_live_until, ringing_phone, created_at, changed_at, version)
  SELECT rowid, id, ref, kind, state, customer_id, conversation_id, currency, amount_minor, recipient_phone, recipient_network,
    recipient_name, payer_phone, payment_network, draft, revision, tries_not_sent, upstream_reference, prompt_live_until,
    ringing_phone, created_at, changed_at, version
  FROM orders ORDER BY rowid;
DROP TABLE orders;
ALTER TABLE orders_of_two_kinds RENAME TO orders;

CREATE UNIQUE INDEX orders_one_live_prompt ON orders (ringing_phone) WHERE ringing_phone IS NOT NULL;
-- A draft belongs to a chat; its id is too short to be unique among all chats for ever.
CREATE UNIQUE INDEX orders_one_per_draft ON orders (conversation_id, draft);
CREATE INDEX orders_customer ON orders (customer_id, created_at);
CREATE INDEX orders_payer ON orders (payer_phone, created_at);
CREATE INDEX orders_recipient ON orders (recipient_phone, created_at) WHERE recipient_phone IS NOT NULL;
CREATE INDEX orders_delivered ON orders (customer_id, payer_phone) WHERE state = 'delivered';
CREATE INDEX orders_upstream ON orders (upstream_reference) WHERE upstream_reference IS NOT NULL;
CREATE INDEX orders_for_a_person ON orders (changed_at) WHERE state IN ('review', 'refund_due');

-- What is delivered is in the books, once, and nothing else is: airtime as a sale, SMS as the top-up of their wallet.
CREATE UNIQUE INDEX journal_one_top_up ON journal (order_id) WHERE kind = 'top_up' AND order_id IS NOT NULL;
CREATE TRIGGER journal_sale_of_delivered BEFORE INSERT ON journal
WHEN NEW.kind = 'sale' AND NOT EXISTS (SELECT 1 FROM orders WHERE id = NEW.order_id AND state = 'delivered' AND kind = 'airtime')
BEGIN SELECT RAISE (ABORT, 'a sale belongs to a delivered order'); END;
CREATE TRIGGER journal_top_up_of_delivered BEFORE INSERT ON journal
WHEN NEW.kind = 'top_up' AND NEW.order_id IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM orders WHERE id = NEW.order_id AND state = 'delivered' AND kind = 'sms')
BEGIN SELECT RAISE (ABORT, 'a top-up of an order belongs to a delivered order of SMS'); END;
