-- Operators: who they are and how they came in, what they put away, and what became of what they told the console.
-- put_away is append-only: it holds ids and the operator's own words, scrubbed of numbers.

-- The console waits for it; pruned with the texts.
CREATE TABLE console_answer (
  id INTEGER NOT NULL PRIMARY KEY,
  event_id TEXT NOT NULL UNIQUE,
  outcome TEXT NOT NULL CHECK (outcome IN ('done', 'refused')),
  detail TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX console_answer_at ON console_answer (at);

-- Something that wanted a person was seen to, as far as it had come by `until`: what comes later is shown again.
CREATE TABLE put_away (
  id INTEGER NOT NULL PRIMARY KEY,
  item TEXT NOT NULL,
  until INTEGER NOT NULL,
  operator TEXT NOT NULL,
  evidence TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX put_away_item ON put_away (item, until);
CREATE TRIGGER put_away_no_update BEFORE UPDATE ON put_away BEGIN SELECT RAISE (ABORT, 'put_away is append-only'); END;
CREATE TRIGGER put_away_no_delete BEFORE DELETE ON put_away BEGIN SELECT RAISE (ABORT, 'put_away is append-only'); END;

-- A chat that hears every alert.
CREATE TABLE operator (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  conversation_id TEXT NOT NULL REFERENCES conversation (id),
  added_at INTEGER NOT NULL,
  removed_at INTEGER
) STRICT;
CREATE UNIQUE INDEX operator_live ON operator (conversation_id) WHERE removed_at IS NULL;

-- A one-time code, as a salted hash.
CREATE TABLE operator_invite (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  hash TEXT NOT NULL CHECK (length(hash) = 64),
  expires_at INTEGER NOT NULL,
  used_at INTEGER
) STRICT;
CREATE INDEX operator_invite_open ON operator_invite (expires_at) WHERE used_at IS NULL;

-- How often a chat sent a code that was none, in a row.
CREATE TABLE wrong_code (
  conversation_id TEXT NOT NULL PRIMARY KEY REFERENCES conversation (id),
  count INTEGER NOT NULL,
  last_at INTEGER NOT NULL
) STRICT;

CREATE INDEX audit_what ON audit (what, subject, at);
CREATE INDEX orders_for_a_person ON orders (changed_at) WHERE state IN ('review', 'refund_due');
