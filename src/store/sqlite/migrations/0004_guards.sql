-- Limits per recipient and day, as those per payer and customer have it already.
CREATE INDEX orders_recipient ON orders (recipient_phone, created_at);

-- Numbers whose owners want no payment prompts from us, whoever asks for them.
CREATE TABLE stop_list (
  phone_id INTEGER NOT NULL PRIMARY KEY REFERENCES phone (id),
  since INTEGER NOT NULL
) STRICT;

-- The state of a circuit breaker, as the domain knows it.
CREATE TABLE breaker (
  upstream TEXT NOT NULL PRIMARY KEY,
  state TEXT NOT NULL CHECK (json_valid(state)),
  changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
