-- Wallets that are tied to a customer by hand, because neither a verified number nor the customer's id says whose they are.

CREATE TABLE wallet_link (
  -- Empty: in no app. The wallet itself may still be to come, with its first top-up.
  app_id TEXT NOT NULL,
  user_id TEXT NOT NULL CHECK (user_id <> ''),
  customer_id TEXT NOT NULL REFERENCES customer (id),
  linked_by TEXT NOT NULL,
  linked_at INTEGER NOT NULL,
  PRIMARY KEY (app_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX wallet_link_customer ON wallet_link (customer_id);

-- Whom a customer was before: a wallet keeps the id that it was opened under.
CREATE INDEX customer_merged ON customer (merged_into) WHERE merged_into IS NOT NULL;
