-- Wallets of SMS that another server keeps. An order says where its wallet is, and when its money was known to be there.
ALTER TABLE orders ADD COLUMN wallet_at TEXT CHECK (wallet_at IN ('own', 'tuku'));
ALTER TABLE orders ADD COLUMN paid_at INTEGER;
UPDATE orders SET wallet_at = 'own' WHERE kind = 'sms';

-- SMS for a wallet elsewhere are sold like airtime: somebody else delivers them.
DROP TRIGGER journal_sale_of_delivered;
CREATE TRIGGER journal_sale_of_delivered BEFORE INSERT ON journal
WHEN NEW.kind = 'sale' AND NOT EXISTS (
  SELECT 1 FROM orders WHERE id = NEW.order_id AND state = 'delivered' AND (kind = 'airtime' OR wallet_at = 'tuku'))
BEGIN SELECT RAISE (ABORT, 'a sale belongs to a delivered order'); END;
DROP TRIGGER journal_top_up_of_delivered;
CREATE TRIGGER journal_top_up_of_delivered BEFORE INSERT ON journal
WHEN NEW.kind = 'top_up' AND NEW.order_id IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM orders WHERE id = NEW.order_id AND state = 'delivered' AND kind = 'sms' AND wallet_at IS NOT 'tuku')
BEGIN SELECT RAISE (ABORT, 'a top-up of an order belongs to a delivered order of SMS'); END;

-- What another server last said of a wallet, and when it is asked again: it never tells by itself.
CREATE TABLE remote_balance (
  app_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  -- whole messages; null: it knows no such wallet, or was never asked
  units INTEGER CHECK (units >= 0),
  millikes INTEGER CHECK (millikes > 0),
  -- by that server's word
  changed_at INTEGER,
  read_at INTEGER,
  before_units INTEGER,
  before_at INTEGER,
  -- went down by so many since: how fast they are used
  spent_units INTEGER NOT NULL CHECK (spent_units >= 0),
  spent_since INTEGER,
  -- in a row
  failures INTEGER NOT NULL CHECK (failures >= 0),
  -- how often it was asked: tells one look from the next
  looks INTEGER NOT NULL CHECK (looks >= 0),
  -- null: nobody wants to know
  due_at INTEGER,
  -- the chats that wait for the figure
  asked TEXT NOT NULL CHECK (json_valid(asked)),
  PRIMARY KEY (app_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX remote_balance_due ON remote_balance (due_at) WHERE due_at IS NOT NULL;
