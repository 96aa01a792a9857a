-- Wallets of SMS. What they hold stands in the ledger; here stands whose they are, what was asked of them, and what an SMS costs whom.

CREATE TABLE wallet (
  id TEXT NOT NULL PRIMARY KEY,
  -- Empty: the platform's own customer, in no app.
  app_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  version INTEGER NOT NULL,
  UNIQUE (app_id, user_id)
) STRICT;

-- The answer that each request got, for whoever asks the same again. Kept as long as the ledger: a key never moves money twice.
CREATE TABLE wallet_request (
  kind TEXT NOT NULL,
  app_id TEXT NOT NULL,
  request_key TEXT NOT NULL,
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
  wallet_id TEXT REFERENCES wallet (id),
  journal_key TEXT UNIQUE,
  reason TEXT,
  answer TEXT NOT NULL CHECK (json_valid(answer)),
  at INTEGER NOT NULL,
  PRIMARY KEY (kind, app_id, request_key)
) STRICT, WITHOUT ROWID;

-- A purchase with the price it was made at, and where that price came from.
CREATE TABLE sms_purchase (
  journal_key TEXT NOT NULL PRIMARY KEY,
  wallet_id TEXT NOT NULL REFERENCES wallet (id),
  amount_kes INTEGER NOT NULL CHECK (amount_kes > 0),
  units INTEGER NOT NULL CHECK (units >= 0),
  price_millikes INTEGER NOT NULL CHECK (price_millikes > 0),
  price_source TEXT NOT NULL,
  payment_method TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX sms_purchase_wallet ON sms_purchase (wallet_id, at);
CREATE TRIGGER sms_purchase_no_update BEFORE UPDATE ON sms_purchase BEGIN SELECT RAISE (ABORT, 'sms_purchase is append-only'); END;
CREATE TRIGGER sms_purchase_no_delete BEFORE DELETE ON sms_purchase BEGIN SELECT RAISE (ABORT, 'sms_purchase is append-only'); END;

-- One price in force for each scope; what was in force before stays, with the instant at which it ended.
CREATE TABLE sms_cost (
  id INTEGER NOT NULL PRIMARY KEY,
  level TEXT NOT NULL CHECK (level IN ('platform', 'app', 'customer')),
  app_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  millikes INTEGER NOT NULL CHECK (millikes > 0),
  set_by TEXT NOT NULL,
  set_at INTEGER NOT NULL,
  ended_at INTEGER,
  CHECK ((level = 'customer') = (user_id <> '')),
  CHECK (level <> 'platform' OR app_id = ''),
  CHECK (level <> 'app' OR app_id <> '')
) STRICT;
CREATE UNIQUE INDEX sms_cost_in_force ON sms_cost (level, app_id, user_id) WHERE ended_at IS NULL;

CREATE TABLE api_key (
  name TEXT NOT NULL PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE CHECK (length(sha256) = 64),
  app_id TEXT NOT NULL,
  scopes TEXT NOT NULL CHECK (json_valid(scopes)),
  created_at INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT;
