-- What went to others is counted in an app: each send bears the app of its wallet, so that neither alerts nor wallets are read for it.

CREATE TABLE alert_send_new (
  id INTEGER NOT NULL PRIMARY KEY,
  alert_id TEXT NOT NULL REFERENCES alert (id),
  n INTEGER NOT NULL CHECK (n >= 0),
  way TEXT NOT NULL CHECK (way IN ('chat', 'sms', 'email')),
  address TEXT NOT NULL,
  own INTEGER NOT NULL CHECK (own IN (0, 1)),
  state TEXT NOT NULL CHECK (state IN ('spare', 'waiting', 'sent', 'failed', 'skipped')),
  why TEXT,
  -- the alert's
  at INTEGER NOT NULL,
  -- the wallet's
  app_id TEXT NOT NULL,
  UNIQUE (alert_id, n)
) STRICT;
INSERT INTO alert_send_new
  SELECT s.id, s.alert_id, s.n, s.way, s.address, s.own, s.state, s.why, s.at, w.app_id
  FROM alert_send s JOIN alert a ON a.id = s.alert_id JOIN wallet w ON w.id = a.wallet_id;
DROP TABLE alert_send;
ALTER TABLE alert_send_new RENAME TO alert_send;
CREATE INDEX alert_send_at ON alert_send (at);
CREATE INDEX alert_send_address ON alert_send (address, way, at);
CREATE INDEX alert_send_others ON alert_send (at) WHERE own = 0 AND way <> 'chat' AND state IN ('waiting', 'sent', 'failed');
CREATE INDEX alert_send_held ON alert_send (app_id, at) WHERE state = 'skipped' AND why = 'ceiling';
