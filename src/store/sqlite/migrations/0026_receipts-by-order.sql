-- A server that keeps the wallets is told the receipt of the order that was paid.
CREATE INDEX payment_receipt_order ON payment_receipt (order_id);
