-- A name that a callback gave an order's payment may give way to another one. It stays the order's all the same: nobody else's payment is
-- called by it.
CREATE TABLE payment_name (
  name TEXT NOT NULL,
  order_id TEXT NOT NULL REFERENCES orders (id),
  PRIMARY KEY (name, order_id)
) STRICT, WITHOUT ROWID;
INSERT INTO payment_name SELECT upstream_reference, id FROM orders WHERE kind = 'sms' AND upstream_reference IS NOT NULL;
CREATE TRIGGER orders_payment_name AFTER UPDATE OF upstream_reference ON orders
  WHEN NEW.kind = 'sms' AND NEW.upstream_reference IS NOT NULL
  BEGIN INSERT OR IGNORE INTO payment_name VALUES (NEW.upstream_reference, NEW.id); END;
