-- The receipt of an order's payment, in the spelling that is compared (domain/payment-key.ts): no program's top-up is credited for it.
CREATE TABLE payment_receipt (
  receipt_key TEXT NOT NULL,
  order_id TEXT NOT NULL REFERENCES orders (id),
  at INTEGER NOT NULL,
  PRIMARY KEY (receipt_key, order_id)
) STRICT, WITHOUT ROWID;

-- Those that callbacks brought before, while their bodies are kept. CASE looks into nothing that is no object: anybody may have sent it.
INSERT OR IGNORE INTO payment_receipt (receipt_key, order_id, at)
  SELECT lower(CASE item.type WHEN 'object' THEN item.value ->> '$.Value' END), s.order_id, s.at
  FROM order_step s JOIN raw r ON r.id = s.raw_id
    JOIN json_each(iif(json_valid(r.body), r.body, '{}'), '$.Body.stkCallback.CallbackMetadata.Item') item
  WHERE s.event = 'callback_came' AND s.evidence = 'says 0'
    AND CASE item.type WHEN 'object' THEN item.value ->> '$.Name' = 'MpesaReceiptNumber' AND item.value ->> '$.Value' <> '' ELSE 0 END;
