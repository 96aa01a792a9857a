-- The ground. Times are UTC milliseconds, money is in minor units (KES cents), ids are opaque text.
-- What identifies a person stands only in customer, identity, phone, conversation, message, orders.recipient_name, recorded, poison,
-- raw and web_message, where it can be blanked. Append-only tables (order_step, audit, consent) hold ids, codes and hashes.

CREATE TABLE customer (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT,
  -- Another row of the same person: whoever merges moves the orders, claims and chats, and leaves this pointer behind.
  merged_into TEXT REFERENCES customer (id),
  created_at INTEGER NOT NULL,
  CHECK (merged_into IS NULL OR merged_into <> id)
) STRICT;

CREATE TABLE identity (
  channel TEXT NOT NULL,
  channel_account TEXT NOT NULL,
  external_id TEXT NOT NULL,
  customer_id TEXT NOT NULL REFERENCES customer (id),
  created_at INTEGER NOT NULL,
  PRIMARY KEY (channel, channel_account, external_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX identity_customer ON identity (customer_id);

CREATE TABLE phone (
  id INTEGER NOT NULL PRIMARY KEY,
  -- null once erased
  msisdn TEXT UNIQUE CHECK (msisdn GLOB '254[17][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]'),
  -- of the aggregate payer:<msisdn>
  version INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE phone_claim (
  id INTEGER NOT NULL PRIMARY KEY,
  customer_id TEXT NOT NULL REFERENCES customer (id),
  phone_id INTEGER NOT NULL REFERENCES phone (id),
  how TEXT NOT NULL,
  verified_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT;
CREATE UNIQUE INDEX phone_claim_live ON phone_claim (phone_id) WHERE ended_at IS NULL;
CREATE INDEX phone_claim_customer ON phone_claim (customer_id, verified_at) WHERE ended_at IS NULL;

CREATE TABLE conversation (
  id TEXT NOT NULL PRIMARY KEY,
  customer_id TEXT NOT NULL REFERENCES customer (id),
  channel TEXT NOT NULL,
  channel_account TEXT NOT NULL,
  chat TEXT NOT NULL,
  session TEXT NOT NULL CHECK (json_valid(session)),
  blocked_at INTEGER,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  UNIQUE (channel, channel_account, chat)
) STRICT;
CREATE INDEX conversation_customer ON conversation (customer_id);

-- Ids of events that took effect, as 132 bits of their sha256 in base64: network ids of WhatsApp chats are phone numbers.
-- Two generations: look in both, write into the current one, drop the older one whole.
CREATE TABLE inbound_a (id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 22)) STRICT, WITHOUT ROWID;
CREATE TABLE inbound_b (id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 22)) STRICT, WITHOUT ROWID;

-- Events of sources that do not deliver again, until they are turned.
CREATE TABLE recorded (
  seq INTEGER NOT NULL PRIMARY KEY,
  event_id TEXT NOT NULL UNIQUE,
  event TEXT NOT NULL,
  recorded_at INTEGER NOT NULL
) STRICT;

CREATE TABLE poison (
  event_id TEXT NOT NULL PRIMARY KEY,
  event TEXT,
  attempts INTEGER NOT NULL,
  error TEXT NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  set_aside_at INTEGER
) STRICT;
CREATE INDEX poison_last ON poison (last_at);

CREATE TABLE message (
  id INTEGER NOT NULL PRIMARY KEY,
  conversation_id TEXT NOT NULL REFERENCES conversation (id),
  direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
  channel_message_id TEXT NOT NULL,
  text TEXT NOT NULL,
  order_id TEXT,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX message_sent ON message (channel_message_id) WHERE direction = 'out';
CREATE INDEX message_at ON message (at);

CREATE TABLE orders (
  id TEXT NOT NULL PRIMARY KEY,
  ref TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  customer_id TEXT NOT NULL REFERENCES customer (id),
  conversation_id TEXT NOT NULL REFERENCES conversation (id),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
  recipient_phone INTEGER NOT NULL REFERENCES phone (id),
  recipient_network TEXT,
  recipient_name TEXT,
  payer_phone INTEGER NOT NULL REFERENCES phone (id),
  payment_network TEXT NOT NULL,
  draft TEXT NOT NULL,
  revision INTEGER NOT NULL,
  tries_not_sent INTEGER NOT NULL CHECK (tries_not_sent >= 0),
  upstream_reference TEXT,
  prompt_live_until INTEGER,
  -- The payer while its prompt may ring: one per payer, by the index below.
  ringing_phone INTEGER CHECK (ringing_phone IS NULL OR ringing_phone = payer_phone),
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  version INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX orders_one_live_prompt ON orders (ringing_phone) WHERE ringing_phone IS NOT NULL;
-- A draft belongs to a chat; its id is too short to be unique among all chats for ever.
CREATE UNIQUE INDEX orders_one_per_draft ON orders (conversation_id, draft);
CREATE INDEX orders_customer ON orders (customer_id, created_at);
CREATE INDEX orders_payer ON orders (payer_phone, created_at);
CREATE INDEX orders_delivered ON orders (customer_id, payer_phone) WHERE state = 'delivered';
CREATE INDEX orders_upstream ON orders (upstream_reference) WHERE upstream_reference IS NOT NULL;

CREATE TABLE order_step (
  id INTEGER NOT NULL PRIMARY KEY,
  order_id TEXT NOT NULL REFERENCES orders (id),
  event TEXT NOT NULL,
  from_state TEXT,
  -- null: recorded and ignored
  to_state TEXT,
  actor TEXT NOT NULL,
  actor_id TEXT,
  evidence TEXT NOT NULL,
  raw_id TEXT,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX order_step_order ON order_step (order_id, id);
CREATE TRIGGER order_step_no_update BEFORE UPDATE ON order_step BEGIN SELECT RAISE (ABORT, 'order_step is append-only'); END;
CREATE TRIGGER order_step_no_delete BEFORE DELETE ON order_step BEGIN SELECT RAISE (ABORT, 'order_step is append-only'); END;

CREATE TABLE call (
  order_id TEXT NOT NULL REFERENCES orders (id),
  purpose TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'started', 'answered')),
  started_at INTEGER,
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (order_id, purpose)
) STRICT, WITHOUT ROWID;
CREATE INDEX call_started ON call (state) WHERE state = 'started';

CREATE TABLE outbox (
  -- The order within a lane. May begin again when the table was empty: nothing older is left to overtake.
  seq INTEGER NOT NULL PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  worker TEXT NOT NULL CHECK (worker IN ('send', 'call')),
  kind TEXT NOT NULL,
  lane TEXT NOT NULL,
  -- 1: the first unfinished row of its lane, the only one that may be claimed
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
CREATE UNIQUE INDEX outbox_one_head ON outbox (lane) WHERE head = 1;
CREATE INDEX outbox_lane ON outbox (lane, seq) WHERE dead_at IS NULL;
CREATE INDEX outbox_due ON outbox (worker, due_at) WHERE head = 1;
CREATE INDEX outbox_leased ON outbox (lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX outbox_dead ON outbox (dead_at) WHERE dead_at IS NOT NULL;

CREATE TABLE timer (
  key TEXT NOT NULL PRIMARY KEY,
  due_at INTEGER NOT NULL,
  timer TEXT NOT NULL
) STRICT;
CREATE INDEX timer_due ON timer (due_at);

CREATE TABLE raw (
  id TEXT NOT NULL PRIMARY KEY,
  source TEXT NOT NULL,
  sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
  -- null once its time is over
  body TEXT,
  kept_at INTEGER NOT NULL,
  delete_after INTEGER NOT NULL
) STRICT;
CREATE INDEX raw_delete ON raw (delete_after) WHERE body IS NOT NULL;

CREATE TABLE audit (
  id INTEGER NOT NULL PRIMARY KEY,
  actor TEXT NOT NULL,
  actor_id TEXT,
  what TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE (ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE (ABORT, 'audit is append-only'); END;

CREATE TABLE consent (
  id INTEGER NOT NULL PRIMARY KEY,
  customer_id TEXT NOT NULL REFERENCES customer (id),
  what TEXT NOT NULL,
  text_version TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX consent_customer ON consent (customer_id, what);
CREATE TRIGGER consent_no_update BEFORE UPDATE ON consent BEGIN SELECT RAISE (ABORT, 'consent is append-only'); END;
CREATE TRIGGER consent_no_delete BEFORE DELETE ON consent BEGIN SELECT RAISE (ABORT, 'consent is append-only'); END;

CREATE TABLE setting (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT;

-- Versions of aggregates that have no row of their own to count in: customer:<id>, switch:<name>.
CREATE TABLE version (
  aggregate TEXT NOT NULL PRIMARY KEY,
  version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Where the store itself stands.
CREATE TABLE progress (
  name TEXT NOT NULL PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO progress (name, value) VALUES ('last_committed_at', -1), ('inbound_current', 0), ('inbound_since', -1);

CREATE TABLE whatsapp_auth (
  account TEXT NOT NULL,
  type TEXT NOT NULL,
  id TEXT NOT NULL,
  value BLOB NOT NULL,
  PRIMARY KEY (account, type, id)
) STRICT;

CREATE TABLE web_message (
  -- A page resumes by it: never used again, so autoincrement.
  seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  chat TEXT NOT NULL,
  author TEXT NOT NULL CHECK (author IN ('bot', 'person')),
  line_id TEXT NOT NULL,
  line TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX web_message_line ON web_message (chat, author, line_id);
CREATE INDEX web_message_chat ON web_message (chat, seq);
CREATE INDEX web_message_at ON web_message (at);
