-- What a program said of the payment behind a top-up; null for what was asked before this was kept, and for all but top-ups.
ALTER TABLE wallet_request ADD COLUMN payment_method TEXT COLLATE NOCASE;
ALTER TABLE wallet_request ADD COLUMN payment_reference TEXT;
ALTER TABLE wallet_request ADD COLUMN topped_up_at INTEGER;

-- One payment is credited once in its app, under whatever id it comes.
CREATE UNIQUE INDEX wallet_request_payment ON wallet_request (app_id, payment_method, payment_reference)
  WHERE journal_key IS NOT NULL AND payment_reference IS NOT NULL;
