-- Thresholds of SMS wallets, the alerts that came of them, and a lane of the outbox for what leaves by SMS or e-mail.
-- Addresses stand in threshold.recipients and alert_send.address, where they can be blanked.

CREATE TABLE threshold (
  id TEXT NOT NULL PRIMARY KEY,
  wallet_id TEXT NOT NULL REFERENCES wallet (id),
  created_by TEXT NOT NULL,
  units INTEGER NOT NULL CHECK (units >= 1),
  alert_type TEXT NOT NULL CHECK (alert_type IN ('sms', 'email', 'both', 'chat')),
  method TEXT NOT NULL CHECK (method IN ('sms', 'email', 'chat')),
  -- null: our own words
  message TEXT,
  -- minutes since midnight in Nairobi
  quiet_from INTEGER CHECK (quiet_from BETWEEN 0 AND 1439),
  quiet_to INTEGER CHECK (quiet_to BETWEEN 0 AND 1439),
  recipients TEXT NOT NULL CHECK (json_valid(recipients)),
  armed INTEGER NOT NULL CHECK (armed IN (0, 1)),
  alerted_at INTEGER,
  set_at INTEGER NOT NULL,
  UNIQUE (wallet_id, created_by),
  CHECK ((quiet_from IS NULL) = (quiet_to IS NULL))
) STRICT;

CREATE TABLE alert (
  id TEXT NOT NULL PRIMARY KEY,
  wallet_id TEXT NOT NULL REFERENCES wallet (id),
  -- No reference: a threshold may be removed, what was told of it stays.
  threshold_id TEXT NOT NULL,
  facts TEXT NOT NULL CHECK (json_valid(facts)),
  language TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX alert_at ON alert (at);
CREATE INDEX alert_wallet ON alert (wallet_id, at);

CREATE TABLE alert_send (
  id INTEGER NOT NULL PRIMARY KEY,
  alert_id TEXT NOT NULL REFERENCES alert (id),
  n INTEGER NOT NULL CHECK (n >= 0),
  way TEXT NOT NULL CHECK (way IN ('chat', 'sms', 'email')),
  address TEXT NOT NULL,
  own INTEGER NOT NULL CHECK (own IN (0, 1)),
  state TEXT NOT NULL CHECK (state IN ('spare', 'waiting', 'sent', 'failed')),
  why TEXT,
  -- the alert's
  at INTEGER NOT NULL,
  UNIQUE (alert_id, n)
) STRICT;
CREATE INDEX alert_send_at ON alert_send (at);

-- A program names a chat without our side of it.
CREATE INDEX conversation_chat ON conversation (channel, chat);
-- Their person wants no alerts; set in all chats of a person at once.
ALTER TABLE conversation ADD COLUMN alerts_stopped_at INTEGER;

-- The outbox again, with one more worker.
CREATE TABLE outbox_new (
  seq INTEGER NOT NULL PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  worker TEXT NOT NULL CHECK (worker IN ('send', 'call', 'notify')),
  kind TEXT NOT NULL,
  lane TEXT NOT NULL,
  head INTEGER NOT NULL CHECK (head IN (0, 1)),
  due_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  lease_until INTEGER,
  conversation_id TEXT REFERENCES conversation (id),
  order_id TEXT REFERENCES orders (id),
  body TEXT NOT NULL,
  why TEXT,
  dead_at INTEGER,
  created_at INTEGER NOT NULL,
  CHECK (dead_at IS NULL OR head = 0)
) STRICT;
INSERT INTO outbox_new SELECT seq, id, worker, kind, lane, head, due_at, attempts, lease_until, conversation_id, order_id, body, why,
  dead_at, created_at FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_new RENAME TO outbox;
CREATE UNIQUE INDEX outbox_one_head ON outbox (lane) WHERE head = 1;
CREATE INDEX outbox_lane ON outbox (lane, seq) WHERE dead_at IS NULL;
CREATE INDEX outbox_due ON outbox (worker, due_at) WHERE head = 1;
CREATE INDEX outbox_leased ON outbox (lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX outbox_dead ON outbox (dead_at) WHERE dead_at IS NOT NULL;

-- Many thresholds fall due when the same quiet hours end: the first of them are found without sorting them all.
DROP INDEX timer_due;
CREATE INDEX timer_due ON timer (due_at, key);
