-- A payment pays for one order. Who named it is kept with it: our own request's answer, a callback that told of no payment, or one that
-- told of a payment whose amount and payer fit.
ALTER TABLE orders ADD COLUMN payment_named_by TEXT CHECK (payment_named_by IN ('answer', 'callback', 'paid_callback'));
UPDATE orders SET payment_named_by = CASE
    WHEN EXISTS (SELECT 1 FROM order_step WHERE order_id = orders.id AND event = 'answer_accepted') THEN 'answer'
    WHEN EXISTS (SELECT 1 FROM order_step WHERE order_id = orders.id AND event = 'callback_came' AND evidence = 'says 0') THEN 'paid_callback'
    ELSE 'callback' END
  WHERE kind = 'sms' AND upstream_reference IS NOT NULL;

-- Where two had one before, a person hears of the later ones, and they have none.
CREATE TEMP TABLE later_of_payment AS
  SELECT id, ref, upstream_reference AS payment FROM orders AS later WHERE kind = 'sms' AND EXISTS (
    SELECT 1 FROM orders WHERE kind = 'sms' AND upstream_reference = later.upstream_reference AND rowid < later.rowid);
INSERT INTO audit (actor, what, subject, detail, at)
  SELECT 'rescuer', 'order_contradicted', id, ref || ' has the payment ' || payment || ' of an earlier order',
    CAST(unixepoch('subsec') * 1000 AS INTEGER) FROM later_of_payment;
UPDATE orders SET upstream_reference = NULL, payment_named_by = NULL WHERE id IN (SELECT id FROM later_of_payment);
DROP TABLE later_of_payment;
CREATE UNIQUE INDEX orders_one_per_payment ON orders (upstream_reference) WHERE kind = 'sms' AND upstream_reference IS NOT NULL;
