-- The ledger: double entry, append-only, integers. One row of `transfer` is one balanced movement from its debit account to its credit
-- account, so entries sum to zero by their shape. KES in thousandths, SMS in hundredths. Only ids stand here, never a number or a name.

CREATE TABLE account (
  id TEXT NOT NULL PRIMARY KEY,
  asset TEXT NOT NULL CHECK (asset IN ('KES', 'SMS')),
  -- What the balance may not go below; null: an account of the world outside, which may owe us anything.
  floor INTEGER,
  opened_at INTEGER NOT NULL,
  -- Credited less debited, kept by the triggers below. Within what every reader can hold exactly.
  balance INTEGER NOT NULL DEFAULT 0 CHECK (balance BETWEEN -9007199254740991 AND 9007199254740991),
  -- The last transfer that the balance holds; 0: none yet.
  last_transfer INTEGER NOT NULL DEFAULT 0,
  UNIQUE (id, asset),
  CHECK (floor IS NULL OR balance >= floor)
) STRICT;

CREATE TABLE journal (
  id INTEGER NOT NULL PRIMARY KEY,
  idempotency_key TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('sale', 'top_up', 'use', 'adjustment', 'reversal')),
  order_id TEXT REFERENCES orders (id),
  reverses INTEGER UNIQUE REFERENCES journal (id),
  at INTEGER NOT NULL,
  CHECK ((kind = 'reversal') = (reverses IS NOT NULL)),
  CHECK (kind <> 'sale' OR order_id IS NOT NULL)
) STRICT;
CREATE INDEX journal_order ON journal (order_id) WHERE order_id IS NOT NULL;
CREATE UNIQUE INDEX journal_one_sale ON journal (order_id) WHERE kind = 'sale';

CREATE TABLE transfer (
  id INTEGER NOT NULL PRIMARY KEY,
  journal_id INTEGER NOT NULL REFERENCES journal (id),
  debit_account TEXT NOT NULL,
  credit_account TEXT NOT NULL,
  asset TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount BETWEEN 1 AND 9007199254740991),
  CHECK (debit_account <> credit_account),
  FOREIGN KEY (debit_account, asset) REFERENCES account (id, asset),
  FOREIGN KEY (credit_account, asset) REFERENCES account (id, asset)
) STRICT;
CREATE INDEX transfer_journal ON transfer (journal_id);
CREATE INDEX transfer_debit ON transfer (debit_account, id);
CREATE INDEX transfer_credit ON transfer (credit_account, id);

-- What was delivered before there was a ledger, in the order in which it was: the sales of domain/ledger.ts.
INSERT INTO account (id, asset, opened_at)
  SELECT id, 'KES', (SELECT min(created_at) FROM orders WHERE state = 'delivered')
  FROM (SELECT 'paid-through:topups' AS id UNION ALL SELECT 'sold:airtime')
  WHERE EXISTS (SELECT 1 FROM orders WHERE state = 'delivered');
INSERT INTO journal (idempotency_key, kind, order_id, at)
  SELECT 'sale:' || o.id, 'sale', o.id,
    coalesce((SELECT max(s.at) FROM order_step s WHERE s.order_id = o.id AND s.to_state = 'delivered'), o.changed_at) AS delivered_at
  FROM orders o WHERE o.state = 'delivered' ORDER BY delivered_at, o.rowid;
INSERT INTO transfer (journal_id, debit_account, credit_account, asset, amount)
  SELECT j.id, 'paid-through:topups', 'sold:airtime', 'KES', o.amount_minor * 10
  FROM journal j JOIN orders o ON o.id = j.order_id ORDER BY j.id;
UPDATE account SET
  balance = (SELECT coalesce(sum(CASE account.id WHEN t.credit_account THEN t.amount ELSE -t.amount END), 0) FROM transfer t
    WHERE account.id IN (t.credit_account, t.debit_account)),
  last_transfer = (SELECT coalesce(max(id), 0) FROM transfer);

-- From here on nothing changes but by a new transfer.
CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal BEGIN SELECT RAISE (ABORT, 'journal is append-only'); END;
CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal BEGIN SELECT RAISE (ABORT, 'journal is append-only'); END;
CREATE TRIGGER transfer_no_update BEFORE UPDATE ON transfer BEGIN SELECT RAISE (ABORT, 'transfer is append-only'); END;
CREATE TRIGGER transfer_no_delete BEFORE DELETE ON transfer BEGIN SELECT RAISE (ABORT, 'transfer is append-only'); END;
CREATE TRIGGER account_no_delete BEFORE DELETE ON account BEGIN SELECT RAISE (ABORT, 'account is append-only'); END;

CREATE TRIGGER account_opens_empty BEFORE INSERT ON account WHEN NEW.balance <> 0 OR NEW.last_transfer <> 0
BEGIN SELECT RAISE (ABORT, 'an account opens empty'); END;

CREATE TRIGGER journal_sale_of_delivered BEFORE INSERT ON journal
WHEN NEW.kind = 'sale' AND NOT EXISTS (SELECT 1 FROM orders WHERE id = NEW.order_id AND state = 'delivered')
BEGIN SELECT RAISE (ABORT, 'a sale belongs to a delivered order'); END;

-- A journal is over when the next one has begun.
CREATE TRIGGER transfer_of_open_journal BEFORE INSERT ON transfer WHEN NEW.journal_id IS NOT (SELECT max(id) FROM journal)
BEGIN SELECT RAISE (ABORT, 'the journal is closed'); END;

-- A balance moves by the one transfer that it does not hold yet, and there is none but within the trigger after it.
CREATE TRIGGER account_by_transfer BEFORE UPDATE ON account
WHEN NEW.id <> OLD.id OR NEW.asset <> OLD.asset OR NEW.floor IS NOT OLD.floor OR NEW.opened_at <> OLD.opened_at
  OR NOT EXISTS (
    SELECT 1 FROM transfer WHERE id = NEW.last_transfer AND id > OLD.last_transfer
      AND NEW.balance = OLD.balance + CASE OLD.id WHEN credit_account THEN amount WHEN debit_account THEN -amount END
  )
BEGIN SELECT RAISE (ABORT, 'a balance changes by a transfer alone'); END;

CREATE TRIGGER transfer_moves_balances AFTER INSERT ON transfer
BEGIN
  UPDATE account SET balance = balance - NEW.amount, last_transfer = NEW.id WHERE id = NEW.debit_account;
  UPDATE account SET balance = balance + NEW.amount, last_transfer = NEW.id WHERE id = NEW.credit_account;
END;
