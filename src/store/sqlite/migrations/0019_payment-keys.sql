-- One payment is credited once however it is spelt: "M-Pesa" is "mpesa". payment_key() is the program's own (domain/payment-key.ts), so that
-- what is filled in here is what is compared with. Only what was credited has one.
ALTER TABLE wallet_request ADD COLUMN payment_key TEXT;

DROP TRIGGER wallet_request_no_update;
UPDATE wallet_request SET payment_key = payment_key(payment_method, payment_reference)
  WHERE journal_key IS NOT NULL AND payment_reference IS NOT NULL;

-- Where one was credited twice before, the first keeps its key, and a person hears of the later ones: what they brought may have been used.
CREATE TEMP TABLE credited_again AS
  SELECT * FROM (
    SELECT r.kind, r.app_id, r.request_key, r.payment_method, r.payment_reference,
      first_value(r.request_key) OVER payment AS first_key, row_number() OVER payment AS n
    FROM wallet_request r LEFT JOIN journal j ON j.idempotency_key = r.journal_key WHERE r.payment_key IS NOT NULL
    WINDOW payment AS (PARTITION BY r.app_id, r.payment_key ORDER BY r.at, j.id, r.request_key))
  WHERE n > 1;
INSERT INTO audit (actor, what, subject, detail, at)
  SELECT 'rescuer', 'operator_alert', 'credited-twice:' || app_id || ':' || request_key,
    'the payment ' || payment_method || ' ' || payment_reference || iif(app_id = '', '', ' of the app ' || app_id)
      || ' was credited twice: under the transactionId ' || first_key || ' and again under ' || request_key
      || ': see the statement, and take out what is too much (jaza wallet adjust)',
    CAST(unixepoch('subsec') * 1000 AS INTEGER) FROM credited_again ORDER BY app_id, first_key, n;
UPDATE wallet_request SET payment_key = NULL
  WHERE EXISTS (SELECT 1 FROM credited_again a
    WHERE a.kind = wallet_request.kind AND a.app_id = wallet_request.app_id AND a.request_key = wallet_request.request_key);
DROP TABLE credited_again;
CREATE TRIGGER wallet_request_no_update BEFORE UPDATE ON wallet_request BEGIN SELECT RAISE (ABORT, 'wallet_request is append-only'); END;

DROP INDEX wallet_request_payment;
CREATE UNIQUE INDEX wallet_request_payment ON wallet_request (app_id, payment_key) WHERE payment_key IS NOT NULL;
