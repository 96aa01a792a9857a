-- What a program brings is looked for among the names of orders' payments, whatever stands between their letters and digits.
CREATE INDEX payment_name_key ON payment_name (lower(replace(replace(name, '_', ''), '-', '')));

-- The receipt that an order's callback brings is looked for among what programs were credited for, in whatever app and way to pay. One
-- blank parts the two halves of a key.
CREATE INDEX wallet_request_reference ON wallet_request (replace(substr(payment_key, instr(payment_key, ' ') + 1), '-', ''))
  WHERE payment_key IS NOT NULL;
