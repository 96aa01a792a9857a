-- Nobody is told too often: what was sent is found by its address, and who was passed over for that stands in the alert.

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
  UNIQUE (alert_id, n)
) STRICT;
INSERT INTO alert_send_new SELECT id, alert_id, n, way, address, own, state, why, at FROM alert_send;
DROP TABLE alert_send;
ALTER TABLE alert_send_new RENAME TO alert_send;
CREATE INDEX alert_send_at ON alert_send (at);
CREATE INDEX alert_send_address ON alert_send (address, way, at);
